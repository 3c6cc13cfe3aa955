-- One row per cell that several figures speak about: do they agree?
with
    figures as (select * from int_figures_bounded),
    shared_cells as (
        select measure, geography, period_start, period_end, dimension, category
        from figures
        group by measure, geography, period_start, period_end, dimension, category
        having count(*) > 1
    ),
    sources as (select * from dim_source),
    told as (
        select
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.source_id,
            figures.reported_value,
            least(
                figures.low_value, coalesce(figures.reported_value, figures.low_value)
            ) as low_value,
            figures.high_value,
            sources.origin,
            sources.published_date
        from figures
        inner join
            shared_cells
            on figures.measure = shared_cells.measure
            and figures.geography = shared_cells.geography
            and figures.period_start = shared_cells.period_start
            and figures.period_end = shared_cells.period_end
            and figures.dimension = shared_cells.dimension
            and figures.category = shared_cells.category
        inner join sources on figures.source_id = sources.source_id
        where figures.value_qualifier <> 'unstated'
    ),
    latest as (
        select
            *,
            max(published_date) over (
                partition by
                    measure,
                    geography,
                    period_start,
                    period_end,
                    dimension,
                    category,
                    origin
            ) as origin_latest_date,
            count(*) filter (where published_date is null) over (
                partition by
                    measure,
                    geography,
                    period_start,
                    period_end,
                    dimension,
                    category,
                    origin
            ) as origin_undated_count
        from told
    ),
    compared as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            count(*) as figures_count,
            count(distinct source_id) as sources_count,
            count(distinct origin) as independent_sources_count,
            min(reported_value) as low_value,
            max(reported_value) as high_value,
            max(low_value) as greatest_low,
            min(high_value) as least_high,
            max(low_value) filter (
                where origin_undated_count > 0 or published_date = origin_latest_date
            ) as latest_greatest_low,
            min(high_value) filter (
                where origin_undated_count > 0 or published_date = origin_latest_date
            ) as latest_least_high
        from latest
        group by measure, geography, period_start, period_end, dimension, category
        having count(*) > 1
    ),
    judged as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            figures_count,
            sources_count,
            independent_sources_count,
            low_value,
            high_value,
            high_value - low_value as residual_value,
            case
                when low_value = high_value
                then 'agree'
                when greatest_low <= coalesce(least_high, greatest_low)
                then 'compatible'
                when
                    latest_greatest_low
                    <= coalesce(latest_least_high, latest_greatest_low)
                then 'revised'
                else 'conflict'
            end as verdict
        from compared
    )
select *
from judged
