"""Schema of `int_breakdown_members`: the invariants that the product exists for."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import group_check

BREAKDOWN = [
    "source_id",
    "measure",
    "geography",
    "period_start",
    "period_end",
    "dimension",
    "whole_category",
]
# A breakdown can be tested where its whole is stated and no row that could belong to it is held.
_TESTABLE = "bool_or(role = 'whole' and figure_id is not null) and not bool_or(is_damaged)"
_PARTS_FIT_UNDER_WHOLE = """
    bool_or(role = 'whole' and high_value is null)
    or sum(low_value) filter (where role = 'part')
        <= max(high_value) filter (where role = 'whole')
"""
_PARTS_REACH_WHOLE = """
    bool_or(role = 'part' and high_value is null)
    or sum(high_value) filter (where role = 'part')
        >= max(low_value) filter (where role = 'whole')
"""


class _Breakdowns:
    """The same arithmetic on a pandas frame; every result has one value per row of the frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.keys = [frame[key] for key in BREAKDOWN]

    def any(self, condition: pd.Series) -> pd.Series:
        return condition.groupby(self.keys, dropna=False).transform("any")

    def sum(self, column: str, role: str) -> pd.Series:
        values = self.frame[column].where(self.frame["role"] == role, 0).fillna(0)
        return values.astype("int64").groupby(self.keys, dropna=False).transform("sum")

    @property
    def untestable(self) -> pd.Series:
        whole = (self.frame["role"] == "whole") & self.frame["figure_id"].notna()
        return ~self.any(whole) | self.any(self.frame["is_damaged"])

    def fit_under_whole(self) -> pd.Series:
        is_open = (self.frame["role"] == "whole") & self.frame["high_value"].isna()
        fits = self.sum("low_value", "part") <= self.sum("high_value", "whole")
        return self.untestable | self.any(is_open) | fits

    def reach_whole(self) -> pd.Series:
        is_open = (self.frame["role"] == "part") & self.frame["high_value"].isna()
        reaches = self.sum("high_value", "part") >= self.sum("low_value", "whole")
        return self.untestable | self.any(is_open) | reaches


class IntBreakdownMembers(pa.DataFrameModel):
    """One row per breakdown and member: the whole, stated or not, and each part that counts."""

    source_id: str = pa.Field(description="Page that prints the breakdown.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    whole_category: str = pa.Field(description="Category of the whole; empty where not known.")
    role: str = pa.Field(isin=["whole", "part"], description="whole or part.")
    category: str = pa.Field(description="The member.")
    figure_id: str = pa.Field(nullable=True, description="Its figure; null for a whole not stated.")
    reported_value: pd.Int64Dtype = pa.Field(
        nullable=True, description="What it adds to the whole: as printed, or less that."
    )
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least that it can add.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    is_negative: bool = pa.Field(description="Whether the whole is reduced by it.")
    breakdown_id: str = pa.Field(description="Identifier of the breakdown.")
    stated_dimension: str = pa.Field(description="Dimension of the figure for the whole.")
    is_complete: bool = pa.Field(description="Whether the page presents the parts as all of it.")
    may_overlap: bool = pa.Field(description="Whether something may be counted in two parts.")
    is_partly_contained: bool = pa.Field(
        description="Whether another part counts it too, for some of the period only, so that what"
        " it adds is between nothing and all of it."
    )
    held_reason: str = pa.Field(
        nullable=True, description="What is held that could belong to it; null where nothing is."
    )
    is_damaged: bool = pa.Field(
        description="Whether it is partly contained, or a row that could belong to it is held."
    )

    @group_check(
        by=BREAKDOWN,
        where="is_complete",
        sql=f"case when {_TESTABLE} then ({_PARTS_FIT_UNDER_WHOLE}) and ({_PARTS_REACH_WHOLE}) end",
    )
    def subtotals_sum_to_total(cls, frame: pd.DataFrame) -> pd.Series:
        """The parts of a complete breakdown add up to the stated total."""
        parts = _Breakdowns(frame)
        return ~frame["is_complete"] | (parts.fit_under_whole() & parts.reach_whole())

    @group_check(
        by=BREAKDOWN,
        where="not is_complete and not may_overlap",
        sql=f"case when {_TESTABLE} then {_PARTS_FIT_UNDER_WHOLE} end",
    )
    def subtotals_do_not_exceed_total(cls, frame: pd.DataFrame) -> pd.Series:
        """Some of the parts never add up to more than the stated total."""
        concerned = ~frame["is_complete"] & ~frame["may_overlap"]
        return ~concerned | _Breakdowns(frame).fit_under_whole()

    @group_check(
        by=BREAKDOWN,
        where="not is_complete and may_overlap",
        sql=f"case when {_TESTABLE} then {_PARTS_FIT_UNDER_WHOLE} end",
        severity="warning",
        reason="Something counted in two parts explains the excess; so may a wrong number.",
    )
    def overlapping_subtotals_do_not_exceed_total(cls, frame: pd.DataFrame) -> pd.Series:
        """Parts that may overlap add up to no more than the stated total."""
        concerned = ~frame["is_complete"] & frame["may_overlap"]
        return ~concerned | _Breakdowns(frame).fit_under_whole()

    class Config:
        """Nothing to hold: a breakdown that does not add up is a finding."""

        name = "int_breakdown_members"
        strict = True
        unique = [*BREAKDOWN, "role", "category"]
