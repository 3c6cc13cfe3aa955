-- One row per statement that a page makes about its figures ("up by 33").
with
    raw_claims as (select * from raw.claims),
    numbers as (select * from stg_number_readings),
    trimmed as (
        select
            nullif(trim(claim_id), '') as claim_id,
            nullif(trim(source_id), '') as source_id,
            nullif(trim(kind), '') as kind,
            nullif(trim(subject_figure_id), '') as subject_figure_id,
            nullif(trim(comparator_figure_ids), '') as comparator_figure_ids,
            nullif(trim(operator), '') as operator,
            nullif(trim(stated_number), '') as stated_number_text,
            file,
            row_number
        from raw_claims
    ),
    plain as (
        select
            trimmed.*,
            case
                when regexp_matches(trimmed.stated_number_text, '^-?[0-9]{1,15}$')
                then trimmed.stated_number_text
                else numbers.plain_text
            end as plain_text
        from trimmed
        left join
            numbers
            on trimmed.file = numbers.file
            and trimmed.stated_number_text = numbers.number_text
    ),
    typed as (
        select
            claim_id,
            source_id,
            kind,
            subject_figure_id,
            comparator_figure_ids,
            operator,
            case
                when regexp_matches(plain_text, '^-?[0-9]{1,12}([.][0-9]{1,6})?$')
                then try_cast(plain_text as double)
            end as stated_number,
            stated_number_text,
            file,
            row_number
        from plain
    )
select *
from typed
