-- One row per breakdown and category: the most exact figure that the source gives for
-- it.
with
    figures as (select * from int_figures_bounded),
    placed as (select * from int_categories_placed),
    parts as (
        select
            figures.*,
            placed.whole_dimension,
            coalesce(placed.whole_category, '') as whole_category,
            placed.categories,
            placed.is_negative,
            coalesce(
                figures.high_value - figures.low_value, 1000000000000000000
            ) as width
        from figures
        inner join
            placed
            on figures.dimension = placed.dimension
            and figures.category = placed.category
    ),
    ranked as (
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
                    category
                order by width, figure_id
            ) as exactness_rank
        from parts
    ),
    chosen as (
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_dimension,
            whole_category,
            category,
            figure_id,
            reported_value,
            low_value,
            high_value,
            breakdown_complete,
            categories,
            is_negative
        from ranked
        where exactness_rank = 1
    )
select *
from chosen
