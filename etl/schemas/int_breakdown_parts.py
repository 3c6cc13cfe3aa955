"""Schema of `int_breakdown_parts`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references


class IntBreakdownParts(pa.DataFrameModel):
    """One row per breakdown and category: the most exact figure that the source gives for it."""

    source_id: str = pa.Field(description="Page that prints the breakdown.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    whole_dimension: str = pa.Field(description="Dimension of the whole.")
    whole_category: str = pa.Field(description="Category of the whole; empty where not known.")
    category: str = pa.Field(description="The part.")
    figure_id: str = references(
        "int_figures_bounded.figure_id", unique=True, description="Figure for the part."
    )
    reported_value: pd.Int64Dtype = pa.Field(nullable=True, description="As printed.")
    low_value: int = pa.Field(description="Least value that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    breakdown_complete: str = pa.Field(description="Whether the parts are presented as all of it.")
    categories: str = pa.Field(description="Whether the parts exclude each other.")
    is_negative: bool = pa.Field(description="Whether the whole is reduced by it.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_breakdown_parts"
        strict = True
