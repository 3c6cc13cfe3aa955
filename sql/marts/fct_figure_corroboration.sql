-- One row per reported figure: what all other evidence allows, and what that makes of
-- it.
with
    figures as (select * from int_figures_bounded where reported_value is not null),
    sources as (select * from dim_source),
    blamed as (
        select distinct figure_id
        from int_suspects
        where kind = 'figure' and blame_band <> 'open'
    ),
    failed as (
        select statement_id from int_statements where verdict in ('fail', 'warn')
    ),
    terms as (
        select
            stated.*,
            cast(stated.coefficient as double) * case
                when stated.coefficient > 0
                then coalesce(stated.low_value, 0)
                else stated.high_value
            end as least_share,
            cast(stated.coefficient as double) * case
                when stated.coefficient > 0
                then stated.high_value
                else coalesce(stated.low_value, 0)
            end as greatest_share
        from int_statement_terms as stated
        left join failed on stated.statement_id = failed.statement_id
        where failed.statement_id is null
    ),
    added as (
        select
            statement_id,
            sum(least_share) as least_sum,
            sum(greatest_share) as greatest_sum,
            count(*) - count(least_share) as least_open_count,
            count(*) - count(greatest_share) as greatest_open_count
        from terms
        group by statement_id
        having not bool_or(is_damaged) and count(figure_id) = count(distinct figure_id)
    ),
    left_over as (
        select
            terms.measure,
            terms.geography,
            terms.period_start,
            terms.period_end,
            terms.dimension,
            terms.category,
            terms.coefficient,
            case
                when
                    added.greatest_open_count
                    = case when terms.greatest_share is null then 1 else 0 end
                then
                    (
                        terms.low_bound
                        - (added.greatest_sum - coalesce(terms.greatest_share, 0))
                    )
                    / terms.coefficient
            end as from_low_bound,
            case
                when
                    added.least_open_count
                    = case when terms.least_share is null then 1 else 0 end
                then
                    (
                        terms.high_bound
                        - (added.least_sum - coalesce(terms.least_share, 0))
                    )
                    / terms.coefficient
            end as from_high_bound
        from terms
        inner join added on terms.statement_id = added.statement_id
        where terms.measure is not null and terms.coefficient <> 0
    ),
    by_cell as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            max(
                ceil(
                    case
                        when coefficient > 0 then from_low_bound else from_high_bound
                    end
                )
            ) as low_value,
            min(
                floor(
                    case
                        when coefficient > 0 then from_high_bound else from_low_bound
                    end
                )
            ) as high_value
        from left_over
        group by measure, geography, period_start, period_end, dimension, category
    ),
    told as (
        select
            figures.*,
            sources.origin,
            least(figures.low_value, figures.reported_value) as least_value,
            blamed.figure_id is not null as is_blamed
        from figures
        inner join sources on figures.source_id = sources.source_id
        left join blamed on figures.figure_id = blamed.figure_id
    ),
    several as (select * from int_cells where figures_count > 1),
    compared as (
        select told.*
        from told
        inner join
            several
            on told.measure = several.measure
            and told.geography = several.geography
            and told.period_start = several.period_start
            and told.period_end = several.period_end
            and told.dimension = several.dimension
            and told.category = several.category
    ),
    origins as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            origin,
            max(least_value) as low_value,
            min(high_value) as high_value
        from compared
        where not is_blamed
        group by
            measure, geography, period_start, period_end, dimension, category, origin
    ),
    by_others as (
        select
            compared.figure_id,
            max(origins.low_value) as low_value,
            min(origins.high_value) as high_value,
            count(*) as origins_count
        from compared
        inner join
            origins
            on compared.measure = origins.measure
            and compared.geography = origins.geography
            and compared.period_start = origins.period_start
            and compared.period_end = origins.period_end
            and compared.dimension = origins.dimension
            and compared.category = origins.category
            and compared.origin <> origins.origin
        group by compared.figure_id
    ),
    together as (
        select
            told.figure_id,
            told.source_id,
            told.reported_value,
            told.is_blamed,
            told.least_value,
            told.high_value as greatest_value,
            coalesce(by_others.origins_count, 0) as other_origins_count,
            greatest(0, by_cell.low_value, by_others.low_value) as corroboration_low,
            least(by_cell.high_value, by_others.high_value) as corroboration_high
        from told
        left join
            by_cell
            on told.measure = by_cell.measure
            and told.geography = by_cell.geography
            and told.period_start = by_cell.period_start
            and told.period_end = by_cell.period_end
            and told.dimension = by_cell.dimension
            and told.category = by_cell.category
        left join by_others on told.figure_id = by_others.figure_id
    ),
    judged as (
        select
            figure_id,
            source_id,
            reported_value,
            cast(corroboration_low as bigint) as corroboration_low,
            cast(corroboration_high as bigint) as corroboration_high,
            other_origins_count,
            case
                when
                    is_blamed
                    or corroboration_low > greatest_value
                    or corroboration_high < least_value
                then 'contradicted'
                when corroboration_low = 0 and corroboration_high is null
                then 'unchecked'
                when
                    corroboration_low <= coalesce(corroboration_high, corroboration_low)
                    and corroboration_low >= least_value
                    and (corroboration_high <= greatest_value or greatest_value is null)
                then 'confirmed'
                else 'compatible'
            end as verdict
        from together
    )
select *
from judged
