-- One row per finding that somebody has looked at and accepted.
select
    nullif(trim(finding_id), '') as finding_id,
    nullif(trim(expect), '') as expect,
    nullif(trim(reason), '') as reason,
    nullif(trim(who), '') as who,
    nullif(trim(acknowledged_on), '') as acknowledged_on,
    file,
    row_number
from raw.reference_acknowledged
