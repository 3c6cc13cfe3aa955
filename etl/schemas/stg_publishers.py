"""Schema of `stg_publishers`."""

import pandera.pandas as pa


class StgPublishers(pa.DataFrameModel):
    """One row per publisher whose kind is declared; the others are press."""

    publisher: str = pa.Field(unique=True, description="As in data/raw/sources.")
    kind: str = pa.Field(
        isin=["official", "press", "aggregator"], description="official, press or aggregator."
    )
    reason: str = pa.Field(nullable=True, description="Why.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_publishers"
        strict = True
        metadata = {"holds": "raw.reference_publishers"}
