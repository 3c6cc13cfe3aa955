-- One row per stay of a code in a code that counts several together.
with
    trimmed as (
        select
            nullif(trim(group_category), '') as group_category,
            nullif(trim(member_category), '') as member_category,
            nullif(trim(from_date), '') as from_date_text,
            nullif(trim(until_date), '') as until_date_text,
            nullif(trim(reason), '') as reason,
            file,
            row_number
        from raw.reference_memberships
    ),
    typed as (
        select
            group_category,
            member_category,
            case
                when regexp_matches(from_date_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(from_date_text as date)
            end as from_date,
            from_date_text,
            case
                when regexp_matches(until_date_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(until_date_text as date)
            end as until_date,
            until_date_text,
            reason,
            file,
            row_number
        from trimmed
    )
select *
from typed
