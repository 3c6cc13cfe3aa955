-- One row per term of "the largest of parts that may overlap is no more than the
-- whole"; of parts that exclude each other, their sum says as much.
with
    members as (
        select * from int_breakdown_members where may_overlap and not is_complete
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by breakdown_id
                order by low_value desc, reported_value desc nulls last, figure_id asc
            ) as size_rank
        from members
        where role = 'part'
    ),
    reduced as (select distinct breakdown_id from members where is_negative),
    chosen as (
        select
            wholes.breakdown_id,
            wholes.source_id,
            wholes.measure,
            wholes.geography,
            wholes.period_start,
            wholes.period_end,
            wholes.is_damaged,
            'whole' as role,
            cast(1 as bigint) as coefficient,
            wholes.stated_dimension as dimension,
            wholes.category,
            wholes.figure_id,
            wholes.reported_value,
            wholes.low_value,
            wholes.high_value
        from members as wholes
        where wholes.role = 'whole'
        union all
        select
            parts.breakdown_id,
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.is_damaged,
            'part' as role,
            cast(-1 as bigint) as coefficient,
            parts.dimension,
            parts.category,
            parts.figure_id,
            parts.reported_value,
            parts.low_value,
            parts.high_value
        from ranked as parts
        where parts.size_rank = 1
    ),
    terms as (
        select
            'largest_part:' || chosen.breakdown_id as statement_id,
            'overlapping_part_does_not_exceed_total' as check_name,
            'error' as severity,
            chosen.source_id,
            cast(0 as bigint) as low_bound,
            cast(null as bigint) as high_bound,
            chosen.role,
            chosen.coefficient,
            chosen.measure,
            chosen.geography,
            chosen.period_start,
            chosen.period_end,
            chosen.dimension,
            chosen.category,
            chosen.figure_id,
            chosen.reported_value,
            chosen.low_value,
            chosen.high_value,
            chosen.is_damaged
        from chosen
        left join reduced on chosen.breakdown_id = reduced.breakdown_id
        where reduced.breakdown_id is null
    )
select *
from terms
