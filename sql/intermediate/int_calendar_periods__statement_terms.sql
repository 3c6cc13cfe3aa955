-- One row per term of "a period counts what its months (quarters, half-years, years) count".
with
    cells as (
        select
            int_cells.*,
            dim_period.period_kind,
            (year(int_cells.period_end) - year(int_cells.period_start)) * 12
            + month(int_cells.period_end)
            - month(int_cells.period_start)
            + 1 as months_count
        from int_cells
        inner join
            dim_period
            on int_cells.period_start = dim_period.period_start
            and int_cells.period_end = dim_period.period_end
        where
            int_cells.measure_kind = 'flow'
            and dim_period.period_kind not in ('day', 'other')
    ),
    tiled as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start as whole_start,
            wholes.period_end as whole_end,
            parts.period_kind as unit,
            count(*) as parts_count,
            sum(parts.months_count) = max(wholes.months_count) as is_complete
        from cells as wholes
        inner join
            cells as parts
            on wholes.measure = parts.measure
            and wholes.geography = parts.geography
            and wholes.dimension = parts.dimension
            and wholes.category = parts.category
            and parts.period_start >= wholes.period_start
            and parts.period_end <= wholes.period_end
            and parts.months_count < wholes.months_count
        where parts.period_kind in ('month', 'quarter', 'half_year', 'year')
        group by
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start,
            wholes.period_end,
            parts.period_kind
        having count(*) >= 3
    ),
    members as (
        select tiled.*, 'whole' as role, whole_start as period_start, whole_end as period_end
        from tiled
        union all
        select
            tiled.*,
            'part' as role,
            cells.period_start,
            cells.period_end
        from tiled
        inner join
            cells
            on tiled.measure = cells.measure
            and tiled.geography = cells.geography
            and tiled.dimension = cells.dimension
            and tiled.category = cells.category
            and tiled.unit = cells.period_kind
            and cells.period_start >= tiled.whole_start
            and cells.period_end <= tiled.whole_end
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
                when members.role = 'whole' then cast(1 as bigint) else cast(-1 as bigint)
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
