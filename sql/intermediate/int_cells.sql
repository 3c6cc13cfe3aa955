-- One row per cell that a figure speaks about, with what its figures together allow:
-- what all of them allow where they agree, whatever any of them allows where not.
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
            min(figure_id) as figure_id,
            min(reported_value) as least_reported_value,
            max(reported_value) as greatest_reported_value,
            min(least(low_value, coalesce(reported_value, low_value))) as least_low,
            max(least(low_value, coalesce(reported_value, low_value))) as greatest_low,
            min(high_value) as least_high,
            case
                when count(high_value) = count(*) then max(high_value)
            end as greatest_high
        from figures
        group by measure, geography, period_start, period_end, dimension, category
    ),
    compared as (
        select *, greatest_low <= coalesce(least_high, greatest_low) as is_agreed
        from cells
    ),
    bounded as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            figures_count,
            figure_id,
            case
                when is_agreed and least_reported_value is not null
                then
                    least(
                        greatest(least_reported_value, greatest_low),
                        coalesce(least_high, greatest_reported_value)
                    )
                else least_reported_value
            end as reported_value,
            case when is_agreed then greatest_low else least_low end as low_value,
            case when is_agreed then least_high else greatest_high end as high_value,
            greatest_reported_value as highest_reported_value,
            greatest_low as highest_low_value
        from compared
    ),
    described as (
        select bounded.*, coalesce(measures.kind, 'unknown') as measure_kind
        from bounded
        left join measures on bounded.measure = measures.measure
    )
select *
from described
