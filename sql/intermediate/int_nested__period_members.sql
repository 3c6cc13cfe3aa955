-- One row per member of "a period counts no less than the largest figure for a part of
-- it"; where figures for the part differ, once with all of them in doubt and once with
-- the highest.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    periods as (select * from int_periods_nested),
    parts as (
        select * from cells where period_end in (select periods.part_end from periods)
    ),
    readings as (
        select *, false as is_highest, low_value as read_low
        from parts
        union all
        select *, true as is_highest, highest_low_value as read_low
        from parts
        where highest_low_value > low_value
    ),
    nested as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start,
            wholes.period_end,
            wholes.figure_id as whole_figure_id,
            parts.is_highest,
            max_by(
                parts.figure_id,
                struct_pack(
                    low := parts.read_low,
                    last_day := parts.period_end,
                    first_day := parts.period_start
                )
            ) as part_figure_id
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
            wholes.figure_id,
            parts.is_highest
    ),
    told as (
        select
            concat_ws(
                '.',
                'nested_period:' || geography,
                measure,
                dimension,
                category,
                cast(period_start as varchar) || '..' || cast(period_end as varchar),
                case when is_highest then 'highest' end
            ) as statement_id,
            case
                when is_highest
                then 'period_is_not_less_than_highest_figure_for_its_part'
                else 'period_is_not_less_than_its_part'
            end as check_name,
            case when is_highest then 'warning' else 'error' end as severity,
            false as is_exact,
            is_highest,
            whole_figure_id,
            part_figure_id
        from nested
    ),
    members as (
        select *, 'whole' as role, whole_figure_id as figure_id, false as takes_highest
        from told
        union all
        select
            *, 'part' as role, part_figure_id as figure_id, is_highest as takes_highest
        from told
    ),
    listed as (
        select
            statement_id, check_name, severity, is_exact, role, figure_id, takes_highest
        from members
    )
select *
from listed
