-- One row per figure, with the interval that its qualifier allows; a null high end is
-- open.
with
    figures as (select * from stg_figures),
    qualifiers as (select * from stg_qualifiers),
    scaled as (
        select
            figures.*,
            case
                when figures.reported_value = 0
                then 1
                else
                    cast(
                        pow(
                            10,
                            length(cast(figures.reported_value as varchar)) - length(
                                rtrim(cast(figures.reported_value as varchar), '0')
                            )
                        ) as bigint
                    )
            end as last_digit_unit
        from figures
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
        inner join qualifiers on scaled.value_qualifier = qualifiers.qualifier
    )
select *
from bounded
