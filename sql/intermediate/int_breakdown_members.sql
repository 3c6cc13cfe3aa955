-- One row per breakdown and member: the whole, stated or not, and each part that
-- counts.
with
    parts as (select * from int_breakdown_parts),
    wholes as (
        select
            int_breakdown_wholes.*,
            int_breakdown_wholes.breakdown_complete = 'yes' as is_complete,
            int_breakdowns_damaged.source_id is not null as is_damaged
        from int_breakdown_wholes
        left join
            int_breakdowns_damaged
            on int_breakdown_wholes.source_id = int_breakdowns_damaged.source_id
            and int_breakdown_wholes.measure = int_breakdowns_damaged.measure
            and int_breakdown_wholes.geography = int_breakdowns_damaged.geography
            and int_breakdown_wholes.period_start = int_breakdowns_damaged.period_start
            and int_breakdown_wholes.period_end = int_breakdowns_damaged.period_end
            and int_breakdown_wholes.dimension = int_breakdowns_damaged.dimension
            and int_breakdown_wholes.whole_category
            = int_breakdowns_damaged.whole_category
    ),
    containers as (
        select category as container, unnest(string_split(contains, ';')) as category
        from stg_nationalities
        where contains is not null
    ),
    contained as (
        select distinct parts.figure_id
        from parts
        inner join containers on parts.category = containers.category
        inner join
            parts as container_parts
            on containers.container = container_parts.category
            and parts.source_id = container_parts.source_id
            and parts.measure = container_parts.measure
            and parts.geography = container_parts.geography
            and parts.period_start = container_parts.period_start
            and parts.period_end = container_parts.period_end
            and parts.dimension = container_parts.dimension
    ),
    counted as (
        select parts.*
        from parts
        left join contained on parts.figure_id = contained.figure_id
        where contained.figure_id is null
    ),
    members as (
        select
            wholes.source_id,
            wholes.measure,
            wholes.geography,
            wholes.period_start,
            wholes.period_end,
            wholes.dimension,
            wholes.whole_category,
            'part' as role,
            counted.category,
            counted.figure_id,
            case
                when counted.is_negative
                then - counted.reported_value
                else counted.reported_value
            end as reported_value,
            case
                when counted.is_negative
                then - coalesce(counted.high_value, 1000000000000000)
                else counted.low_value
            end as low_value,
            case
                when counted.is_negative
                then - counted.low_value
                else counted.high_value
            end as high_value,
            coalesce(counted.is_negative, false) as is_negative,
            wholes.breakdown_id,
            wholes.stated_dimension,
            wholes.is_complete,
            wholes.may_overlap,
            wholes.is_damaged
        from counted
        inner join
            wholes
            on counted.source_id = wholes.source_id
            and counted.measure = wholes.measure
            and counted.geography = wholes.geography
            and counted.period_start = wholes.period_start
            and counted.period_end = wholes.period_end
            and counted.dimension = wholes.dimension
            and counted.whole_category = wholes.whole_category
        union all
        select
            wholes.source_id,
            wholes.measure,
            wholes.geography,
            wholes.period_start,
            wholes.period_end,
            wholes.dimension,
            wholes.whole_category,
            'whole' as role,
            wholes.stated_category as category,
            wholes.figure_id,
            wholes.reported_value,
            wholes.low_value,
            wholes.high_value,
            false as is_negative,
            wholes.breakdown_id,
            wholes.stated_dimension,
            wholes.is_complete,
            wholes.may_overlap,
            wholes.is_damaged
        from wholes
    )
select *
from members
