-- One row per geography that is declared beyond ISO 3166.
select
    nullif(trim(geography), '') as geography,
    nullif(trim(label), '') as label,
    nullif(trim(description), '') as description,
    file,
    row_number
from raw.reference_geographies
