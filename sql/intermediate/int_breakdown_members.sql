-- One row per breakdown and member: the whole, stated or not, and each part that
-- counts.
with
    parts as (select * from int_breakdown_parts),
    wholes as (select * from int_breakdown_wholes),
    damaged as (select * from int_breakdowns_damaged),
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
    members as (
        select
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            parts.whole_category,
            'part' as role,
            parts.category,
            parts.figure_id,
            parts.reported_value,
            parts.low_value,
            parts.high_value
        from parts
        left join contained on parts.figure_id = contained.figure_id
        where contained.figure_id is null
        union all
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category,
            'whole' as role,
            stated_category as category,
            figure_id,
            reported_value,
            low_value,
            high_value
        from wholes
    ),
    marked as (
        select
            members.*,
            wholes.breakdown_id,
            wholes.stated_dimension,
            wholes.breakdown_complete = 'yes' as is_complete,
            wholes.may_overlap,
            damaged.source_id is not null as is_damaged
        from members
        inner join
            wholes
            on members.source_id = wholes.source_id
            and members.measure = wholes.measure
            and members.geography = wholes.geography
            and members.period_start = wholes.period_start
            and members.period_end = wholes.period_end
            and members.dimension = wholes.dimension
            and members.whole_category = wholes.whole_category
        left join
            damaged
            on members.source_id = damaged.source_id
            and members.measure = damaged.measure
            and members.geography = damaged.geography
            and members.period_start = damaged.period_start
            and members.period_end = damaged.period_end
            and members.dimension = damaged.dimension
            and members.whole_category = damaged.whole_category
    )
select *
from marked
