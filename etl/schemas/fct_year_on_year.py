"""Schema of `fct_year_on_year`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references


class FctYearOnYear(pa.DataFrameModel):
    """One row per figure and the same source's figure for the same period one year before."""

    figure_id: str = references("fct_reported_figure.figure_id", description="The figure.")
    previous_figure_id: str = references(
        "fct_reported_figure.figure_id", description="The figure one year before."
    )
    source_id: str = pa.Field(description="Page that printed both.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the later period.")
    period_end: date = pa.Field(description="Last day of the later period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension; TOTAL for the whole.")
    reported_value: pd.Int64Dtype = pa.Field(nullable=True, description="Later value as printed.")
    previous_value: pd.Int64Dtype = pa.Field(nullable=True, description="Earlier one as printed.")
    change_value: pd.Int64Dtype = pa.Field(nullable=True, description="Later minus earlier.")
    change_low: pd.Int64Dtype = pa.Field(nullable=True, description="Least change; null is open.")
    change_high: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest change; null is open."
    )
    change_pct: float = pa.Field(
        nullable=True, description="Change in percent of the earlier value; null where that is 0."
    )

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_year_on_year"
        strict = True
        unique = ["figure_id", "previous_figure_id"]
