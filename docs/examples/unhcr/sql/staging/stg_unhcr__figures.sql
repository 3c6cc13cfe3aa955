-- One row per number of UNHCR's table of asylum decisions: the total that a row states,
-- and its four parts.
with
    decisions as (select * from raw.unhcr),
    numbers as (
        select *, 'total' as outcome, dec_total as value_text
        from decisions
        union all
        select *, 'recognized' as outcome, dec_recognized as value_text
        from decisions
        union all
        select *, 'other' as outcome, dec_other as value_text
        from decisions
        union all
        select *, 'rejected' as outcome, dec_rejected as value_text
        from decisions
        union all
        select *, 'closed' as outcome, dec_closed as value_text
        from decisions
    ),
    described as (
        select
            'unhcr-2025' as source_id,
            -- numbers of another procedure, level or unit are never added
            lower(
                'asylum_decisions_'
                || dec_pc
                || '_'
                || dec_level
                || '_'
                || procedure_type
            ) as measure,
            coa_iso as geography,
            year,
            case
                when outcome = 'total' then 'nationality' else 'nationality_decision'
            end as dimension,
            case
                when outcome = 'total' then coo_iso else coo_iso || '_' || outcome
            end as category,
            nullif(trim(value_text), '') as value_text,
            -- a row says that its four parts are all of its decisions; nowhere does the
            -- table say that its nationalities are all of a country's
            case
                when outcome = 'total' then 'unknown' else 'yes'
            end as breakdown_complete,
            file,
            row_number
        from numbers
    ),
    typed as (
        select
            lower(
                concat_ws('.', source_id, geography, measure, year, dimension, category)
            ) as figure_id,
            source_id,
            measure,
            geography,
            try_cast(year || '-01-01' as date) as period_start,
            try_cast(year || '-12-31' as date) as period_end,
            dimension,
            category,
            case
                when regexp_matches(value_text, '^-?[0-9]{1,18}$')
                then try_cast(value_text as bigint)
            end as reported_value,
            value_text,
            'exact' as value_qualifier,
            breakdown_complete,
            file,
            row_number
        from described
    )
select *
from typed
