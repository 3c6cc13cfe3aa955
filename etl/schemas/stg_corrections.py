"""Schema of `stg_corrections`."""

import pandera.pandas as pa


class StgCorrections(pa.DataFrameModel):
    """One row per correction of a figure, applied beside the reported value."""

    figure_id: str = pa.Field(unique=True, description="Figure to correct.")
    expected_value: int = pa.Field(description="What it says; else the correction does not apply.")
    corrected_value: int = pa.Field(description="What it should say.")
    reason: str = pa.Field(description="Why.")
    corrected_on: str = pa.Field(description="When it was written.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_corrections"
        strict = True
        metadata = {"holds": "raw.reference_corrections"}
