-- One row per claim and figure that it names though it was published later, with the
-- figure for the same cell that was known on the claim's day, if any.
with
    sources as (select * from dim_source),
    figures as (
        select int_figures_bounded.*, sources.origin, sources.published_date
        from int_figures_bounded
        inner join sources on int_figures_bounded.source_id = sources.source_id
    ),
    named as (
        select
            comparators.claim_id,
            figures.*,
            claim_sources.published_date as claimed_date
        from int_claim_comparators as comparators
        inner join
            int_claims_bounded as claims on comparators.claim_id = claims.claim_id
        inner join
            sources as claim_sources on claims.source_id = claim_sources.source_id
        inner join figures on comparators.figure_id = figures.figure_id
        where figures.published_date > claim_sources.published_date
    ),
    candidates as (
        select
            named.claim_id,
            named.figure_id as named_figure_id,
            named.published_date as named_date,
            known.figure_id,
            row_number() over (
                partition by named.claim_id, named.figure_id
                order by
                    case when known.origin = named.origin then 0 else 1 end,
                    date_diff('day', known.published_date, named.claimed_date),
                    known.figure_id
            ) as nearness_rank
        from named
        left join
            figures as known
            on named.measure = known.measure
            and named.geography = known.geography
            and named.period_start = known.period_start
            and named.period_end = known.period_end
            and named.dimension = known.dimension
            and named.category = known.category
            and named.claimed_date >= known.published_date
            and known.reported_value is not null
    ),
    bases as (
        select claim_id, named_figure_id, named_date, figure_id
        from candidates
        where nearness_rank = 1
    )
select *
from bases
