-- One row per term of "a period counts what its months (quarters, half-years, years)
-- count".
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    periods as (select * from int_periods_nested where is_calendar),
    parts as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            periods.whole_start,
            periods.whole_end,
            periods.part_kind as unit,
            periods.part_start,
            periods.part_end,
            periods.whole_months_count,
            periods.part_months_count
        from periods
        inner join
            cells as wholes
            on periods.whole_start = wholes.period_start
            and periods.whole_end = wholes.period_end
        inner join
            cells as inside
            on wholes.measure = inside.measure
            and wholes.geography = inside.geography
            and wholes.dimension = inside.dimension
            and wholes.category = inside.category
            and periods.part_start = inside.period_start
            and periods.part_end = inside.period_end
    ),
    tiled as (
        select
            measure,
            geography,
            dimension,
            category,
            whole_start,
            whole_end,
            unit,
            sum(part_months_count) = max(whole_months_count) as is_complete
        from parts
        group by measure, geography, dimension, category, whole_start, whole_end, unit
        having count(*) >= 3
    ),
    members as (
        select *, 'whole' as role, whole_start as period_start, whole_end as period_end
        from tiled
        union all
        select
            tiled.*,
            'part' as role,
            parts.part_start as period_start,
            parts.part_end as period_end
        from tiled
        inner join
            parts
            on tiled.measure = parts.measure
            and tiled.geography = parts.geography
            and tiled.dimension = parts.dimension
            and tiled.category = parts.category
            and tiled.whole_start = parts.whole_start
            and tiled.whole_end = parts.whole_end
            and tiled.unit = parts.unit
    ),
    terms as (
        select
            concat_ws(
                '.',
                'calendar_periods:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.whole_start as varchar)
                || '..'
                || cast(members.whole_end as varchar),
                members.unit
            ) as statement_id,
            case
                when members.is_complete
                then 'calendar_periods_sum_to_period'
                else 'calendar_periods_do_not_exceed_period'
            end as check_name,
            'error' as severity,
            cast(null as varchar) as source_id,
            cast(0 as bigint) as low_bound,
            case when members.is_complete then cast(0 as bigint) end as high_bound,
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
            cells.reported_value,
            cells.low_value,
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
