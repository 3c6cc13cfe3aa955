-- One row per publisher whose kind is declared.
select
    nullif(trim(publisher), '') as publisher,
    nullif(trim(kind), '') as kind,
    nullif(trim(reason), '') as reason,
    file,
    row_number
from raw.reference_publishers
