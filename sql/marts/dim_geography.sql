-- One row per country or area that can report: ISO 3166, and codes declared beyond it.
with
    geographies as (select * from stg_geographies),
    used as (select distinct geography from stg_figures),
    described as (
        select
            geographies.geography,
            geographies.label,
            geographies.description,
            used.geography is not null as is_used
        from geographies
        left join used on geographies.geography = used.geography
    )
select *
from described
