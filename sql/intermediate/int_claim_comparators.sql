-- One row per claim and figure that it compares its subject with.
with
    claims as (select * from stg_claims),
    comparators as (
        select
            claim_id,
            trim(unnest(string_split(comparator_figure_ids, ';'))) as figure_id,
            file,
            row_number
        from claims
        where comparator_figure_ids is not null
    ),
    named as (
        select distinct claim_id, figure_id, file, row_number
        from comparators
        where figure_id <> ''
    )
select *
from named
