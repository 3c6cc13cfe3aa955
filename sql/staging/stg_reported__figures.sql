-- One row per figure as a source printed it, typed; text that does not fit stays null.
with
    raw_figures as (select * from raw.figures),
    trimmed as (
        select
            nullif(trim(figure_id), '') as figure_id,
            nullif(trim(source_id), '') as source_id,
            nullif(trim(measure), '') as measure,
            nullif(trim(geography), '') as geography,
            nullif(trim(period_start), '') as period_start_text,
            nullif(trim(period_end), '') as period_end_text,
            nullif(trim(dimension), '') as dimension,
            nullif(trim(category), '') as category,
            nullif(trim(value), '') as value_text,
            nullif(trim(value_qualifier), '') as value_qualifier,
            nullif(trim(breakdown_complete), '') as breakdown_complete,
            file,
            row_number
        from raw_figures
    ),
    typed as (
        select
            figure_id,
            source_id,
            measure,
            geography,
            case
                when regexp_matches(period_start_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(period_start_text as date)
            end as period_start,
            case
                when regexp_matches(period_end_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(period_end_text as date)
            end as period_end,
            dimension,
            category,
            case
                when regexp_matches(value_text, '^-?[0-9]{1,15}$')
                then try_cast(value_text as bigint)
            end as reported_value,
            value_text,
            value_qualifier,
            breakdown_complete,
            file,
            row_number
        from trimmed
    )
select *
from typed
