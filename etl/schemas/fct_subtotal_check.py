"""Schema of `fct_subtotal_check`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class FctSubtotalCheck(pa.DataFrameModel):
    """One row per breakdown that a source gives: its parts against the whole that it states."""

    breakdown_id: str = pa.Field(unique=True, description="Identifier of the breakdown.")
    source_id: str = pa.Field(description="Page that prints the breakdown.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    whole_dimension: str = pa.Field(description="Dimension of the whole.")
    whole_category: str = pa.Field(nullable=True, description="Category of the whole.")
    breakdown_complete: str = pa.Field(description="Whether the parts are presented as all of it.")
    may_overlap: bool = pa.Field(description="Whether something may be counted in two parts.")
    parts_count: int = pa.Field(ge=1, description="Parts that count.")
    total_figure_id: str = pa.Field(nullable=True, description="Figure that states the whole.")
    reported_total: pd.Int64Dtype = pa.Field(nullable=True, description="The whole as stated.")
    reported_low: pd.Int64Dtype = pa.Field(nullable=True, description="Least it can be.")
    reported_high: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    computed_total: pd.Int64Dtype = pa.Field(nullable=True, description="Sum of the parts.")
    computed_low: int = pa.Field(description="Least that the parts can add up to.")
    computed_high: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    residual_value: pd.Int64Dtype = pa.Field(nullable=True, description="reported - computed.")
    remainder_low: pd.Int64Dtype = pa.Field(
        nullable=True, description="Least that the parts leave over; null if complete."
    )
    remainder_high: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest that the parts leave over; null if complete or open."
    )
    verdict: str = pa.Field(
        isin=["pass", "warn", "fail", "unknown"],
        description="pass, fail, warn (parts may overlap) or unknown (could not be tested).",
    )
    unknown_reason: str = pa.Field(nullable=True, description="Why it could not be tested.")
    statement_id: str = pa.Field(unique=True, description="Statement in int_statements.")

    @row_check("(verdict = 'unknown') = (unknown_reason is not null)", columns=["unknown_reason"])
    def unknown_verdict_has_a_reason(cls, frame: pd.DataFrame) -> pd.Series:
        """A verdict is unknown exactly where a reason says so."""
        return (frame["verdict"] == "unknown") == frame["unknown_reason"].notna()

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_subtotal_check"
        strict = True
