-- One row per term of "a period counts no less than its parts", or as much.
with
    members as (select * from int_period_members),
    cells as (select * from int_cells),
    terms as (
        select
            members.statement_id,
            members.check_name,
            members.severity,
            cast(null as varchar) as source_id,
            cast(0 as bigint) as low_bound,
            case when members.is_exact then cast(0 as bigint) end as high_bound,
            members.role,
            case
                when members.role = 'whole'
                then cast(1 as bigint)
                else cast(-1 as bigint)
            end as coefficient,
            cells.measure,
            cells.geography,
            cells.period_start,
            cells.period_end,
            cells.dimension,
            cells.category,
            cells.figure_id,
            case
                when members.takes_highest
                then cells.highest_reported_value
                else cells.reported_value
            end as reported_value,
            case
                when members.takes_highest
                then cells.highest_low_value
                else cells.low_value
            end as low_value,
            cells.high_value,
            false as is_damaged
        from members
        inner join cells on members.figure_id = cells.figure_id
    )
select *
from terms
