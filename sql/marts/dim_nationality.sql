-- One row per nationality code: ISO 3166, and codes declared beyond it.
with
    nationalities as (select * from stg_nationalities),
    used as (
        select distinct category
        from stg_figures
        where dimension in ('nationality', 'nationality_foreign', 'destination')
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
