"""Schema of `stg_measures`."""

import pandera.pandas as pa


class StgMeasures(pa.DataFrameModel):
    """One row per declared measure."""

    measure: str = pa.Field(unique=True, description="Code of the measure.")
    label: str = pa.Field(description="Name that reads well after a number.")
    unit: str = pa.Field(description="What one unit is: persons, cases, sites ...")
    kind: str = pa.Field(
        isin=["flow", "stock", "cumulative"],
        description="Counted over the period, a level at its end, or a running total.",
    )
    description: str = pa.Field(nullable=True, description="What is counted, and what is not.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_measures"
        strict = True
        metadata = {"holds": "raw.reference_measures"}
