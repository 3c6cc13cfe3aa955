-- One row per member of "a period counts what its months (quarters, half-years, years)
-- count".
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    periods as (select * from int_periods_nested where is_calendar),
    parts as (
        select * from cells where period_end in (select periods.part_end from periods)
    ),
    inside as (
        select
            concat_ws(
                '.',
                'calendar_periods:' || wholes.geography,
                wholes.measure,
                wholes.dimension,
                wholes.category,
                cast(periods.whole_start as varchar)
                || '..'
                || cast(periods.whole_end as varchar),
                periods.part_kind
            ) as statement_id,
            wholes.figure_id as whole_figure_id,
            parts.figure_id as part_figure_id,
            periods.whole_months_count,
            periods.part_months_count
        from periods
        inner join
            cells as wholes
            on periods.whole_start = wholes.period_start
            and periods.whole_end = wholes.period_end
        inner join
            parts
            on wholes.measure = parts.measure
            and wholes.geography = parts.geography
            and wholes.dimension = parts.dimension
            and wholes.category = parts.category
            and periods.part_start = parts.period_start
            and periods.part_end = parts.period_end
    ),
    tiled as (
        select
            statement_id,
            whole_figure_id,
            sum(part_months_count) = max(whole_months_count) as is_exact
        from inside
        group by statement_id, whole_figure_id
        having count(*) >= 3
    ),
    told as (
        select
            *,
            case
                when is_exact
                then 'calendar_periods_sum_to_period'
                else 'calendar_periods_do_not_exceed_period'
            end as check_name,
            'error' as severity,
            false as takes_highest
        from tiled
    ),
    members as (
        select *, 'whole' as role, whole_figure_id as figure_id
        from told
        union all
        select told.*, 'part' as role, inside.part_figure_id as figure_id
        from told
        inner join inside on told.statement_id = inside.statement_id
    ),
    listed as (
        select
            statement_id, check_name, severity, is_exact, role, figure_id, takes_highest
        from members
    )
select *
from listed
