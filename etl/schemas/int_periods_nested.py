"""Schema of `int_periods_nested`."""

from datetime import date

import pandera.pandas as pa


class IntPeriodsNested(pa.DataFrameModel):
    """One row per period in use and period within it, whatever they count."""

    whole_start: date = pa.Field(description="First day of the longer period.")
    whole_end: date = pa.Field(description="Last day of the longer period.")
    part_start: date = pa.Field(description="First day of the shorter.")
    part_end: date = pa.Field(description="Last day of the shorter.")
    part_kind: str = pa.Field(description="Calendar unit that the shorter is.")
    is_calendar: bool = pa.Field(
        description="Whether the longer is whole months and the shorter a unit of the calendar."
    )
    whole_months_count: int = pa.Field(description="Months that the longer touches.")
    part_months_count: int = pa.Field(description="Months that the shorter touches.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_periods_nested"
        strict = True
        unique = ["whole_start", "whole_end", "part_start", "part_end"]
