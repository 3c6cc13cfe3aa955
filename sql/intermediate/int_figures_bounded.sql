-- One row per figure, with the interval that its qualifier allows; a null high end is
-- open.
with
    figures as (select * from stg_figures),
    corrections as (select * from int_corrections_matched where is_matched),
    qualifiers as (select * from stg_qualifiers),
    corrected as (
        select
            figures.figure_id,
            figures.source_id,
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.reported_value as printed_value,
            corrections.corrected_value,
            coalesce(
                corrections.corrected_value, figures.reported_value
            ) as reported_value,
            case
                when corrections.corrected_value is null
                then figures.value_qualifier
                else 'exact'
            end as applied_qualifier,
            figures.value_qualifier,
            figures.breakdown_complete,
            figures.file,
            figures.row_number
        from figures
        left join corrections on figures.figure_id = corrections.figure_id
    ),
    scaled as (
        select
            *,
            case
                when reported_value = 0
                then 1
                else
                    cast(
                        pow(
                            10,
                            length(cast(reported_value as varchar))
                            - length(rtrim(cast(reported_value as varchar), '0'))
                        ) as bigint
                    )
            end as last_digit_unit
        from corrected
    ),
    bounded as (
        select
            scaled.figure_id,
            scaled.source_id,
            scaled.measure,
            scaled.geography,
            scaled.period_start,
            scaled.period_end,
            scaled.dimension,
            scaled.category,
            scaled.reported_value,
            scaled.printed_value,
            scaled.corrected_value,
            scaled.value_qualifier,
            case
                when qualifiers.low_base = 'zero'
                then 0
                else
                    greatest(
                        0,
                        scaled.reported_value + cast(
                            ceil(
                                qualifiers.low_units * scaled.last_digit_unit
                            ) as bigint
                        )
                        + qualifiers.low_steps
                    )
            end as low_value,
            case
                when qualifiers.high_base = 'value'
                then
                    greatest(
                        0,
                        scaled.reported_value + cast(
                            floor(
                                qualifiers.high_units * scaled.last_digit_unit
                            ) as bigint
                        )
                        + qualifiers.high_steps
                    )
            end as high_value,
            scaled.breakdown_complete,
            scaled.file,
            scaled.row_number
        from scaled
        inner join qualifiers on scaled.applied_qualifier = qualifiers.qualifier
    )
select *
from bounded
