"""Schema of `dim_measure`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class DimMeasure(pa.DataFrameModel):
    """One row per measure, declared or used without a declaration."""

    measure: str = pa.Field(unique=True, description="Code; joins to measure.")
    label: str = pa.Field(description="Name that reads well after a number.")
    unit: str = pa.Field(nullable=True, description="What one unit is: persons, cases, sites ...")
    kind: str = pa.Field(nullable=True, description="flow, stock or cumulative.")
    description: str = pa.Field(nullable=True, description="What is counted, and what is not.")
    is_declared: bool = pa.Field(description="Whether data/raw/reference declares it.")
    is_used: bool = pa.Field(description="Whether a figure uses it.")

    @row_check(
        "is_declared",
        columns=["measure"],
        severity="warning",
        expected="a row for it in reference/measures.csv",
        reason="Nobody says whether it is a flow, a stock or a running total, so whether its"
        " periods add up is not judged.",
    )
    def measure_is_declared(cls, frame: pd.DataFrame) -> pd.Series:
        """Every measure in use is declared."""
        return frame["is_declared"]

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_measure"
        strict = True
