"""Schema of `stg_geographies`."""

import pandera.pandas as pa


class StgGeographies(pa.DataFrameModel):
    """One row per country or area that can report: ISO 3166, and codes declared beyond it."""

    geography: str = pa.Field(unique=True, description="Code.")
    label: str = pa.Field(description="Name in words.")
    description: str = pa.Field(nullable=True, description="Where the code comes from.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_geographies"
        strict = True
        metadata = {"holds": "raw.reference_geographies"}
