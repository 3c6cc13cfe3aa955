"""Schema of `dim_period`."""

from datetime import date

import pandera.pandas as pa


class DimPeriod(pa.DataFrameModel):
    """One row per period that a figure speaks about."""

    period_start: date = pa.Field(description="First day; joins with period_end.")
    period_end: date = pa.Field(description="Last day.")
    period_kind: str = pa.Field(
        isin=["day", "month", "quarter", "half_year", "year", "months", "other"],
        description="Calendar unit that the period is; months for several whole ones.",
    )
    days_count: int = pa.Field(ge=1, description="Length in days.")
    label: str = pa.Field(description="Name in words.")

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_period"
        strict = True
        unique = ["period_start", "period_end"]
