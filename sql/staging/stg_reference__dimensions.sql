-- One row per declared dimension: what whole its categories are parts of.
select
    nullif(trim(dimension), '') as dimension,
    nullif(trim(label), '') as label,
    nullif(trim(whole_dimension), '') as whole_dimension,
    nullif(trim(whole_category), '') as whole_category,
    nullif(trim(categories), '') as categories,
    nullif(trim(negative_categories), '') as negative_categories,
    nullif(trim(description), '') as description,
    file,
    row_number
from raw.reference_dimensions
