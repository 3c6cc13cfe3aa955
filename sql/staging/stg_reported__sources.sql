-- One row per page that was read.
with
    raw_sources as (select * from raw.sources),
    days as (select * from stg_date_readings),
    trimmed as (
        select
            nullif(trim(source_id), '') as source_id,
            nullif(trim(publisher), '') as publisher,
            nullif(trim(title), '') as title,
            nullif(trim(url), '') as url,
            nullif(trim(published_date), '') as published_date_text,
            nullif(trim(original_publisher), '') as original_publisher,
            nullif(trim(language), '') as language,
            file,
            row_number
        from raw_sources
    ),
    typed as (
        select
            trimmed.source_id,
            trimmed.publisher,
            trimmed.title,
            trimmed.url,
            case
                when
                    regexp_matches(
                        trimmed.published_date_text,
                        '^(1[5-9]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$'
                    )
                then try_cast(trimmed.published_date_text as date)
                else days.day
            end as published_date,
            trimmed.published_date_text,
            trimmed.original_publisher,
            trimmed.language,
            trimmed.file,
            trimmed.row_number
        from trimmed
        left join
            days
            on trimmed.file = days.file
            and trimmed.published_date_text = days.day_text
    )
select *
from typed
