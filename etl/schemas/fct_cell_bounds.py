"""Schema of `fct_cell_bounds`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class FctCellBounds(pa.DataFrameModel):
    """One row per cell that a statement mentions and no figure gives a number for."""

    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    low_value: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Least it can be.")
    high_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Greatest it can be; null is open."
    )
    low_bound_by: str = pa.Field(
        nullable=True, description="Statements that hold it above the least."
    )
    high_bound_by: str = pa.Field(
        nullable=True, description="Statements that hold it below the greatest."
    )

    @row_check("low_value <= high_value", where="high_value is not null")
    def bounds_hold_a_number(cls, frame: pd.DataFrame) -> pd.Series:
        """The bounds of a cell hold at least one number."""
        return frame["high_value"].isna() | (frame["low_value"] <= frame["high_value"])

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "fct_cell_bounds"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
