-- One row per figure as a source printed it, typed; text that does not fit stays null.
with
    raw_figures as (select * from raw.figures),
    numbers as (select * from stg_number_readings),
    days as (select * from stg_date_readings),
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
            trimmed.figure_id,
            trimmed.source_id,
            trimmed.measure,
            trimmed.geography,
            case
                when
                    regexp_matches(
                        trimmed.period_start_text,
                        '^(1[5-9]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$'
                    )
                then try_cast(trimmed.period_start_text as date)
                else starts.day
            end as period_start,
            case
                when
                    regexp_matches(
                        trimmed.period_end_text,
                        '^(1[5-9]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$'
                    )
                then try_cast(trimmed.period_end_text as date)
                else ends.day
            end as period_end,
            trimmed.dimension,
            trimmed.category,
            case
                when regexp_matches(trimmed.value_text, '^-?[0-9]{1,15}$')
                then try_cast(trimmed.value_text as bigint)
                when regexp_matches(numbers.plain_text, '^-?[0-9]{1,15}([.]0+)?$')
                then try_cast(split_part(numbers.plain_text, '.', 1) as bigint)
            end as reported_value,
            trimmed.value_text,
            trimmed.value_qualifier,
            trimmed.breakdown_complete,
            trimmed.file,
            trimmed.row_number
        from trimmed
        left join
            numbers
            on trimmed.file = numbers.file
            and trimmed.value_text = numbers.number_text
        left join
            days as starts
            on trimmed.file = starts.file
            and trimmed.period_start_text = starts.day_text
        left join
            days as ends
            on trimmed.file = ends.file
            and trimmed.period_end_text = ends.day_text
    )
select *
from typed
