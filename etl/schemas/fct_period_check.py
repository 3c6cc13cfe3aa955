"""Schema of `fct_period_check`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa


class FctPeriodCheck(pa.DataFrameModel):
    """One row per period that figures for parts of it are held against, from whatever source."""

    statement_id: str = pa.Field(unique=True, description="Identifier of the statement.")
    check_name: str = pa.Field(description="Check that it is an instance of.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the whole.")
    period_end: date = pa.Field(description="Last day of the whole.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    parts_start: date = pa.Field(description="First day of the parts.")
    parts_end: date = pa.Field(description="Last day of the parts.")
    parts_count: int = pa.Field(ge=1, description="Periods added up.")
    reported_whole: pd.Int64Dtype = pa.Field(
        nullable=True, description="Figure for the whole; the least where several differ."
    )
    computed_whole: pd.Int64Dtype = pa.Field(
        nullable=True, description="Sum of the parts; the least where several differ."
    )
    residual_value: pd.Int64Dtype = pa.Field(nullable=True, description="reported - computed.")
    verdict: str = pa.Field(
        isin=["pass", "warn", "fail", "unknown"], description="pass, warn, fail or unknown."
    )
    is_implied: bool = pa.Field(
        description="Whether a narrower comparison fails for the same reason."
    )

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_period_check"
        strict = True
