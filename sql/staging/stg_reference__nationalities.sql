-- One row per nationality code that is declared beyond ISO 3166.
select
    nullif(trim(category), '') as category,
    nullif(trim(label), '') as label,
    nullif(trim(contains), '') as contains,
    nullif(trim(description), '') as description,
    file,
    row_number
from raw.reference_nationalities
