-- One row per page, cell and dimension with parts of which one may be counted in
-- another, and membership that is held, so that nobody knows.
with
    parts as (select * from int_breakdown_parts),
    held as (
        select
            group_category,
            member_category,
            coalesce(from_date, date '0001-01-01') as from_date,
            coalesce(until_date, date '9999-12-31') as until_date,
            concat(file, ', row ', cast(row_number as varchar)) as held_row
        from stg_memberships__held
        where group_category is not null or member_category is not null
    ),
    unreadable as (
        select
            concat(',', translate(row_text, ';|". 	', ',,,,,,'), ',') as cells,
            concat(file, ', row ', cast(row_number as varchar)) as held_row
        from raw.rejected_row
        where dataset = 'reference_memberships'
    ),
    codes_known as (
        select
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            held.held_row
        from parts
        inner join
            held
            on parts.period_start <= held.until_date
            and parts.period_end >= held.from_date
        group by
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            held.held_row
        having
            -- what is at fault is null, and could be any of them
            bool_or(coalesce(held.group_category, parts.category) = parts.category)
            and (
                -- what such a list counts in one of its parts stands on other pages
                bool_or(parts.breakdown_complete = 'top')
                or count(*) > 1
                and bool_or(
                    coalesce(held.member_category, parts.category) = parts.category
                )
            )
    ),
    codes_unreadable as (
        select
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            unreadable.held_row
        from parts
        inner join
            unreadable on contains(unreadable.cells, concat(',', parts.category, ','))
        group by
            parts.source_id,
            parts.measure,
            parts.geography,
            parts.period_start,
            parts.period_end,
            parts.dimension,
            unreadable.held_row
        having count(*) > 1 or bool_or(parts.breakdown_complete = 'top')
    ),
    doubted as (
        select *
        from codes_known
        union all
        select *
        from codes_unreadable
    )
select *
from doubted
