-- One row per term of "a running total of one publisher never falls", each day against
-- the highest before it; of two figures for one day, the one that asks less counts.
with
    measures as (select * from stg_measures where kind = 'cumulative'),
    figures as (
        select int_figures_bounded.*, dim_source.origin
        from int_figures_bounded
        inner join measures on int_figures_bounded.measure = measures.measure
        inner join dim_source on int_figures_bounded.source_id = dim_source.source_id
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by origin, measure, geography, dimension, category, period_end
                order by low_value, figure_id
            ) as low_rank,
            row_number() over (
                partition by origin, measure, geography, dimension, category, period_end
                order by high_value desc nulls first, figure_id asc
            ) as high_rank
        from figures
    ),
    followed as (
        select
            later.origin,
            later.figure_id as later_figure_id,
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_end as later_day,
            max_by(
                earlier.figure_id,
                struct_pack(
                    low := earlier.low_value,
                    last_day := earlier.period_end,
                    figure_id := earlier.figure_id
                )
            ) as earlier_figure_id
        from ranked as later
        inner join
            ranked as earlier
            on later.origin = earlier.origin
            and later.measure = earlier.measure
            and later.geography = earlier.geography
            and later.dimension = earlier.dimension
            and later.category = earlier.category
            and later.period_end > earlier.period_end
        where later.high_rank = 1 and earlier.low_rank = 1
        group by
            later.origin,
            later.figure_id,
            later.measure,
            later.geography,
            later.dimension,
            later.category,
            later.period_end
    ),
    members as (
        select *, 'whole' as role, later_figure_id as figure_id
        from followed
        union all
        select *, 'part' as role, earlier_figure_id as figure_id
        from followed
    ),
    terms as (
        select
            concat_ws(
                '.',
                'running_total:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.later_day as varchar),
                members.origin
            ) as statement_id,
            'running_total_never_falls' as check_name,
            'error' as severity,
            cast(null as varchar) as source_id,
            cast(0 as bigint) as low_bound,
            cast(null as bigint) as high_bound,
            members.role,
            case
                when members.role = 'whole'
                then cast(1 as bigint)
                else cast(-1 as bigint)
            end as coefficient,
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.figure_id,
            figures.reported_value,
            figures.low_value,
            figures.high_value,
            false as is_damaged
        from members
        inner join figures on members.figure_id = figures.figure_id
    )
select *
from terms
