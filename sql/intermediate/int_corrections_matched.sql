-- One row per correction, and whether the figure still says what it was written for.
with
    corrections as (select * from stg_corrections),
    figures as (select * from stg_figures),
    matched as (
        select
            corrections.figure_id,
            corrections.expected_value,
            corrections.corrected_value,
            figures.reported_value,
            coalesce(
                figures.reported_value = corrections.expected_value, false
            ) as is_matched,
            corrections.file,
            corrections.row_number
        from corrections
        left join figures on corrections.figure_id = figures.figure_id
    )
select *
from matched
