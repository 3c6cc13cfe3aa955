-- One row per correction of a figure, applied beside the reported value.
select
    nullif(trim(figure_id), '') as figure_id,
    case
        when regexp_matches(trim(expected_value), '^[0-9]{1,18}$')
        then try_cast(trim(expected_value) as bigint)
    end as expected_value,
    case
        when regexp_matches(trim(corrected_value), '^[0-9]{1,18}$')
        then try_cast(trim(corrected_value) as bigint)
    end as corrected_value,
    nullif(trim(reason), '') as reason,
    nullif(trim(corrected_on), '') as corrected_on,
    file,
    row_number
from raw.reference_corrections
