-- One row per kind of claim: how far an approximate number may be off.
select
    nullif(trim(kind), '') as kind,
    try_cast(trim(half_units) as double) as half_units,
    try_cast(trim(relative_pct) as double) as relative_pct,
    nullif(trim(reason), '') as reason,
    file,
    row_number
from raw.reference_claim_tolerances
