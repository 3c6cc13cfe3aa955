-- One row per code that counts several together, code that it counts, and period in
-- which it does: whatever the day, or from one day to another.
with
    listed as (
        select
            category as group_category,
            unnest(string_split(contains, ';')) as member_category
        from stg_nationalities
        where contains is not null
    ),
    memberships as (
        select
            group_category,
            trim(member_category) as member_category,
            date '0001-01-01' as from_date,
            date '9999-12-31' as until_date
        from listed
        union
        select
            group_category,
            member_category,
            coalesce(from_date, date '0001-01-01') as from_date,
            coalesce(until_date, date '9999-12-31') as until_date
        from stg_memberships
    )
select *
from memberships
