-- One row per page that was read, with the publisher whose account it is.
with
    sources as (select * from stg_sources),
    described as (
        select
            source_id,
            publisher,
            title,
            url,
            published_date,
            original_publisher,
            language,
            coalesce(original_publisher, publisher) as origin,
            original_publisher is not null as is_copy,
            file,
            row_number
        from sources
    )
select *
from described
