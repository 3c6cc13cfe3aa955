-- One row per cell that a figure speaks about, with what all its figures together
-- allow.
with
    figures as (select * from int_figures_bounded),
    measures as (select * from stg_measures),
    cells as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            count(*) as figures_count,
            min_by(figure_id, row_number) as figure_id,
            min(reported_value) as reported_value,
            max(reported_value) as highest_reported_value,
            min(least(low_value, coalesce(reported_value, low_value))) as low_value,
            max(
                least(low_value, coalesce(reported_value, low_value))
            ) as highest_low_value,
            case
                when count(high_value) = count(*) then max(high_value)
            end as high_value
        from figures
        group by measure, geography, period_start, period_end, dimension, category
    ),
    described as (
        select cells.*, coalesce(measures.kind, 'unknown') as measure_kind
        from cells
        left join measures on cells.measure = measures.measure
    )
select *
from described
