-- One row per declared measure.
select
    nullif(trim(measure), '') as measure,
    nullif(trim(label), '') as label,
    nullif(trim(unit), '') as unit,
    nullif(trim(kind), '') as kind,
    nullif(trim(description), '') as description,
    file,
    row_number
from raw.reference_measures
