"""Schema of `int_memberships_doubted`."""

from datetime import date

import pandera.pandas as pa


class IntMembershipsDoubted(pa.DataFrameModel):
    """One row per page, cell and dimension, and held membership that could be of its parts."""

    source_id: str = pa.Field(description="Page that prints the parts.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    held_row: str = pa.Field(description="File and row of the membership.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_memberships_doubted"
        strict = True
        unique = [
            "source_id",
            "measure",
            "geography",
            "period_start",
            "period_end",
            "dimension",
            "held_row",
        ]
