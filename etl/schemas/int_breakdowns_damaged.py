"""Schema of `int_breakdowns_damaged`."""

from datetime import date

import pandera.pandas as pa


class IntBreakdownsDamaged(pa.DataFrameModel):
    """One row per breakdown that may lack a figure, or count one twice, as a row is held."""

    source_id: str = pa.Field(description="Page that prints the breakdown.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    whole_category: str = pa.Field(description="Category of the whole; empty where not known.")
    reason: str = pa.Field(description="What is held, in words.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_breakdowns_damaged"
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
