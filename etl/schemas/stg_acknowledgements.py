"""Schema of `stg_acknowledgements`."""

import pandera.pandas as pa


class StgAcknowledgements(pa.DataFrameModel):
    """One row per finding that somebody has looked at and accepted."""

    finding_id: str = pa.Field(unique=True, description="Finding that is accepted.")
    expect: str = pa.Field(description="The values that it is accepted for.")
    reason: str = pa.Field(description="Why.")
    who: str = pa.Field(description="Who accepts it.")
    acknowledged_on: str = pa.Field(description="When.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_acknowledgements"
        strict = True
        metadata = {"holds": "raw.reference_acknowledged"}
