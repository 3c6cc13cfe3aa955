-- One row per period that a figure speaks about.
with
    periods as (select distinct period_start, period_end from stg_figures),
    measured as (
        select
            period_start,
            period_end,
            cast(date_diff('day', period_start, period_end) as bigint)
            + 1 as days_count,
            (
                (year(period_end) - year(period_start)) * 12
                + month(period_end)
                - month(period_start)
                + 1
            ) as months_count,
            day(period_start) = 1
            and period_end = last_day(period_end) as is_whole_months
        from periods
    ),
    classified as (
        select
            *,
            case
                when period_start = period_end
                then 'day'
                when not is_whole_months
                then 'other'
                when months_count = 1
                then 'month'
                when months_count = 3 and month(period_start) in (1, 4, 7, 10)
                then 'quarter'
                when months_count = 6 and month(period_start) in (1, 7)
                then 'half_year'
                when months_count = 12 and month(period_start) = 1
                then 'year'
                else 'months'
            end as period_kind
        from measured
    ),
    labelled as (
        select
            period_start,
            period_end,
            period_kind,
            days_count,
            case
                when period_kind = 'day'
                then strftime(period_start, '%-d %B %Y')
                when period_kind = 'year'
                then cast(year(period_start) as varchar)
                when period_kind = 'half_year'
                then
                    case when month(period_start) = 1 then 'H1 ' else 'H2 ' end
                    || cast(year(period_start) as varchar)
                when period_kind = 'quarter'
                then
                    'Q'
                    || cast(quarter(period_start) as varchar)
                    || ' '
                    || cast(year(period_start) as varchar)
                when period_kind = 'month'
                then strftime(period_start, '%B %Y')
                when
                    period_kind = 'months'
                    and month(period_start) = 1
                    and month(period_end) = 12
                then
                    cast(year(period_start) as varchar)
                    || '–'
                    || cast(year(period_end) as varchar)
                when period_kind = 'months' and year(period_start) = year(period_end)
                then
                    strftime(period_start, '%B')
                    || ' to '
                    || strftime(period_end, '%B %Y')
                when period_kind = 'months'
                then
                    strftime(period_start, '%B %Y')
                    || ' to '
                    || strftime(period_end, '%B %Y')
                when last_day(period_start) = last_day(period_end)
                then
                    strftime(period_start, '%-d')
                    || ' to '
                    || strftime(period_end, '%-d %B %Y')
                when year(period_start) = year(period_end)
                then
                    strftime(period_start, '%-d %B')
                    || ' to '
                    || strftime(period_end, '%-d %B %Y')
                else
                    strftime(period_start, '%-d %B %Y')
                    || ' to '
                    || strftime(period_end, '%-d %B %Y')
            end as label
        from classified
    )
select *
from labelled
