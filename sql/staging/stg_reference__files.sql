-- One row per declaration of how a file, or the files of a folder, are written.
select
    nullif(trim(path), '') as path,
    nullif(trim(setting), '') as setting,
    nullif(trim(value), '') as value,
    file,
    row_number
from raw.reference_files
