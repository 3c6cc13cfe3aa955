-- One row per member of "from one first day, two totals differ by what the months
-- (quarters, half-years, years) between them count", two of these or more; the largest
-- such sum.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    nested as (select * from int_periods_nested),
    parts as (
        select * from cells where period_end in (select nested.part_end from nested)
    ),
    chains as (
        select
            firsts.whole_start,
            firsts.whole_end,
            firsts.part_end as first_end,
            units.part_kind as unit,
            units.part_start,
            units.part_end
        from nested as firsts
        inner join
            nested as units
            on firsts.whole_start = units.whole_start
            and firsts.whole_end = units.whole_end
            and firsts.whole_start = firsts.part_start
            and firsts.part_end < units.part_start
            and firsts.part_kind <> units.part_kind
        where units.part_kind in ('month', 'quarter', 'half_year', 'year')
    ),
    links as (
        select
            concat_ws(
                '.',
                'chained_periods:' || wholes.geography,
                wholes.measure,
                wholes.dimension,
                wholes.category,
                cast(chains.whole_start as varchar)
                || '..'
                || cast(chains.whole_end as varchar),
                cast(chains.first_end as varchar),
                chains.unit
            ) as statement_id,
            chains.*,
            wholes.figure_id as whole_figure_id,
            firsts.figure_id as first_figure_id,
            units.figure_id as unit_figure_id,
            firsts.low_value as first_low,
            units.low_value as unit_low
        from chains
        inner join
            cells as wholes
            on chains.whole_start = wholes.period_start
            and chains.whole_end = wholes.period_end
        inner join
            parts as firsts
            on wholes.measure = firsts.measure
            and wholes.geography = firsts.geography
            and wholes.dimension = firsts.dimension
            and wholes.category = firsts.category
            and chains.whole_start = firsts.period_start
            and chains.first_end = firsts.period_end
        inner join
            parts as units
            on wholes.measure = units.measure
            and wholes.geography = units.geography
            and wholes.dimension = units.dimension
            and wholes.category = units.category
            and chains.part_start = units.period_start
            and chains.part_end = units.period_end
    ),
    linked as (
        select
            statement_id,
            whole_figure_id,
            first_figure_id,
            first_end,
            unit,
            sum(date_diff('day', part_start, part_end) + 1)
            = date_diff('day', first_end, whole_end) as is_exact,
            first_low + sum(unit_low) as chain_low
        from links
        group by
            statement_id,
            whole_figure_id,
            first_figure_id,
            first_end,
            unit,
            whole_end,
            first_low
        having count(*) >= 2
    ),
    ranked as (
        select
            statement_id,
            case
                when is_exact
                then 'adjoining_periods_sum_to_period'
                else 'adjoining_periods_do_not_exceed_period'
            end as check_name,
            'error' as severity,
            is_exact,
            false as takes_highest,
            whole_figure_id,
            first_figure_id,
            row_number() over (
                partition by whole_figure_id, is_exact
                order by chain_low desc, first_end desc, unit asc
            ) as size_rank
        from linked
    ),
    chosen as (select * from ranked where is_exact or size_rank = 1),
    members as (
        select *, 'whole' as role, whole_figure_id as figure_id
        from chosen
        union all
        select *, 'part' as role, first_figure_id as figure_id
        from chosen
        union all
        select chosen.*, 'part' as role, links.unit_figure_id as figure_id
        from chosen
        inner join links on chosen.statement_id = links.statement_id
    ),
    listed as (
        select
            statement_id, check_name, severity, is_exact, role, figure_id, takes_highest
        from members
    )
select *
from listed
