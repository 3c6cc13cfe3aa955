-- One row per term of "a running total never falls", each day against the highest
-- before it.
with
    cells as (select * from int_cells where measure_kind = 'cumulative'),
    followed as (
        select
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_end as later_day,
            max_by(earlier.period_end, earlier.low_value) as earlier_day
        from cells as later
        inner join
            cells as earlier
            on later.measure = earlier.measure
            and later.geography = earlier.geography
            and later.dimension = earlier.dimension
            and later.category = earlier.category
            and later.period_end > earlier.period_end
        group by
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_end
    ),
    members as (
        select *, 'whole' as role, later_day as day_counted
        from followed
        union all
        select *, 'part' as role, earlier_day as day_counted
        from followed
    ),
    terms as (
        select
            concat_ws(
                '.',
                'running_total:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.later_day as varchar)
            ) as statement_id,
            'running_total_never_falls' as check_name,
            'error' as severity,
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
            and members.day_counted = cells.period_end
    )
select *
from terms
