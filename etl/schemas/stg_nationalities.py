"""Schema of `stg_nationalities`."""

import pandera.pandas as pa


class StgNationalities(pa.DataFrameModel):
    """One row per nationality code: ISO 3166, and codes declared beyond it."""

    category: str = pa.Field(unique=True, description="Code.")
    label: str = pa.Field(description="Name in words.")
    contains: str = pa.Field(
        nullable=True, description="Codes that it counts together, parted by `;`."
    )
    description: str = pa.Field(nullable=True, description="Where the code comes from.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_nationalities"
        strict = True
        metadata = {"holds": "raw.reference_nationalities"}
