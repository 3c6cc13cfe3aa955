-- One row per page that was read.
with
    raw_sources as (select * from raw.sources),
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
            source_id,
            publisher,
            title,
            url,
            case
                when regexp_matches(published_date_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(published_date_text as date)
            end as published_date,
            published_date_text,
            original_publisher,
            language,
            file,
            row_number
        from trimmed
    )
select *
from typed
