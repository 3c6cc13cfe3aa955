"""Schema of `int_breakdown_wholes`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa


class IntBreakdownWholes(pa.DataFrameModel):
    """One row per breakdown: the most exact figure that the source states for its whole, if any."""

    breakdown_id: str = pa.Field(unique=True, description="Identifier of the breakdown.")
    source_id: str = pa.Field(description="Page that prints the breakdown.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    whole_dimension: str = pa.Field(description="Dimension of the whole.")
    whole_category: str = pa.Field(description="Category of the whole; empty where not known.")
    stated_dimension: str = pa.Field(
        description="Dimension of the figure for the whole: its own, or total where only that is"
        " stated; then the parts can only be held to be no more."
    )
    stated_category: str = pa.Field(description="Category of the figure for the whole.")
    breakdown_complete: str = pa.Field(
        isin=["yes", "no", "top", "unknown"],
        description="Whether the parts are presented as all of it, or all as the largest of it.",
    )
    may_overlap: bool = pa.Field(description="Whether something may be counted in two parts.")
    figure_id: str = pa.Field(nullable=True, description="Figure for the whole.")
    reported_value: pd.Int64Dtype = pa.Field(nullable=True, description="As printed.")
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_breakdown_wholes"
        strict = True
        unique = [
            "source_id",
            "measure",
            "geography",
            "period_start",
            "period_end",
            "dimension",
            "whole_category",
        ]
