-- One row per dimension, declared or used without a declaration.
with
    dimensions as (select * from int_dimensions_completed),
    used as (select distinct dimension from stg_figures),
    described as (
        select
            dimensions.dimension,
            dimensions.label,
            dimensions.whole_dimension,
            dimensions.whole_category,
            dimensions.categories,
            dimensions.negative_categories,
            dimensions.description,
            dimensions.is_declared,
            used.dimension is not null as is_used
        from dimensions
        left join used on dimensions.dimension = used.dimension
    )
select *
from described
