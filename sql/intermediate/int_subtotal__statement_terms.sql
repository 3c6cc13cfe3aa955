-- One row per term of "the whole is the sum of its parts", or at least some of them.
with
    members as (select * from int_breakdown_members),
    terms as (
        select
            'subtotal:' || breakdown_id as statement_id,
            case
                when is_complete
                then 'subtotals_sum_to_total'
                when may_overlap
                then 'overlapping_subtotals_do_not_exceed_total'
                else 'subtotals_do_not_exceed_total'
            end as check_name,
            case
                when may_overlap and not is_complete then 'warning' else 'error'
            end as severity,
            source_id,
            cast(0 as bigint) as low_bound,
            case when is_complete then cast(0 as bigint) end as high_bound,
            role,
            case
                when role = 'whole' or is_negative
                then cast(1 as bigint)
                else cast(-1 as bigint)
            end as coefficient,
            measure,
            geography,
            period_start,
            period_end,
            case
                when role = 'whole' then stated_dimension else dimension
            end as dimension,
            category,
            figure_id,
            abs(reported_value) as reported_value,
            case when is_negative then - high_value else low_value end as low_value,
            case
                when is_negative
                then nullif(- low_value, 1000000000000000)
                else high_value
            end as high_value,
            is_damaged
        from members
    )
select *
from terms
