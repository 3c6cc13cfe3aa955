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
    concerned as (
        select
            parts.*,
            held.held_row,
            -- what is at fault is null, and could be any of them
            coalesce(held.group_category, parts.category) = parts.category as is_group,
            coalesce(held.member_category, parts.category) = parts.category as is_member
        from parts
        inner join
            held
            on parts.period_start <= held.until_date
            and parts.period_end >= held.from_date
        union all
        select parts.*, unreadable.held_row, true as is_group, true as is_member
        from parts
        inner join
            unreadable on contains(unreadable.cells, concat(',', parts.category, ','))
    ),
    doubted as (
        select
            source_id, measure, geography, period_start, period_end, dimension, held_row
        from concerned
        group by
            source_id, measure, geography, period_start, period_end, dimension, held_row
        having
            bool_or(is_group)
            and (
                -- what such a list counts in one of its parts stands on other pages
                bool_or(breakdown_complete = 'top')
                or count(*) > 1
                and bool_or(is_member)
            )
    )
select *
from doubted
