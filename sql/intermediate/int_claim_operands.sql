-- One row per claim and operand: its subject, and what it compares with, found or not,
-- as it was known on the claim's day.
with
    claims as (select * from int_claims_bounded),
    named as (select * from int_claim_comparators),
    bases as (select * from int_claim_bases),
    figures as (select * from int_figures_bounded),
    implied as (
        select
            claims.claim_id,
            changes.subject_figure_id as figure_id,
            changes.number / changes.scale as change_value
        from claims
        inner join
            claims as changes
            on claims.subject_figure_id = changes.subject_figure_id
            and claims.source_id = changes.source_id
        left join named on changes.claim_id = named.claim_id
        left join named as own on claims.claim_id = own.claim_id
        where
            changes.kind = 'absolute_change'
            and changes.operator = 'eq'
            and claims.kind in ('percent_change', 'multiple')
            and named.claim_id is null
            and own.claim_id is null
    ),
    operands as (
        select
            claims.claim_id,
            'subject' as role,
            claims.subject_figure_id as figure_id,
            cast(0 as bigint) as offset_value
        from claims
        union all
        select
            claims.claim_id,
            'comparator' as role,
            coalesce(named.figure_id, implied.figure_id) as figure_id,
            coalesce(cast(- implied.change_value as bigint), 0) as offset_value
        from claims
        left join named on claims.claim_id = named.claim_id
        left join implied on claims.claim_id = implied.claim_id
    ),
    valued as (
        select
            operands.claim_id,
            operands.role,
            operands.figure_id as named_figure_id,
            figures.figure_id,
            operands.offset_value <> 0 as is_implied,
            bases.named_date as later_date,
            figures.reported_value + operands.offset_value as reported_value,
            case
                when figures.figure_id is not null
                then greatest(0, figures.low_value + operands.offset_value)
            end as low_value,
            figures.high_value + operands.offset_value as high_value,
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category
        from operands
        left join
            bases
            on operands.role = 'comparator'
            and operands.claim_id = bases.claim_id
            and operands.figure_id = bases.named_figure_id
        left join
            figures on coalesce(bases.figure_id, operands.figure_id) = figures.figure_id
    )
select *
from valued
