-- One row per breakdown that a source gives: its parts against the whole that it
-- states.
with
    members as (select * from int_breakdown_members),
    wholes as (select * from int_breakdown_wholes),
    statements as (select * from int_statements where statement_id like 'subtotal:%'),
    added as (
        select
            breakdown_id,
            count(*) filter (where role = 'part') as parts_count,
            sum(reported_value) filter (where role = 'part') as computed_total,
            sum(low_value) filter (where role = 'part') as computed_low,
            case
                when count(*) filter (where role = 'part' and high_value is null) = 0
                then sum(high_value) filter (where role = 'part')
            end as computed_high,
            bool_or(is_partly_contained) as is_partly_contained,
            max(held_reason) as held_reason
        from members
        group by breakdown_id
    ),
    joined as (
        select
            wholes.breakdown_id,
            wholes.source_id,
            wholes.measure,
            wholes.geography,
            wholes.period_start,
            wholes.period_end,
            wholes.dimension,
            wholes.stated_dimension as whole_dimension,
            nullif(wholes.stated_category, '') as whole_category,
            wholes.breakdown_complete,
            wholes.may_overlap,
            added.parts_count,
            wholes.figure_id as total_figure_id,
            wholes.reported_value as reported_total,
            wholes.low_value as reported_low,
            wholes.high_value as reported_high,
            cast(added.computed_total as bigint) as computed_total,
            cast(added.computed_low as bigint) as computed_low,
            cast(added.computed_high as bigint) as computed_high,
            wholes.reported_value
            - cast(added.computed_total as bigint) as residual_value,
            case
                when wholes.breakdown_complete <> 'yes' and wholes.figure_id is not null
                then greatest(0, wholes.low_value - cast(added.computed_high as bigint))
            end as remainder_low,
            case
                when
                    wholes.breakdown_complete <> 'yes' and wholes.high_value is not null
                then greatest(0, wholes.high_value - cast(added.computed_low as bigint))
            end as remainder_high,
            statements.verdict,
            case
                when added.is_partly_contained
                then 'a part is in another one for some of the period only'
                when added.held_reason is not null
                then added.held_reason
                when wholes.figure_id is null
                then 'the source states no total for it'
            end as unknown_reason,
            statements.statement_id
        from wholes
        inner join added on wholes.breakdown_id = added.breakdown_id
        inner join
            statements on statements.statement_id = 'subtotal:' || wholes.breakdown_id
    )
select *
from joined
