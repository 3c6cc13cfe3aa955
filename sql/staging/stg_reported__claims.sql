-- One row per statement that a page makes about its figures ("up by 33").
with
    raw_claims as (select * from raw.claims),
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
    typed as (
        select
            claim_id,
            source_id,
            kind,
            subject_figure_id,
            comparator_figure_ids,
            operator,
            case
                when
                    regexp_matches(
                        stated_number_text, '^-?[0-9]{1,12}([.][0-9]{1,6})?$'
                    )
                then try_cast(stated_number_text as double)
            end as stated_number,
            stated_number_text,
            file,
            row_number
        from trimmed
    )
select *
from typed
