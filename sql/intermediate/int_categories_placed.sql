-- One row per dimension and category in use, with the whole that the category is part
-- of.
with
    dimensions as (select * from int_dimensions_completed),
    used as (select distinct dimension, category from stg_figures),
    parts as (
        select
            used.dimension,
            used.category,
            dimensions.whole_dimension,
            dimensions.whole_category,
            dimensions.categories,
            list_contains(
                string_split(coalesce(dimensions.negative_categories, ''), ';'),
                used.category
            ) as is_negative
        from used
        inner join dimensions on used.dimension = dimensions.dimension
        where dimensions.whole_dimension is not null and used.category <> 'TOTAL'
    ),
    prefixes as (
        select
            parts.dimension,
            parts.category,
            max_by(wholes.category, length(wholes.category)) as whole_category
        from parts
        inner join used as wholes on parts.whole_dimension = wholes.dimension
        where
            parts.whole_category = '*'
            and starts_with(parts.category, wholes.category || '_')
        group by parts.dimension, parts.category
    ),
    placed as (
        select
            parts.dimension,
            parts.category,
            parts.whole_dimension,
            case
                when parts.whole_category = '*'
                then prefixes.whole_category
                else parts.whole_category
            end as whole_category,
            parts.categories,
            parts.is_negative
        from parts
        left join
            prefixes
            on parts.dimension = prefixes.dimension
            and parts.category = prefixes.category
    )
select *
from placed
