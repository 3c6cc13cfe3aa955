"""Schema of `int_cells`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa


class IntCells(pa.DataFrameModel):
    """One row per cell that a figure speaks about, with what all its figures together allow."""

    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    figures_count: int = pa.Field(ge=1, description="Figures that speak about it.")
    figure_id: str = pa.Field(description="One of these figures.")
    reported_value: pd.Int64Dtype = pa.Field(
        nullable=True,
        description="Least value printed, brought within the bounds where the figures agree.",
    )
    highest_reported_value: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest value printed."
    )
    low_value: int = pa.Field(
        description="Least value that all figures allow, or any where they disagree."
    )
    highest_low_value: int = pa.Field(description="Least value that the highest figure allows.")
    high_value: pd.Int64Dtype = pa.Field(
        nullable=True,
        description="Greatest value that all allow, or any where they disagree; null is open.",
    )
    measure_kind: str = pa.Field(description="flow, stock, cumulative or unknown.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_cells"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
