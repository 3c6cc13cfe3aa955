-- One row per dimension, as declared, or as assumed where figures use one undeclared.
with
    declared as (select * from stg_dimensions),
    undeclared as (
        select distinct figures.dimension
        from stg_figures as figures
        left join declared on figures.dimension = declared.dimension
        where declared.dimension is null
    ),
    assumed as (
        select
            undeclared.dimension,
            max_by(declared.dimension, length(declared.dimension)) as whole_dimension
        from undeclared
        left join
            declared
            on starts_with(undeclared.dimension, declared.dimension || '_')
            and declared.dimension <> 'total'
        group by undeclared.dimension
    ),
    completed as (
        select
            dimension,
            label,
            whole_dimension,
            whole_category,
            categories,
            negative_categories,
            description,
            true as is_declared
        from declared
        union all
        select
            dimension,
            replace(dimension, '_', ' ') as label,
            coalesce(whole_dimension, 'total') as whole_dimension,
            case
                when whole_dimension is null then 'TOTAL' else '*'
            end as whole_category,
            'may_overlap' as categories,
            cast(null as varchar) as negative_categories,
            'Not declared: taken as parts that may overlap.' as description,
            false as is_declared
        from assumed
    )
select *
from completed
