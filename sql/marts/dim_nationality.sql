-- One row per nationality code: ISO 3166, and codes declared beyond it.
with
    nationalities as (select * from stg_nationalities),
    used as (
        select distinct category
        from stg_figures
        where
            dimension
            in (select dimension from stg_dimensions where codes = 'nationality')
    ),
    described as (
        select
            nationalities.category,
            nationalities.label,
            nationalities.contains,
            nationalities.description,
            used.category is not null as is_used
        from nationalities
        left join used on nationalities.category = used.category
    )
select *
from described
