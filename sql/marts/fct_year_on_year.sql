-- One row per figure and the figure that the same source gives for the same period
-- one year before.
with
    figures as (select * from int_figures_bounded),
    shifted as (
        select
            *,
            cast(period_start - interval 1 year as date) as previous_start,
            case
                when day(period_start) = 1 and period_end = last_day(period_end)
                then last_day(cast(period_end - interval 1 year as date))
                else cast(period_end - interval 1 year as date)
            end as previous_end
        from figures
    ),
    paired as (
        select
            shifted.figure_id,
            earlier.figure_id as previous_figure_id,
            shifted.source_id,
            shifted.measure,
            shifted.geography,
            shifted.period_start,
            shifted.period_end,
            shifted.dimension,
            shifted.category,
            shifted.reported_value,
            earlier.reported_value as previous_value,
            shifted.reported_value - earlier.reported_value as change_value,
            shifted.low_value - earlier.high_value as change_low,
            shifted.high_value - earlier.low_value as change_high,
            case
                when earlier.reported_value > 0
                then
                    round(
                        100.0
                        * (shifted.reported_value - earlier.reported_value)
                        / earlier.reported_value,
                        2
                    )
            end as change_pct
        from shifted
        inner join
            figures as earlier
            on shifted.source_id = earlier.source_id
            and shifted.measure = earlier.measure
            and shifted.geography = earlier.geography
            and shifted.dimension = earlier.dimension
            and shifted.category = earlier.category
            and shifted.previous_start = earlier.period_start
            and shifted.previous_end = earlier.period_end
    )
select *
from paired
