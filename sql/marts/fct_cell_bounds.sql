-- One row per cell that a statement mentions and no figure gives a number for: what it
-- can be.
with
    cells as (select * from int_cells_reasoned),
    unstated as (
        select
            measure,
            geography,
            period_start,
            period_end,
            dimension,
            category,
            low_value,
            high_value,
            low_bound_by,
            high_bound_by
        from cells
        where not is_stated
    )
select *
from unstated
