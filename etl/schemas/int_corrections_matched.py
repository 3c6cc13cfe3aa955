"""Schema of `int_corrections_matched`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class IntCorrectionsMatched(pa.DataFrameModel):
    """One row per correction, and whether the figure still says what it was written for."""

    figure_id: str = pa.Field(unique=True, description="Figure to correct.")
    expected_value: int = pa.Field(description="What the correction was written for.")
    corrected_value: int = pa.Field(description="What it should say.")
    reported_value: pd.Int64Dtype = pa.Field(
        nullable=True, description="What it says; null where there is no such figure."
    )
    is_matched: bool = pa.Field(description="Whether the correction applies.")
    file: str = pa.Field(description="File of the correction.")
    row_number: int = pa.Field(description="Row of the correction.")

    @row_check(
        "is_matched",
        columns=["figure_id", "reported_value", "expected_value"],
        severity="warning",
        expected="the value that the correction was written for; mend or remove its row",
    )
    def correction_matches_its_figure(cls, frame: pd.DataFrame) -> pd.Series:
        """A correction applies to the value that it was written for."""
        return frame["is_matched"]

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_corrections_matched"
        strict = True
