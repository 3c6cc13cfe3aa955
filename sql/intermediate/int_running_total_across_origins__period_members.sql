-- One row per member of "a running total never falls from one publisher to another",
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
        where int_cells.measure_kind = 'cumulative'
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
    told as (
        select
            concat_ws(
                '.',
                'running_total_across_origins:' || geography,
                measure,
                dimension,
                category,
                cast(nullif(later_start, later_end) as varchar),
                cast(later_end as varchar)
            ) as statement_id,
            'running_total_never_falls_across_origins' as check_name,
            'warning' as severity,
            false as is_exact,
            false as takes_highest,
            later_figure_id,
            earlier_figure_id
        from followed
    ),
    members as (
        select *, 'whole' as role, later_figure_id as figure_id
        from told
        union all
        select *, 'part' as role, earlier_figure_id as figure_id
        from told
    ),
    listed as (
        select
            statement_id, check_name, severity, is_exact, role, figure_id, takes_highest
        from members
    )
select *
from listed
