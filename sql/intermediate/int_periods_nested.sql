-- One row per period in use and period within it, whatever they count.
with
    periods as (
        select
            *,
            (year(period_end) - year(period_start)) * 12
            + month(period_end)
            - month(period_start)
            + 1 as months_count
        from dim_period
    ),
    nested as (
        select
            wholes.period_start as whole_start,
            wholes.period_end as whole_end,
            parts.period_start as part_start,
            parts.period_end as part_end,
            parts.period_kind as part_kind,
            wholes.period_kind not in ('day', 'other')
            and parts.period_kind
            in ('month', 'quarter', 'half_year', 'year') as is_calendar,
            wholes.months_count as whole_months_count,
            parts.months_count as part_months_count
        from periods as wholes
        inner join
            periods as parts
            on wholes.period_start <= parts.period_start
            and wholes.period_end >= parts.period_end
            and (
                wholes.period_start < parts.period_start
                or wholes.period_end > parts.period_end
            )
    )
select *
from nested
