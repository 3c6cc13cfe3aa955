-- One row per statement: what its figures make of it, within the intervals that they
-- allow.
with
    terms as (select * from int_statement_terms),
    added as (
        select
            statement_id,
            min(check_name) as check_name,
            min(severity) as severity,
            min(source_id) as source_id,
            min(low_bound) as low_bound,
            min(high_bound) as high_bound,
            count(*) as terms_count,
            bool_and(figure_id is not null) and not bool_or(is_damaged) as is_testable,
            sum(cast(coefficient as double) * reported_value) as computed_value,
            case
                when count(*) filter (where coefficient < 0 and high_value is null) = 0
                then
                    sum(
                        cast(coefficient as hugeint)
                        * case when coefficient > 0 then low_value else high_value end
                    )
            end as computed_low,
            case
                when count(*) filter (where coefficient > 0 and high_value is null) = 0
                then
                    sum(
                        cast(coefficient as hugeint)
                        * case when coefficient > 0 then high_value else low_value end
                    )
            end as computed_high,
            case
                when
                    bool_and(
                        coalesce(
                            high_value - reported_value = reported_value - low_value,
                            false
                        )
                    )
                then
                    sqrt(
                        sum(
                            pow(
                                cast(coefficient as double) * (high_value - low_value),
                                2
                            )
                        )
                        / 12
                    )
            end as rounding_deviation
        from terms
        group by statement_id
    ),
    judged as (
        select
            statement_id,
            check_name,
            severity,
            source_id,
            low_bound,
            high_bound,
            terms_count,
            is_testable,
            cast(computed_value as double) as computed_value,
            cast(computed_low as double) as computed_low,
            cast(computed_high as double) as computed_high,
            case
                when is_testable
                then
                    greatest(low_bound - computed_value, computed_value - high_bound, 0)
                    / nullif(rounding_deviation, 0)
            end as deviations_count,
            case
                when not is_testable
                then 'unknown'
                when
                    coalesce(computed_low > high_bound, false)
                    or coalesce(computed_high < low_bound, false)
                then case when severity = 'warning' then 'warn' else 'fail' end
                else 'pass'
            end as verdict
        from added
    ),
    weighed as (
        select
            *, verdict = 'pass' and coalesce(deviations_count > 3, false) as is_unlikely
        from judged
    )
select *
from weighed
