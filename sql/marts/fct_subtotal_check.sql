-- One row per breakdown that a source gives: its parts against the whole that it
-- states.
with
    members as (select * from int_breakdown_members),
    wholes as (select * from int_breakdown_wholes),
    added as (
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category,
            count(*) filter (where role = 'part') as parts_count,
            sum(reported_value) filter (where role = 'part') as computed_total,
            sum(low_value) filter (where role = 'part') as computed_low,
            case
                when count(*) filter (where role = 'part' and high_value is null) = 0
                then sum(high_value) filter (where role = 'part')
            end as computed_high,
            bool_or(is_damaged) as is_damaged
        from members
        group by
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category
    ),
    compared as (
        select
            added.source_id,
            added.measure,
            added.geography,
            added.period_start,
            added.period_end,
            added.dimension,
            wholes.whole_dimension,
            nullif(added.whole_category, '') as whole_category,
            wholes.breakdown_complete,
            wholes.may_overlap,
            added.parts_count,
            wholes.figure_id as total_figure_id,
            wholes.reported_value as reported_total,
            wholes.low_value as reported_low,
            wholes.high_value as reported_high,
            cast(added.computed_total as bigint) as computed_total,
            cast(added.computed_low as bigint) as computed_low,
            cast(added.computed_high as bigint) as computed_high,
            added.is_damaged
        from added
        inner join
            wholes
            on added.source_id = wholes.source_id
            and added.measure = wholes.measure
            and added.geography = wholes.geography
            and added.period_start = wholes.period_start
            and added.period_end = wholes.period_end
            and added.dimension = wholes.dimension
            and added.whole_category = wholes.whole_category
    ),
    judged as (
        select
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
            parts_count,
            total_figure_id,
            reported_total,
            reported_low,
            reported_high,
            computed_total,
            computed_low,
            computed_high,
            reported_total - computed_total as residual_value,
            case
                when total_figure_id is null or is_damaged
                then 'unknown'
                when computed_low > coalesce(reported_high, computed_low)
                then
                    case
                        when breakdown_complete <> 'yes' and may_overlap
                        then 'warn'
                        else 'fail'
                    end
                when breakdown_complete = 'yes' and computed_high < reported_low
                then 'fail'
                else 'pass'
            end as verdict,
            case
                when is_damaged
                then 'a row that could belong to this breakdown is held'
                when total_figure_id is null
                then 'the source states no total for it'
            end as unknown_reason
        from compared
    )
select *
from judged
