-- One row per term of "from one first day, two totals differ by what the months
-- (quarters,
-- half-years, years) between them count", two of these or more; the largest such sum.
with
    cells as (select * from int_cells where measure_kind = 'flow'),
    nested as (select * from int_periods_nested),
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
    linked as (
        select
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            chains.whole_start,
            chains.whole_end,
            chains.first_end,
            chains.unit,
            sum(date_diff('day', chains.part_start, chains.part_end) + 1)
            = date_diff('day', chains.first_end, chains.whole_end) as is_exact,
            max(firsts.low_value) + sum(units.low_value) as chain_low
        from chains
        inner join
            cells as wholes
            on chains.whole_start = wholes.period_start
            and chains.whole_end = wholes.period_end
        inner join
            cells as firsts
            on wholes.measure = firsts.measure
            and wholes.geography = firsts.geography
            and wholes.dimension = firsts.dimension
            and wholes.category = firsts.category
            and chains.whole_start = firsts.period_start
            and chains.first_end = firsts.period_end
        inner join
            cells as units
            on wholes.measure = units.measure
            and wholes.geography = units.geography
            and wholes.dimension = units.dimension
            and wholes.category = units.category
            and chains.part_start = units.period_start
            and chains.part_end = units.period_end
        group by
            wholes.measure,
            wholes.geography,
            wholes.dimension,
            wholes.category,
            chains.whole_start,
            chains.whole_end,
            chains.first_end,
            chains.unit
        having count(*) >= 2
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by
                    measure,
                    geography,
                    dimension,
                    category,
                    whole_start,
                    whole_end,
                    is_exact
                order by chain_low desc, first_end desc, unit asc
            ) as size_rank
        from linked
    ),
    chosen as (select * from ranked where is_exact or size_rank = 1),
    members as (
        select *, 'whole' as role, whole_start as period_start, whole_end as period_end
        from chosen
        union all
        select *, 'part' as role, whole_start as period_start, first_end as period_end
        from chosen
        union all
        select
            chosen.*,
            'part' as role,
            chains.part_start as period_start,
            chains.part_end as period_end
        from chosen
        inner join
            chains
            on chosen.whole_start = chains.whole_start
            and chosen.whole_end = chains.whole_end
            and chosen.first_end = chains.first_end
            and chosen.unit = chains.unit
    ),
    terms as (
        select
            concat_ws(
                '.',
                'chained_periods:' || members.geography,
                members.measure,
                members.dimension,
                members.category,
                cast(members.whole_start as varchar)
                || '..'
                || cast(members.whole_end as varchar),
                cast(members.first_end as varchar),
                members.unit
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
