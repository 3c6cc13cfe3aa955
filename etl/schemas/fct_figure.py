"""Schema of `fct_figure`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class FctFigure(pa.DataFrameModel):
    """One row per cell: its best value, and what is possible beside it."""

    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    best_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Best value; null where only bounds are known."
    )
    low_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Least that the evidence leaves."
    )
    high_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Greatest that it leaves; null is open."
    )
    basis: str = pa.Field(
        isin=["reported", "adjusted", "derived", "bounded"],
        description="reported: a page prints it; adjusted: pages print others; derived: no page"
        " prints it, and the rest leaves one value; bounded: the rest leaves several.",
    )
    figures_count: int = pa.Field(ge=0, description="Figures that give a number for it.")
    independent_sources_count: int = pa.Field(
        ge=0, description="Origins among them; copies of one count once."
    )
    is_in_conflict: bool = pa.Field(description="Whether a conflict reaches it.")
    standard_deviation: float = pa.Field(
        nullable=True,
        ge=0,
        description="Root of the mean square distance of the truth from the best value (without"
        " one, from the mean): where a conflict or a gap was reasoned about, of least squares in"
        " each explanation that remains possible; elsewhere of any value of the interval being as"
        " likely. 0 where one value is left, null where nothing limits it.",
    )

    @row_check(
        "coalesce(best_value >= low_value, true) and coalesce(best_value <= high_value, true)",
        where="best_value is not null",
        columns=["best_value", "low_value", "high_value"],
    )
    def best_value_lies_within_its_interval(cls, frame: pd.DataFrame) -> pd.Series:
        """A best value lies within the interval that the evidence leaves."""
        over = (frame["best_value"] >= frame["low_value"]).fillna(True)
        under = (frame["best_value"] <= frame["high_value"]).fillna(True)
        return frame["best_value"].isna() | (over & under)

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "fct_figure"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
