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
                when bool_and(breakdown_complete = 'top')
                then 'top'
                when bool_or(breakdown_complete in ('no', 'top'))
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
    candidates as (
        select
            breakdowns.*,
            figures.dimension as stated_dimension,
            figures.category as stated_category,
            figures.figure_id,
            figures.reported_value,
            figures.low_value,
            figures.high_value,
            0 as distance
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
        union all
        select
            breakdowns.*,
            figures.dimension as stated_dimension,
            figures.category as stated_category,
            figures.figure_id,
            figures.reported_value,
            figures.low_value,
            figures.high_value,
            1 as distance
        from breakdowns
        inner join
            figures
            on breakdowns.source_id = figures.source_id
            and breakdowns.measure = figures.measure
            and breakdowns.geography = figures.geography
            and breakdowns.period_start = figures.period_start
            and breakdowns.period_end = figures.period_end
            and figures.dimension = 'total'
        where breakdowns.whole_dimension <> 'total'
    ),
    stated as (
        select
            *,
            row_number() over (
                partition by
                    source_id,
                    measure,
                    geography,
                    period_start,
                    period_end,
                    dimension,
                    whole_category
                order by
                    figure_id is null,
                    distance,
                    coalesce(high_value - low_value, 1000000000000000000),
                    figure_id
            ) as exactness_rank
        from candidates
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
            coalesce(stated_dimension, whole_dimension) as stated_dimension,
            coalesce(stated_category, whole_category) as stated_category,
            case
                when distance = 0 or breakdown_complete = 'top'
                then breakdown_complete
                else 'no'
            end as breakdown_complete,
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
