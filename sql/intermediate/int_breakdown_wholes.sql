-- One row per breakdown: the most exact figure that the source states for its whole,
-- if any.
with
    figures as (select * from int_figures_bounded),
    breakdowns as (
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_dimension,
            whole_category,
            case
                when bool_and(breakdown_complete = 'yes')
                then 'yes'
                when bool_or(breakdown_complete = 'no')
                then 'no'
                else 'unknown'
            end as breakdown_complete,
            bool_or(categories <> 'exclusive') as may_overlap
        from int_breakdown_parts
        group by
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_dimension,
            whole_category
    ),
    stated as (
        select
            breakdowns.*,
            figures.figure_id,
            figures.reported_value,
            figures.low_value,
            figures.high_value,
            row_number() over (
                partition by
                    breakdowns.source_id,
                    breakdowns.measure,
                    breakdowns.geography,
                    breakdowns.period_start,
                    breakdowns.period_end,
                    breakdowns.dimension,
                    breakdowns.whole_category
                order by
                    coalesce(
                        figures.high_value - figures.low_value, 1000000000000000000
                    ),
                    figures.figure_id
            ) as exactness_rank
        from breakdowns
        left join
            figures
            on breakdowns.source_id = figures.source_id
            and breakdowns.measure = figures.measure
            and breakdowns.geography = figures.geography
            and breakdowns.period_start = figures.period_start
            and breakdowns.period_end = figures.period_end
            and breakdowns.whole_dimension = figures.dimension
            and breakdowns.whole_category = figures.category
    ),
    chosen as (
        select
            concat_ws(
                '.',
                source_id,
                geography,
                measure,
                cast(period_start as varchar) || '..' || cast(period_end as varchar),
                dimension,
                case when whole_category not in ('', 'TOTAL') then whole_category end
            ) as breakdown_id,
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_dimension,
            whole_category,
            breakdown_complete,
            may_overlap,
            figure_id,
            reported_value,
            low_value,
            high_value
        from stated
        where exactness_rank = 1
    )
select *
from chosen
