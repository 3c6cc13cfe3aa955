-- One row per kind of statement, qualifier or publisher: how often it is wrong.
select
    nullif(trim(kind), '') as kind,
    nullif(trim(name), '') as name,
    try_cast(trim(error_rate) as double) as error_rate,
    try_cast(trim(factor) as double) as factor,
    nullif(trim(reason), '') as reason,
    file,
    row_number
from raw.reference_weights
