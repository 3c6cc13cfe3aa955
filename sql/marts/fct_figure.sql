-- One row per cell: its best value, and what is possible beside it.
with
    cells as (select * from int_cells),
    reasoned as (select * from int_cells_reasoned),
    figures as (select * from int_figures_bounded where reported_value is not null),
    sources as (select * from dim_source),
    several as (select * from cells where figures_count > 1),
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
        inner join
            several
            on figures.measure = several.measure
            and figures.geography = several.geography
            and figures.period_start = several.period_start
            and figures.period_end = several.period_end
            and figures.dimension = several.dimension
            and figures.category = several.category
        group by
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category
    ),
    named as (
        select
            coalesce(cells.measure, reasoned.measure) as measure,
            coalesce(cells.geography, reasoned.geography) as geography,
            coalesce(cells.period_start, reasoned.period_start) as period_start,
            coalesce(cells.period_end, reasoned.period_end) as period_end,
            coalesce(cells.dimension, reasoned.dimension) as dimension,
            coalesce(cells.category, reasoned.category) as category,
            case
                when cells.figures_count = 1 and cells.reported_value is not null
                then 1
                else 0
            end as alone_count,
            coalesce(reasoned.is_in_conflict, false) as is_in_conflict,
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
            end as best_value,
            reasoned.standard_deviation
        from cells
        full join
            reasoned
            on cells.measure = reasoned.measure
            and cells.geography = reasoned.geography
            and cells.period_start = reasoned.period_start
            and cells.period_end = reasoned.period_end
            and cells.dimension = reasoned.dimension
            and cells.category = reasoned.category
    ),
    joined as (
        select
            named.*,
            coalesce(told.figures_count, named.alone_count) as figures_count,
            coalesce(
                told.independent_sources_count, named.alone_count
            ) as independent_sources_count
        from named
        left join
            told
            on named.measure = told.measure
            and named.geography = told.geography
            and named.period_start = told.period_start
            and named.period_end = told.period_end
            and named.dimension = told.dimension
            and named.category = told.category
    ),
    printed as (
        select distinct
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.reported_value
        from figures
        inner join
            reasoned
            on figures.measure = reasoned.measure
            and figures.geography = reasoned.geography
            and figures.period_start = reasoned.period_start
            and figures.period_end = reasoned.period_end
            and figures.dimension = reasoned.dimension
            and figures.category = reasoned.category
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
            case
                when joined.is_reasoned
                then joined.standard_deviation
                else
                    sqrt(
                        pow(joined.high_value - joined.low_value, 2) / 12 + pow(
                            cast(joined.high_value + joined.low_value as double) / 2
                            - joined.best_value,
                            2
                        )
                    )
            end as standard_deviation
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
