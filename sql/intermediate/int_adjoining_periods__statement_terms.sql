-- One row per term of "a period counts what its two halves count", or no less than two parts of it.
with
    cells as (
        select
            int_cells.*,
            dim_period.period_kind
        from int_cells
        inner join
            dim_period
            on int_cells.period_start = dim_period.period_start
            and int_cells.period_end = dim_period.period_end
        where int_cells.measure_kind = 'flow'
    ),
    split as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            wholes.period_start as whole_start,
            wholes.period_end as whole_end,
            firsts.period_end as first_end,
            seconds.period_start as second_start,
            seconds.period_end as second_end,
            date_diff('day', firsts.period_end, seconds.period_start) = 1
            and seconds.period_end = wholes.period_end as is_exact,
            row_number() over (
                partition by
                    wholes.measure,
                    wholes.geography,
                    wholes.dimension,
                    wholes.category,
                    wholes.period_start,
                    wholes.period_end,
                    date_diff('day', firsts.period_end, seconds.period_start) = 1
                    and seconds.period_end = wholes.period_end
                order by
                    firsts.low_value + seconds.low_value desc,
                    firsts.period_end,
                    seconds.period_end
            ) as size_rank
        from cells as wholes
        inner join
            cells as firsts
            on wholes.measure = firsts.measure
            and wholes.geography = firsts.geography
            and wholes.dimension = firsts.dimension
            and wholes.category = firsts.category
            and wholes.period_start = firsts.period_start
            and wholes.period_end > firsts.period_end
        inner join
            cells as seconds
            on wholes.measure = seconds.measure
            and wholes.geography = seconds.geography
            and wholes.dimension = seconds.dimension
            and wholes.category = seconds.category
            and seconds.period_start > firsts.period_end
            and seconds.period_end <= wholes.period_end
        where
            seconds.period_kind in ('month', 'quarter', 'half_year', 'year')
            or (
                date_diff('day', firsts.period_end, seconds.period_start) = 1
                and seconds.period_end = wholes.period_end
            )
    ),
    members as (
        select *, 'whole' as role, whole_start as period_start, whole_end as period_end
        from split
        where is_exact or size_rank = 1
        union all
        select *, 'part' as role, whole_start as period_start, first_end as period_end
        from split
        where is_exact or size_rank = 1
        union all
        select *, 'part' as role, second_start as period_start, second_end as period_end
        from split
        where is_exact or size_rank = 1
    ),
    terms as (
        select
            concat_ws(
                '.',
                'adjoining_periods:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.whole_start as varchar)
                || '..'
                || cast(members.whole_end as varchar),
                cast(members.first_end as varchar),
                cast(members.second_start as varchar)
                || '..'
                || cast(members.second_end as varchar)
            ) as statement_id,
            case
                when members.is_exact
                then 'adjoining_periods_sum_to_period'
                else 'adjoining_periods_do_not_exceed_period'
            end as check_name,
            'error' as severity,
            cast(null as varchar) as source_id,
            cast(0 as bigint) as low_bound,
            case when members.is_exact then cast(0 as bigint) end as high_bound,
            members.role,
            case
                when members.role = 'whole' then cast(1 as bigint) else cast(-1 as bigint)
            end as coefficient,
            cells.measure,
            cells.geography,
            cells.period_start,
            cells.period_end,
            cells.dimension,
            cells.category,
            cells.figure_id,
            cells.reported_value,
            cells.low_value,
            cells.high_value,
            false as is_damaged
        from members
        inner join
            cells
            on members.measure = cells.measure
            and members.geography = cells.geography
            and members.dimension = cells.dimension
            and members.category = cells.category
            and members.period_start = cells.period_start
            and members.period_end = cells.period_end
    )
select *
from terms
