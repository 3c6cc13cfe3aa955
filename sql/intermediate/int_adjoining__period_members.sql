-- One row per member of "a period counts what its two halves count", or no less than
-- two parts of it; the largest two.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    nested as (select * from int_periods_nested),
    parts as (
        select * from cells where period_end in (select nested.part_end from nested)
    ),
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
            concat_ws(
                '.',
                'adjoining_periods:' || wholes.geography,
                wholes.measure,
                wholes.dimension,
                wholes.category,
                cast(triples.whole_start as varchar)
                || '..'
                || cast(triples.whole_end as varchar),
                cast(triples.first_end as varchar),
                cast(triples.second_start as varchar)
                || '..'
                || cast(triples.second_end as varchar)
            ) as statement_id,
            case
                when triples.is_exact
                then 'adjoining_periods_sum_to_period'
                else 'adjoining_periods_do_not_exceed_period'
            end as check_name,
            'error' as severity,
            triples.is_exact,
            false as takes_highest,
            wholes.figure_id as whole_figure_id,
            firsts.figure_id as first_figure_id,
            seconds.figure_id as second_figure_id,
            row_number() over (
                partition by wholes.figure_id, triples.is_exact
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
            parts as firsts
            on wholes.measure = firsts.measure
            and wholes.geography = firsts.geography
            and wholes.dimension = firsts.dimension
            and wholes.category = firsts.category
            and triples.whole_start = firsts.period_start
            and triples.first_end = firsts.period_end
        inner join
            parts as seconds
            on wholes.measure = seconds.measure
            and wholes.geography = seconds.geography
            and wholes.dimension = seconds.dimension
            and wholes.category = seconds.category
            and triples.second_start = seconds.period_start
            and triples.second_end = seconds.period_end
    ),
    chosen as (select * from split where is_exact or size_rank = 1),
    members as (
        select *, 'whole' as role, whole_figure_id as figure_id
        from chosen
        union all
        select *, 'part' as role, first_figure_id as figure_id
        from chosen
        union all
        select *, 'part' as role, second_figure_id as figure_id
        from chosen
    ),
    listed as (
        select
            statement_id, check_name, severity, is_exact, role, figure_id, takes_highest
        from members
    )
select *
from listed
