-- One row per claim that a page makes about figures: do the figures bear it out?
with
    claims as (select * from int_claims_bounded),
    operands as (select * from int_claim_operands),
    statements as (
        select
            regexp_replace(statement_id, '^claim:[^:]*:', '') as claim_id,
            case
                when bool_or(verdict = 'fail')
                then 'fail'
                when bool_or(verdict = 'warn')
                then 'warn'
                when bool_or(verdict = 'unknown')
                then 'unknown'
                else 'pass'
            end as verdict
        from int_statements
        where statement_id like 'claim:%'
        group by regexp_replace(statement_id, '^claim:[^:]*:', '')
    ),
    members as (select * from int_breakdown_members where figure_id is not null),
    parts_counted as (
        select
            breakdown_id,
            min(figure_id) filter (where role = 'whole') as whole_figure_id,
            count(*) filter (where role = 'part') as parts_count
        from members
        group by breakdown_id
    ),
    same_sums as (
        select claims.claim_id, parts_counted.breakdown_id
        from claims
        inner join
            parts_counted on claims.subject_figure_id = parts_counted.whole_figure_id
        inner join
            operands
            on claims.claim_id = operands.claim_id
            and operands.role = 'comparator'
        left join
            members
            on parts_counted.breakdown_id = members.breakdown_id
            and operands.figure_id = members.figure_id
            and members.role = 'part'
        where claims.kind = 'sum'
        group by claims.claim_id, parts_counted.breakdown_id, parts_counted.parts_count
        having
            count(members.figure_id) = count(*) and count(*) = parts_counted.parts_count
    ),
    breakdowns as (
        select claim_id, min(breakdown_id) as breakdown_id
        from same_sums
        group by claim_id
    ),
    values_compared as (
        select
            claim_id,
            max(reported_value) filter (where role = 'subject') as subject_value,
            max(reported_value) filter (where role = 'comparator') as comparator_value,
            sum(reported_value) filter (where role = 'comparator') as comparators_sum,
            count(*) filter (where role = 'comparator') as comparators_count,
            bool_or(is_implied) as is_implied
        from operands
        group by claim_id
    ),
    computed as (
        select
            claims.*,
            statements.verdict,
            values_compared.subject_value,
            values_compared.comparator_value,
            values_compared.is_implied,
            breakdowns.breakdown_id,
            case
                when claims.kind = 'sum'
                then cast(values_compared.comparators_sum as double)
                when claims.kind in ('rank', 'absolute_change')
                then
                    cast(
                        values_compared.subject_value
                        - values_compared.comparator_value as double
                    )
                else
                    claims.factor * (
                        values_compared.subject_value
                        - claims.bases_count * values_compared.comparator_value
                    )
                    / nullif(cast(values_compared.comparator_value as double), 0)
            end as computed_number,
            claims.factor
            * (values_compared.subject_value - values_compared.comparator_value)
            / nullif(cast(values_compared.subject_value as double), 0) as by_new_value,
            claims.factor
            * (values_compared.comparator_value - values_compared.subject_value)
            / nullif(
                cast(values_compared.subject_value as double), 0
            ) as swapped_change,
            claims.factor
            * values_compared.comparator_value
            / nullif(cast(values_compared.subject_value as double), 0) as swapped_ratio,
            cast(claims.allowed_low as double) / claims.scale as allowed_from,
            cast(claims.allowed_high as double) / claims.scale as allowed_to
        from claims
        inner join statements on claims.claim_id = statements.claim_id
        inner join values_compared on claims.claim_id = values_compared.claim_id
        left join breakdowns on claims.claim_id = breakdowns.claim_id
    ),
    explained as (
        select
            *,
            case
                when verdict = 'warn' and kind = 'percent_change'
                then 'percent_of_for_percent_more'
                when verdict = 'warn'
                then 'times_more_for_times'
                when verdict <> 'fail' or operator not in ('eq', 'approx')
                then null
                when
                    kind = 'percent_change'
                    and by_new_value between allowed_from and allowed_to
                then 'change_divided_by_new_value'
                when
                    kind = 'percent_change'
                    and swapped_change between allowed_from and allowed_to
                then 'operands_swapped'
                when
                    kind in ('share', 'multiple')
                    and swapped_ratio between allowed_from and allowed_to
                then 'operands_swapped'
                when
                    kind = 'multiple'
                    and computed_number + 1 between allowed_from and allowed_to
                then 'times_for_times_more'
                when
                    kind = 'absolute_change'
                    and - computed_number between allowed_from and allowed_to
                then 'operands_swapped'
                when
                    kind = 'percent_change'
                    and subject_value - comparator_value
                    between allowed_from and allowed_to
                then 'change_itself_printed_as_percent'
            end as slip,
            case
                when verdict <> 'pass' or operator <> 'eq' or not is_ratio
                then null
                when computed_number = stated_number
                then 'exact'
                when abs(computed_number - stated_number) * scale <= grain / 2.0
                then 'rounded'
                when abs(computed_number - stated_number) * scale < grain
                then 'truncated'
                else 'within intervals'
            end as holds_by
        from computed
    ),
    checked as (
        select
            claim_id,
            source_id,
            kind,
            operator,
            subject_figure_id,
            stated_number as reported_number,
            computed_number,
            stated_number - computed_number as residual_number,
            verdict,
            slip,
            holds_by,
            is_implied,
            breakdown_id,
            file,
            row_number
        from explained
    )
select *
from checked
