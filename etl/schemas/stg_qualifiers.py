"""Schema of `stg_qualifiers`."""

import pandera.pandas as pa


class StgQualifiers(pa.DataFrameModel):
    """One row per qualifier: the interval that a qualified number allows."""

    qualifier: str = pa.Field(unique=True, description="Code of the qualifier.")
    label: str = pa.Field(description="Words put before the number.")
    low_base: str = pa.Field(isin=["value", "zero"], description="Where the low end starts.")
    low_units: float = pa.Field(description="Units of the last significant digit added.")
    low_steps: int = pa.Field(description="Whole numbers added to that.")
    high_base: str = pa.Field(isin=["value", "open"], description="Where the high end starts.")
    high_units: float = pa.Field(description="Units of the last significant digit added.")
    high_steps: int = pa.Field(description="Whole numbers added to that.")
    reason: str = pa.Field(nullable=True, description="Why the words are read so.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_qualifiers"
        strict = True
        metadata = {"holds": "raw.reference_qualifiers"}
