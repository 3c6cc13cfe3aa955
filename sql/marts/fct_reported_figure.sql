-- One row per reported figure that passed every check on its row.
with
    figures as (select * from int_figures_bounded),
    members as (select * from int_breakdown_members where figure_id is not null),
    checks as (select * from fct_subtotal_check),
    worst as (
        select
            members.figure_id,
            bool_or(checks.verdict = 'fail') as is_failed,
            bool_or(checks.verdict = 'warn') as is_warned,
            bool_or(checks.verdict = 'pass') as is_passed
        from members
        inner join checks on members.breakdown_id = checks.breakdown_id
        group by members.figure_id
    ),
    flagged as (
        select
            figures.figure_id,
            figures.source_id,
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.printed_value as reported_value,
            figures.corrected_value,
            figures.value_qualifier,
            figures.low_value,
            figures.high_value,
            figures.breakdown_complete,
            case
                when worst.is_failed
                then 'fail'
                when worst.is_warned
                then 'warn'
                when worst.is_passed
                then 'pass'
                else 'unknown'
            end as breakdown_verdict,
            figures.file,
            figures.row_number
        from figures
        left join worst on figures.figure_id = worst.figure_id
    )
select *
from flagged
