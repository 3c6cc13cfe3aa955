-- One row per period that figures for parts of it are held against, from whatever
-- source.
with
    statements as (
        select *
        from int_statements
        where
            check_name in (
                'period_is_not_less_than_its_part',
                'period_is_not_less_than_highest_figure_for_its_part',
                'adjoining_periods_sum_to_period',
                'adjoining_periods_do_not_exceed_period',
                'calendar_periods_sum_to_period',
                'calendar_periods_do_not_exceed_period',
                'running_total_never_falls',
                'running_total_never_falls_across_origins'
            )
    ),
    terms as (select * from int_statement_terms),
    described as (
        select
            statements.statement_id,
            statements.check_name,
            min(terms.measure) as measure,
            min(terms.geography) as geography,
            min(terms.dimension) as dimension,
            min(terms.category) as category,
            min(terms.period_start) filter (where terms.role = 'whole') as period_start,
            min(terms.period_end) filter (where terms.role = 'whole') as period_end,
            min(terms.period_start) filter (where terms.role = 'part') as parts_start,
            max(terms.period_end) filter (where terms.role = 'part') as parts_end,
            count(*) filter (where terms.role = 'part') as parts_count,
            sum(terms.reported_value) filter (
                where terms.role = 'whole'
            ) as reported_whole,
            sum(terms.reported_value) filter (
                where terms.role = 'part'
            ) as computed_whole,
            min(statements.verdict) as verdict
        from statements
        inner join terms on statements.statement_id = terms.statement_id
        group by statements.statement_id, statements.check_name
    ),
    failed as (
        select *, check_name like 'period_is_not_less%' as is_nested
        from described
        where verdict in ('fail', 'warn')
    ),
    implied as (
        select distinct wide.statement_id
        from failed as wide
        inner join
            failed as narrow
            on wide.measure = narrow.measure
            and wide.geography = narrow.geography
            and wide.dimension = narrow.dimension
            and wide.category = narrow.category
            and wide.period_start <= narrow.period_start
            and wide.period_end >= narrow.period_end
            and wide.statement_id <> narrow.statement_id
        where
            (
                wide.check_name <> 'period_is_not_less_than_its_part'
                and narrow.check_name = 'period_is_not_less_than_its_part'
                and narrow.period_start = wide.period_start
                and narrow.period_end = wide.period_end
            )
            or (
                wide.check_name like '%_do_not_exceed_period'
                and narrow.check_name like '%_sum_to_period'
                and narrow.period_start = wide.period_start
                and narrow.period_end = wide.period_end
            )
            or (
                wide.check_name = 'running_total_never_falls_across_origins'
                and narrow.check_name = 'running_total_never_falls'
                and narrow.period_start = wide.period_start
                and narrow.period_end = wide.period_end
                and narrow.parts_end = wide.parts_end
            )
            or (
                wide.is_nested
                and wide.check_name = narrow.check_name
                and narrow.parts_start = wide.parts_start
                and narrow.parts_end = wide.parts_end
                and narrow.reported_whole <= wide.reported_whole
            )
    ),
    checked as (
        select
            described.statement_id,
            described.check_name,
            described.measure,
            described.geography,
            described.period_start,
            described.period_end,
            described.dimension,
            described.category,
            described.parts_start,
            described.parts_end,
            described.parts_count,
            cast(described.reported_whole as bigint) as reported_whole,
            cast(described.computed_whole as bigint) as computed_whole,
            cast(
                described.reported_whole - described.computed_whole as bigint
            ) as residual_value,
            described.verdict,
            implied.statement_id is not null as is_implied
        from described
        left join implied on described.statement_id = implied.statement_id
    )
select *
from checked
