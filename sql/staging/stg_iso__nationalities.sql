-- One row per country of ISO 3166, present or past, as a nationality.
select
    alpha_3 as category,
    name as label,
    cast(null as varchar) as contains,
    case
        when is_former = 'yes'
        then 'Former country of ISO 3166-3.'
        else 'Country of ISO 3166-1.'
    end as description,
    file,
    row_number
from raw.iso_3166
