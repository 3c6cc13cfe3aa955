-- One row per term of "a period counts what its two halves count", or no less than
-- two parts of it.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    nested as (select * from int_periods_nested),
    triples as (
        select
            firsts.whole_start,
            firsts.whole_end,
            firsts.part_end as first_end,
            seconds.part_start as second_start,
            seconds.part_end as second_end,
            date_diff('day', firsts.part_end, seconds.part_start) = 1 as is_exact
        from nested as firsts
        inner join
            nested as seconds
            on firsts.whole_start = seconds.whole_start
            and firsts.whole_end = seconds.whole_end
            and firsts.whole_start = firsts.part_start
            and seconds.whole_end = seconds.part_end
            and firsts.part_end < seconds.part_start
        where
            seconds.part_kind in ('month', 'quarter', 'half_year', 'year')
            or date_diff('day', firsts.part_end, seconds.part_start) = 1
    ),
    split as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            triples.whole_start,
            triples.whole_end,
            triples.first_end,
            triples.second_start,
            triples.second_end,
            triples.is_exact,
            row_number() over (
                partition by
                    wholes.measure,
                    wholes.geography,
                    wholes.dimension,
                    wholes.category,
                    triples.whole_start,
                    triples.whole_end,
                    triples.is_exact
                order by
                    firsts.low_value + seconds.low_value desc,
                    triples.first_end,
                    triples.second_start asc
            ) as size_rank
        from triples
        inner join
            cells as wholes
            on triples.whole_start = wholes.period_start
            and triples.whole_end = wholes.period_end
        inner join
            cells as firsts
            on wholes.measure = firsts.measure
            and wholes.geography = firsts.geography
            and wholes.dimension = firsts.dimension
            and wholes.category = firsts.category
            and triples.whole_start = firsts.period_start
            and triples.first_end = firsts.period_end
        inner join
            cells as seconds
            on wholes.measure = seconds.measure
            and wholes.geography = seconds.geography
            and wholes.dimension = seconds.dimension
            and wholes.category = seconds.category
            and triples.second_start = seconds.period_start
            and triples.second_end = seconds.period_end
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
                when members.role = 'whole'
                then cast(1 as bigint)
                else cast(-1 as bigint)
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
