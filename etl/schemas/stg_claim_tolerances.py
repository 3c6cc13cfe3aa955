"""Schema of `stg_claim_tolerances`."""

import pandera.pandas as pa


class StgClaimTolerances(pa.DataFrameModel):
    """One row per kind of claim: how far an approximate number may be off."""

    kind: str = pa.Field(unique=True, description="Kind of claim.")
    half_units: float = pa.Field(description="Half units of the last significant digit.")
    relative_pct: float = pa.Field(description="Percent of the number, on top.")
    reason: str = pa.Field(nullable=True, description="Why.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_claim_tolerances"
        strict = True
        metadata = {"holds": "raw.reference_claim_tolerances"}
