-- One row per term of "a period counts no less than the largest figure for a part of
-- it"; where
-- figures for the part differ, once with all of them in doubt and once with the
-- highest.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    periods as (select * from int_periods_nested),
    readings as (
        select *, 'all' as reading, reported_value as read_value, low_value as read_low
        from cells
        union all
        select
            *,
            'highest' as reading,
            highest_reported_value as read_value,
            highest_low_value as read_low
        from cells
        where highest_low_value > low_value
    ),
    nested as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start as whole_start,
            wholes.period_end as whole_end,
            parts.reading,
            max_by(
                parts.period_start,
                struct_pack(
                    low := parts.read_low,
                    last_day := parts.period_end,
                    first_day := parts.period_start
                )
            ) as part_start,
            max_by(
                parts.period_end,
                struct_pack(
                    low := parts.read_low,
                    last_day := parts.period_end,
                    first_day := parts.period_start
                )
            ) as part_end
        from cells as wholes
        inner join
            periods
            on wholes.period_start = periods.whole_start
            and wholes.period_end = periods.whole_end
        inner join
            readings as parts
            on wholes.measure = parts.measure
            and wholes.geography = parts.geography
            and wholes.dimension = parts.dimension
            and wholes.category = parts.category
            and periods.part_start = parts.period_start
            and periods.part_end = parts.period_end
        group by
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start,
            wholes.period_end,
            parts.reading
    ),
    members as (
        select
            nested.measure,
            nested.geography,
            nested.dimension,
            nested.category,
            nested.whole_start,
            nested.whole_end,
            nested.reading,
            'whole' as role,
            nested.whole_start as period_start,
            nested.whole_end as period_end
        from nested
        union all
        select
            nested.measure,
            nested.geography,
            nested.dimension,
            nested.category,
            nested.whole_start,
            nested.whole_end,
            nested.reading,
            'part' as role,
            nested.part_start as period_start,
            nested.part_end as period_end
        from nested
    ),
    terms as (
        select
            concat_ws(
                '.',
                'nested_period:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.whole_start as varchar)
                || '..'
                || cast(members.whole_end as varchar),
                case when members.reading = 'highest' then 'highest' end
            ) as statement_id,
            case
                when members.reading = 'highest'
                then 'period_is_not_less_than_highest_figure_for_its_part'
                else 'period_is_not_less_than_its_part'
            end as check_name,
            case
                when members.reading = 'highest' then 'warning' else 'error'
            end as severity,
            cast(null as varchar) as source_id,
            cast(0 as bigint) as low_bound,
            cast(null as bigint) as high_bound,
            members.role,
            case
                when members.role = 'whole'
                then cast(1 as bigint)
                else cast(-1 as bigint)
            end as coefficient,
            cells.measure,
            cells.geography,
            cells.period_start,
            cells.period_end,
            cells.dimension,
            cells.category,
            cells.figure_id,
            case
                when members.role = 'part' and members.reading = 'highest'
                then cells.highest_reported_value
                else cells.reported_value
            end as reported_value,
            case
                when members.role = 'part' and members.reading = 'highest'
                then cells.highest_low_value
                else cells.low_value
            end as low_value,
            cells.high_value,
            false as is_damaged
        from members
        inner join
            cells
            on members.measure = cells.measure
            and members.geography = cells.geography
            and members.dimension = cells.dimension
            and members.category = cells.category
            and members.period_start = cells.period_start
            and members.period_end = cells.period_end
    )
select *
from terms
