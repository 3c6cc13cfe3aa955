-- One row per term of a claim; a ratio makes two statements, one for each end of what
-- it allows.
with
    claims as (select * from int_claims_bounded),
    operands as (select * from int_claim_operands),
    otherwise as (
        select *
        from int_claim_readings
        where is_true_otherwise and not is_true_as_worded
    ),
    joined as (
        select
            claims.*,
            otherwise.claim_id is not null as is_true_otherwise,
            operands.role,
            operands.named_figure_id,
            operands.figure_id,
            operands.reported_value,
            operands.low_value,
            operands.high_value,
            operands.measure,
            operands.geography,
            operands.period_start,
            operands.period_end,
            operands.dimension,
            operands.category
        from claims
        inner join operands on claims.claim_id = operands.claim_id
        left join otherwise on claims.claim_id = otherwise.claim_id
    ),
    pairs as (
        select
            claim_id,
            named_figure_id as figure_id,
            row_number() over (
                partition by claim_id order by named_figure_id
            ) as pair_number
        from operands
        where role = 'comparator'
    ),
    ratios as (
        select
            'claim:' || ends.side || ':' || joined.claim_id as statement_id,
            case
                when ends.side = 'low'
                then case when joined.is_low_strict then 1 else 0 end
            end as low_bound,
            case
                when ends.side = 'high'
                then case when joined.is_high_strict then -1 else 0 end
            end as high_bound,
            case
                when joined.role = 'subject'
                then joined.scale * joined.factor
                else
                    - joined.scale * joined.factor * joined.bases_count
                    - case
                        when ends.side = 'low'
                        then joined.allowed_low
                        else joined.allowed_high
                    end
            end as coefficient,
            coalesce(
                joined.role = 'comparator' and joined.high_value = 0, false
            ) as is_damaged,
            joined.*
        from joined
        cross join (values ('low'), ('high')) as ends(side)
        where
            joined.is_ratio
            and case
                when ends.side = 'low' then joined.allowed_low else joined.allowed_high
            end
            is not null
    ),
    differences as (
        select
            'claim:'
            || joined.kind
            || coalesce('_' || pairs.pair_number, '')
            || ':'
            || joined.claim_id as statement_id,
            joined.allowed_low
            + case when joined.is_low_strict then 1 else 0 end as low_bound,
            joined.allowed_high
            - case when joined.is_high_strict then 1 else 0 end as high_bound,
            case
                when joined.kind = 'sum'
                then joined.scale
                when joined.role = 'subject'
                then joined.scale
                else - joined.scale
            end as coefficient,
            false as is_damaged,
            joined.*
        from joined
        left join pairs on joined.kind = 'rank' and joined.claim_id = pairs.claim_id
        where
            not joined.is_ratio
            and (joined.kind <> 'sum' or joined.role = 'comparator')
            and (
                joined.kind <> 'rank'
                or joined.role = 'subject'
                or joined.named_figure_id is not distinct from pairs.figure_id
            )
    ),
    statements as (
        select *
        from ratios
        union all
        select *
        from differences
    ),
    terms as (
        select
            statement_id,
            case
                when is_true_otherwise
                then 'claims_match_figures_as_worded'
                else 'claims_match_figures'
            end as check_name,
            case when is_true_otherwise then 'warning' else 'error' end as severity,
            source_id,
            cast(low_bound as bigint) as low_bound,
            cast(high_bound as bigint) as high_bound,
            role,
            cast(coefficient as bigint) as coefficient,
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            figure_id,
            reported_value,
            low_value,
            high_value,
            is_damaged
        from statements
    )
select *
from terms
