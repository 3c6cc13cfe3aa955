-- One row per term of "a running total never falls from one publisher to another",
-- each day against the highest before it that somebody else has a part in.
with
    measures as (select * from stg_measures where kind = 'cumulative'),
    origins as (
        select
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            min(dim_source.origin) as first_origin,
            max(dim_source.origin) as last_origin
        from int_figures_bounded as figures
        inner join measures on figures.measure = measures.measure
        inner join dim_source on figures.source_id = dim_source.source_id
        group by
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category
    ),
    cells as (
        select int_cells.*, origins.first_origin, origins.last_origin
        from int_cells
        inner join
            origins
            on int_cells.measure = origins.measure
            and int_cells.geography = origins.geography
            and int_cells.period_start = origins.period_start
            and int_cells.period_end = origins.period_end
            and int_cells.dimension = origins.dimension
            and int_cells.category = origins.category
    ),
    followed as (
        select
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_start as later_start,
            later.period_end as later_end,
            later.figure_id as later_figure_id,
            max_by(
                earlier.figure_id,
                struct_pack(
                    low := earlier.low_value,
                    last_day := earlier.period_end,
                    figure_id := earlier.figure_id
                )
            ) as earlier_figure_id
        from cells as later
        inner join
            cells as earlier
            on later.measure = earlier.measure
            and later.geography = earlier.geography
            and later.dimension = earlier.dimension
            and later.category = earlier.category
            and later.period_end > earlier.period_end
        where
            least(later.first_origin, earlier.first_origin)
            <> greatest(later.last_origin, earlier.last_origin)
        group by
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_start,
            later.period_end,
            later.figure_id
    ),
    members as (
        select *, 'whole' as role, later_figure_id as figure_id
        from followed
        union all
        select *, 'part' as role, earlier_figure_id as figure_id
        from followed
    ),
    terms as (
        select
            concat_ws(
                '.',
                'running_total_across_origins:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(nullif(members.later_start, members.later_end) as varchar),
                cast(members.later_end as varchar)
            ) as statement_id,
            'running_total_never_falls_across_origins' as check_name,
            'warning' as severity,
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
        inner join cells on members.figure_id = cells.figure_id
    )
select *
from terms
