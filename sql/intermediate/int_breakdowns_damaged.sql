-- One row per breakdown that may lack a figure, or count one twice, because a row that
-- could belong to it is held.
with
    breakdowns as (select * from int_breakdown_wholes),
    held as (select * from stg_figures__held),
    doubted as (select * from int_memberships_doubted),
    unreadable as (
        select sources.source_id
        from raw.rejected_row as rejected
        inner join
            stg_sources as sources
            -- as a whole cell, or a part of an identifier, whatever parts cells there
            on contains(
                concat(',', translate(rejected.row_text, ';|". 	', ',,,,,,'), ','),
                concat(',', translate(sources.source_id, ';|". 	', ',,,,,,'), ',')
            )
        where rejected.dataset = 'figures'
    ),
    same_source as (
        select breakdowns.*
        from breakdowns
        inner join
            held
            on breakdowns.source_id = held.source_id
            and coalesce(held.measure, breakdowns.measure) = breakdowns.measure
            and coalesce(held.geography, breakdowns.geography) = breakdowns.geography
            and coalesce(held.period_start, breakdowns.period_start)
            = breakdowns.period_start
            and coalesce(held.period_end, breakdowns.period_end) = breakdowns.period_end
            and coalesce(held.dimension, breakdowns.dimension)
            in (breakdowns.dimension, breakdowns.whole_dimension)
    ),
    source_unknown as (
        select breakdowns.*
        from breakdowns
        inner join
            held
            on breakdowns.measure = held.measure
            and breakdowns.geography = held.geography
            and breakdowns.period_start = held.period_start
            and breakdowns.period_end = held.period_end
            and held.dimension in (breakdowns.dimension, breakdowns.whole_dimension)
        where held.source_id is null
    ),
    source_unreadable as (
        select breakdowns.*
        from breakdowns
        inner join unreadable on breakdowns.source_id = unreadable.source_id
    ),
    lacking as (
        select *
        from same_source
        union all
        select *
        from source_unknown
        union all
        select *
        from source_unreadable
    ),
    damaged as (
        select *, 'a row that could belong to this breakdown is held' as reason
        from lacking
        union all
        select
            breakdowns.*,
            concat(
                'a membership that could count one of its parts in another is held: ',
                doubted.held_row
            ) as reason
        from breakdowns
        inner join
            doubted
            on breakdowns.source_id = doubted.source_id
            and breakdowns.measure = doubted.measure
            and breakdowns.geography = doubted.geography
            and breakdowns.period_start = doubted.period_start
            and breakdowns.period_end = doubted.period_end
            and breakdowns.dimension = doubted.dimension
    ),
    distinct_breakdowns as (
        select
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category,
            min(reason) as reason
        from damaged
        group by
            source_id,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            whole_category
    )
select *
from distinct_breakdowns
