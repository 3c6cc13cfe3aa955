-- One row per country of ISO 3166, present or past, as a reporting country.
select
    alpha_3 as geography,
    name as label,
    case
        when is_former = 'yes'
        then 'Former country of ISO 3166-3.'
        else 'Country of ISO 3166-1.'
    end as description,
    file,
    row_number
from raw.iso_3166
