-- One row per cell: its best value, and what is possible beside it.
with
    cells as (select * from int_cells),
    reasoned as (select * from int_cells_reasoned),
    figures as (select * from int_figures_bounded where reported_value is not null),
    sources as (select * from dim_source),
    told as (
        select
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            count(*) as figures_count,
            count(distinct sources.origin) as independent_sources_count
        from figures
        inner join sources on figures.source_id = sources.source_id
        group by
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category
    ),
    named as (
        select measure, geography, period_start, period_end, dimension, category
        from cells
        union
        select measure, geography, period_start, period_end, dimension, category
        from reasoned
    ),
    joined as (
        select
            named.*,
            coalesce(told.figures_count, 0) as figures_count,
            coalesce(told.independent_sources_count, 0) as independent_sources_count,
            coalesce(reasoned.is_in_conflict, false) as is_in_conflict,
            cells.reported_value,
            reasoned.measure is not null as is_reasoned,
            case
                when reasoned.measure is not null
                then reasoned.low_value
                else cells.low_value
            end as low_value,
            case
                when reasoned.measure is not null
                then reasoned.high_value
                else cells.high_value
            end as high_value,
            case
                when reasoned.measure is not null
                then reasoned.best_value
                when cells.high_value < cells.reported_value
                then cells.high_value
                else greatest(cells.reported_value, cells.low_value)
            end as best_value
        from named
        left join
            cells
            on named.measure = cells.measure
            and named.geography = cells.geography
            and named.period_start = cells.period_start
            and named.period_end = cells.period_end
            and named.dimension = cells.dimension
            and named.category = cells.category
        left join
            told
            on named.measure = told.measure
            and named.geography = told.geography
            and named.period_start = told.period_start
            and named.period_end = told.period_end
            and named.dimension = told.dimension
            and named.category = told.category
        left join
            reasoned
            on named.measure = reasoned.measure
            and named.geography = reasoned.geography
            and named.period_start = reasoned.period_start
            and named.period_end = reasoned.period_end
            and named.dimension = reasoned.dimension
            and named.category = reasoned.category
    ),
    printed as (
        select distinct
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            reported_value
        from figures
    ),
    valued as (
        select
            joined.measure,
            joined.geography,
            joined.period_start,
            joined.period_end,
            joined.dimension,
            joined.category,
            joined.best_value,
            joined.low_value,
            joined.high_value,
            case
                when joined.figures_count = 0 and joined.low_value = joined.high_value
                then 'derived'
                when joined.figures_count = 0
                then 'bounded'
                when not joined.is_reasoned or printed.measure is not null
                then 'reported'
                else 'adjusted'
            end as basis,
            joined.figures_count,
            joined.independent_sources_count,
            joined.is_in_conflict,
            (joined.high_value - joined.low_value) / sqrt(12.0) as standard_deviation
        from joined
        left join
            printed
            on joined.measure = printed.measure
            and joined.geography = printed.geography
            and joined.period_start = printed.period_start
            and joined.period_end = printed.period_end
            and joined.dimension = printed.dimension
            and joined.category = printed.category
            and joined.best_value = printed.reported_value
    )
select *
from valued
