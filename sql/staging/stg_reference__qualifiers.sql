-- One row per qualifier: the interval that a qualified number allows.
select
    nullif(trim(qualifier), '') as qualifier,
    coalesce(label, '') as label,
    nullif(trim(low_base), '') as low_base,
    try_cast(trim(low_units) as double) as low_units,
    case
        when regexp_matches(trim(low_steps), '^-?[0-9]{1,9}$')
        then try_cast(trim(low_steps) as bigint)
    end as low_steps,
    nullif(trim(high_base), '') as high_base,
    try_cast(trim(high_units) as double) as high_units,
    case
        when regexp_matches(trim(high_steps), '^-?[0-9]{1,9}$')
        then try_cast(trim(high_steps) as bigint)
    end as high_steps,
    nullif(trim(reason), '') as reason,
    file,
    row_number
from raw.reference_qualifiers
