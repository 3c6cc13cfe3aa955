-- One row per claim: what its printed number allows, in whole numbers (scale times
-- the number).
with
    claims as (select * from stg_claims),
    tolerances as (select * from stg_claim_tolerances),
    printed as (
        select
            *,
            coalesce(
                length(split_part(stated_number_text, '.', 2)), 0
            ) as decimals_count,
            coalesce(cast(replace(stated_number_text, '.', '') as bigint), 0) as digits,
            kind in ('percent_change', 'share', 'multiple') as is_ratio,
            case when kind = 'multiple' then 16 else 2 end as grain
        from claims
    ),
    scaled as (
        select
            printed.*,
            cast(printed.grain * pow(10, printed.decimals_count) as bigint) as scale,
            printed.grain * printed.digits as number,
            cast(
                ceil(
                    coalesce(tolerances.half_units, 0)
                    * printed.grain
                    / 2
                    * case
                        when printed.decimals_count = 0 and printed.digits <> 0
                        then
                            pow(
                                10,
                                length(printed.stated_number_text)
                                - length(rtrim(printed.stated_number_text, '0'))
                            )
                        else 1
                    end
                    + abs(printed.grain * printed.digits)
                    * coalesce(tolerances.relative_pct, 0)
                    / 100
                ) as bigint
            ) as tolerance,
            coalesce(tolerances.relative_pct, 0) > 0 as is_relative,
            case
                when printed.kind in ('percent_change', 'share') then 100 else 1
            end as factor,
            case when printed.kind = 'percent_change' then 1 else 0 end as bases_count
        from printed
        left join tolerances on printed.kind = tolerances.kind
    ),
    bounded as (
        select
            *,
            case
                when operator in ('gt', 'ge')
                then number
                when operator in ('lt', 'le')
                then null
                when operator = 'eq' and not is_ratio
                then number
                when operator = 'eq'
                then number - case when number < 0 then grain else grain / 2 end
                when is_ratio and not is_relative
                then
                    number - greatest(
                        tolerance, case when number < 0 then grain else grain / 2 end
                    )
                else number - tolerance
            end as allowed_low,
            case
                when operator in ('lt', 'le')
                then number
                when operator in ('gt', 'ge')
                then null
                when operator = 'eq' and not is_ratio
                then number
                when operator = 'eq'
                then number + case when number < 0 then grain / 2 else grain end
                when is_ratio and not is_relative
                then
                    number + greatest(
                        tolerance, case when number < 0 then grain / 2 else grain end
                    )
                else number + tolerance
            end as allowed_high,
            operator = 'gt'
            or (operator = 'eq' and is_ratio and number < 0) as is_low_strict,
            operator = 'lt'
            or (operator = 'eq' and is_ratio and number >= 0) as is_high_strict
        from scaled
    ),
    described as (
        select
            claim_id,
            source_id,
            kind,
            operator,
            subject_figure_id,
            stated_number,
            is_ratio,
            cast(grain as bigint) as grain,
            scale,
            cast(number as bigint) as number,
            cast(factor as bigint) as factor,
            cast(bases_count as bigint) as bases_count,
            cast(allowed_low as bigint) as allowed_low,
            cast(allowed_high as bigint) as allowed_high,
            is_low_strict,
            is_high_strict,
            file,
            row_number
        from bounded
    )
select *
from described
