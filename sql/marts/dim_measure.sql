-- One row per measure, declared or used without a declaration.
with
    declared as (select * from stg_measures),
    used as (select distinct measure from stg_figures),
    described as (
        select
            coalesce(declared.measure, used.measure) as measure,
            coalesce(declared.label, replace(used.measure, '_', ' ')) as label,
            declared.unit,
            declared.kind,
            declared.description,
            declared.measure is not null as is_declared,
            used.measure is not null as is_used
        from declared
        full join used on declared.measure = used.measure
    )
select *
from described
