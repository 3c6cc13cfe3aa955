-- One row per claim whose words have two readings ("166 % of" and "up by 166 %", "three
-- times" and "three times more"): which of them the figures bear out.
with
    claims as (
        select *
        from int_claims_bounded
        where kind in ('percent_change', 'multiple') and operator in ('eq', 'approx')
    ),
    operands as (select * from int_claim_operands),
    sides as (
        select
            claims.claim_id,
            claims.bases_count as worded_bases_count,
            cast(claims.scale as hugeint) * claims.factor as unit,
            claims.allowed_low,
            claims.allowed_high,
            case when claims.is_low_strict then 1 else 0 end as least_sum,
            case when claims.is_high_strict then -1 else 0 end as greatest_sum,
            subjects.low_value as subject_low,
            subjects.high_value as subject_high,
            bases.low_value as base_low,
            bases.high_value as base_high
        from claims
        inner join
            operands as subjects
            on claims.claim_id = subjects.claim_id
            and subjects.role = 'subject'
        inner join
            operands as bases
            on claims.claim_id = bases.claim_id
            and bases.role = 'comparator'
        where
            subjects.figure_id is not null
            and bases.figure_id is not null
            and coalesce(bases.high_value, 1) > 0
    ),
    read as (
        select
            sides.*,
            readings.bases_count,
            sides.unit * readings.bases_count + sides.allowed_low as low_factor,
            sides.unit * readings.bases_count + sides.allowed_high as high_factor
        from sides
        cross join (values (0), (1)) as readings(bases_count)
    ),
    tested as (
        select
            claim_id,
            bases_count = worded_bases_count as is_as_worded,
            coalesce(
                unit * subject_high
                - low_factor
                * case when low_factor >= 0 then base_low else base_high end
                >= least_sum,
                true
            )
            and coalesce(
                unit * subject_low
                - high_factor
                * case when high_factor >= 0 then base_high else base_low end
                <= greatest_sum,
                true
            ) as is_true
        from read
    ),
    readings as (
        select
            claim_id,
            bool_and(is_true) filter (where is_as_worded) as is_true_as_worded,
            bool_and(is_true) filter (where not is_as_worded) as is_true_otherwise
        from tested
        group by claim_id
    )
select *
from readings
