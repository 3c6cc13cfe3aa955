-- One row per breakdown and member: the whole, stated or not, and each part that
-- counts; a part that another one contains does not.
with
    parts as (select * from int_breakdown_parts),
    memberships as (select * from int_memberships),
    wholes as (
        select
            int_breakdown_wholes.*,
            int_breakdown_wholes.breakdown_complete = 'yes' as is_complete,
            int_breakdowns_damaged.reason as held_reason
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
    contained as (
        select
            parts.figure_id,
            bool_or(
                parts.period_start >= memberships.from_date
                and parts.period_end <= memberships.until_date
            ) as is_wholly_contained
        from parts
        inner join
            memberships
            on parts.category = memberships.member_category
            and parts.period_start <= memberships.until_date
            and parts.period_end >= memberships.from_date
        inner join
            parts as group_parts
            on memberships.group_category = group_parts.category
            and parts.source_id = group_parts.source_id
            and parts.measure = group_parts.measure
            and parts.geography = group_parts.geography
            and parts.period_start = group_parts.period_start
            and parts.period_end = group_parts.period_end
            and parts.dimension = group_parts.dimension
        group by parts.figure_id
    ),
    counted as (
        select
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            parts.whole_category,
            parts.category,
            parts.figure_id,
            parts.reported_value,
            case
                when contained.figure_id is null then parts.low_value else 0
            end as low_value,
            parts.high_value,
            parts.is_negative,
            contained.figure_id is not null as is_partly_contained
        from parts
        left join contained on parts.figure_id = contained.figure_id
        where not coalesce(contained.is_wholly_contained, false)
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
            counted.is_partly_contained,
            wholes.held_reason,
            wholes.held_reason is not null or counted.is_partly_contained as is_damaged
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
            false as is_partly_contained,
            wholes.held_reason,
            wholes.held_reason is not null as is_damaged
        from wholes
    )
select *
from members
