-- One row per term of "what a list of the largest leaves out is no larger than the
-- least on it", for each category left out that a figure speaks about.
with
    parts as (select * from int_breakdown_parts where not is_negative),
    sources as (select * from dim_source),
    memberships as (select * from int_memberships),
    damaged as (select * from int_breakdowns_damaged),
    groups as (
        select group_category
        from memberships
        union
        select group_category
        from stg_memberships__held
    ),
    listed as (
        select parts.*, sources.origin
        from parts
        inner join sources on parts.source_id = sources.source_id
        where parts.breakdown_complete = 'top'
    ),
    named as (
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category,
            category
        from listed
        union
        select
            listed.source_id,
            listed.measure,
            listed.geography,
            listed.period_start,
            listed.period_end,
            listed.dimension,
            listed.whole_category,
            memberships.member_category as category
        from listed
        inner join
            memberships
            on listed.category = memberships.group_category
            and listed.period_start <= memberships.until_date
            and listed.period_end >= memberships.from_date
    ),
    lists as (
        select
            source_id,
            origin,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category,
            min_by(
                figure_id, struct_pack(high := high_value, figure_id := figure_id)
            ) as least_figure_id
        from listed
        where high_value is not null
        group by
            source_id,
            origin,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category
    ),
    others as (
        select
            lists.*,
            parts.figure_id as other_figure_id,
            parts.category as other_category,
            damaged.source_id is not null as is_damaged,
            sources.origin = lists.origin as is_same_origin,
            row_number() over (
                partition by
                    lists.least_figure_id, parts.category, sources.origin = lists.origin
                order by parts.low_value desc, parts.figure_id asc
            ) as size_rank
        from lists
        inner join
            parts
            on lists.measure = parts.measure
            and lists.geography = parts.geography
            and lists.period_start = parts.period_start
            and lists.period_end = parts.period_end
            and lists.dimension = parts.dimension
            and lists.whole_category = parts.whole_category
        inner join sources on parts.source_id = sources.source_id
        left join
            named
            on lists.source_id = named.source_id
            and lists.measure = named.measure
            and lists.geography = named.geography
            and lists.period_start = named.period_start
            and lists.period_end = named.period_end
            and lists.dimension = named.dimension
            and lists.whole_category = named.whole_category
            and parts.category = named.category
        left join groups on parts.category = groups.group_category
        left join
            damaged
            on lists.source_id = damaged.source_id
            and lists.measure = damaged.measure
            and lists.geography = damaged.geography
            and lists.period_start = damaged.period_start
            and lists.period_end = damaged.period_end
            and lists.dimension = damaged.dimension
            and lists.whole_category = damaged.whole_category
        where
            named.source_id is null
            and groups.group_category is null
            and lower(parts.category) not in ('other', 'others', 'unknown')
    ),
    members as (
        select *, 'listed' as role, least_figure_id as figure_id
        from others
        where size_rank = 1
        union all
        select *, 'left_out' as role, other_figure_id as figure_id
        from others
        where size_rank = 1
    ),
    terms as (
        select
            concat_ws(
                '.',
                'top_list:' || members.source_id,
                members.geography,
                members.measure,
                cast(members.period_start as varchar)
                || '..'
                || cast(members.period_end as varchar),
                members.dimension,
                case
                    when members.whole_category not in ('', 'TOTAL')
                    then members.whole_category
                end,
                members.other_category,
                case when not members.is_same_origin then 'elsewhere' end
            ) as statement_id,
            case
                when members.is_same_origin
                then 'top_list_leaves_out_none_larger'
                else 'top_list_leaves_out_none_larger_elsewhere'
            end as check_name,
            case
                when members.is_same_origin then 'error' else 'warning'
            end as severity,
            members.source_id,
            cast(0 as bigint) as low_bound,
            cast(null as bigint) as high_bound,
            members.role,
            case
                when members.role = 'listed'
                then cast(1 as bigint)
                else cast(-1 as bigint)
            end as coefficient,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            parts.category,
            parts.figure_id,
            parts.reported_value,
            parts.low_value,
            parts.high_value,
            members.is_damaged
        from members
        inner join parts on members.figure_id = parts.figure_id
    )
select *
from terms
