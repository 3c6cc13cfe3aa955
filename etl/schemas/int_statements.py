"""Schema of `int_statements`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check

_HOLDS = """
    case when is_testable then
        coalesce(computed_low <= high_bound, true)
        and coalesce(computed_high >= low_bound, true)
    end
"""


# Rules with a check of their own, here or (subtotals) in int_breakdown_members.
_TOLD = (
    "subtotals_sum_to_total",
    "subtotals_do_not_exceed_total",
    "overlapping_subtotals_do_not_exceed_total",
    "overlapping_part_does_not_exceed_total",
    "top_list_leaves_out_none_larger",
    "top_list_leaves_out_none_larger_elsewhere",
    "period_is_not_less_than_its_part",
    "period_is_not_less_than_highest_figure_for_its_part",
    "adjoining_periods_sum_to_period",
    "adjoining_periods_do_not_exceed_period",
    "calendar_periods_sum_to_period",
    "calendar_periods_do_not_exceed_period",
    "running_total_never_falls",
    "running_total_never_falls_across_origins",
    "claims_match_figures",
    "claims_match_figures_as_worded",
)


def _holds(frame: pd.DataFrame, check_name: str = "") -> pd.Series:
    """The same on a pandas frame; rows of other checks hold."""
    fits = (frame["computed_low"] <= frame["high_bound"]).fillna(True)
    reaches = (frame["computed_high"] >= frame["low_bound"]).fillna(True)
    aside = ~frame["is_testable"]
    if check_name:
        aside |= frame["check_name"] != check_name
    return aside | (fits & reaches)


class IntStatements(pa.DataFrameModel):
    """One row per statement: what its figures make of it, within the intervals that they allow."""

    statement_id: str = pa.Field(unique=True, description="Identifier of the statement.")
    check_name: str = pa.Field(description="Check that it is an instance of.")
    severity: str = pa.Field(description="What its failure means.")
    source_id: str = pa.Field(
        nullable=True, description="Page that makes it; null where several do."
    )
    low_bound: pd.Int64Dtype = pa.Field(
        nullable=True, description="Least sum that it allows; null is open."
    )
    high_bound: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest sum that it allows; null is open."
    )
    terms_count: int = pa.Field(ge=1, description="Terms.")
    is_testable: bool = pa.Field(
        description="Whether every term has a figure, and none is in doubt."
    )
    computed_value: float = pa.Field(nullable=True, description="Sum with every figure as printed.")
    computed_low: float = pa.Field(
        nullable=True, description="Least that the sum can be; null is open."
    )
    computed_high: float = pa.Field(
        nullable=True, description="Greatest that it can be; null is open."
    )
    deviations_count: float = pa.Field(
        nullable=True,
        description="By how many standard deviations of its rounding the sum as printed misses what"
        " is allowed; null where its figures are not rounded ones.",
    )
    is_unlikely: bool = pa.Field(
        description="Whether it passes, but misses by more than three of these."
    )
    verdict: str = pa.Field(
        isin=["pass", "warn", "fail", "unknown"], description="pass, warn, fail or unknown."
    )

    @row_check(
        _HOLDS,
        where="check_name = 'overlapping_part_does_not_exceed_total'",
        columns=["statement_id"],
    )
    def overlapping_part_does_not_exceed_total(cls, frame: pd.DataFrame) -> pd.Series:
        """A part that may overlap others is by itself no more than the total."""
        return _holds(frame, "overlapping_part_does_not_exceed_total")

    @row_check(
        _HOLDS, where="check_name = 'top_list_leaves_out_none_larger'", columns=["statement_id"]
    )
    def top_list_leaves_out_none_larger(cls, frame: pd.DataFrame) -> pd.Series:
        """No category that a list of the largest leaves out is larger than the least on it."""
        return _holds(frame, "top_list_leaves_out_none_larger")

    @row_check(
        _HOLDS,
        where="check_name = 'top_list_leaves_out_none_larger_elsewhere'",
        columns=["statement_id"],
        severity="warning",
    )
    def top_list_leaves_out_none_larger_elsewhere(cls, frame: pd.DataFrame) -> pd.Series:
        """A list of the largest leaves out none that is larger by another publisher's account."""
        return _holds(frame, "top_list_leaves_out_none_larger_elsewhere")

    @row_check(
        _HOLDS, where="check_name = 'period_is_not_less_than_its_part'", columns=["statement_id"]
    )
    def period_is_not_less_than_its_part(cls, frame: pd.DataFrame) -> pd.Series:
        """A period counts no less than a part of it."""
        return _holds(frame, "period_is_not_less_than_its_part")

    @row_check(
        _HOLDS,
        where="check_name = 'period_is_not_less_than_highest_figure_for_its_part'",
        columns=["statement_id"],
        severity="warning",
    )
    def period_is_not_less_than_highest_figure_for_its_part(cls, frame: pd.DataFrame) -> pd.Series:
        """A period counts no less than the highest of several figures for a part of it."""
        return _holds(frame, "period_is_not_less_than_highest_figure_for_its_part")

    @row_check(
        _HOLDS, where="check_name = 'adjoining_periods_sum_to_period'", columns=["statement_id"]
    )
    def adjoining_periods_sum_to_period(cls, frame: pd.DataFrame) -> pd.Series:
        """Periods that follow each other and make up a longer one add up to it."""
        return _holds(frame, "adjoining_periods_sum_to_period")

    @row_check(
        _HOLDS,
        where="check_name = 'adjoining_periods_do_not_exceed_period'",
        columns=["statement_id"],
    )
    def adjoining_periods_do_not_exceed_period(cls, frame: pd.DataFrame) -> pd.Series:
        """Periods that follow each other within a longer one add up to no more than it."""
        return _holds(frame, "adjoining_periods_do_not_exceed_period")

    @row_check(
        _HOLDS, where="check_name = 'calendar_periods_sum_to_period'", columns=["statement_id"]
    )
    def calendar_periods_sum_to_period(cls, frame: pd.DataFrame) -> pd.Series:
        """All months (quarters, years) of a period add up to it."""
        return _holds(frame, "calendar_periods_sum_to_period")

    @row_check(
        _HOLDS,
        where="check_name = 'calendar_periods_do_not_exceed_period'",
        columns=["statement_id"],
    )
    def calendar_periods_do_not_exceed_period(cls, frame: pd.DataFrame) -> pd.Series:
        """Some months (quarters, years) of a period add up to no more than it."""
        return _holds(frame, "calendar_periods_do_not_exceed_period")

    @row_check(_HOLDS, where="check_name = 'running_total_never_falls'", columns=["statement_id"])
    def running_total_never_falls(cls, frame: pd.DataFrame) -> pd.Series:
        """A running total of one publisher never falls."""
        return _holds(frame, "running_total_never_falls")

    @row_check(
        _HOLDS,
        where="check_name = 'running_total_never_falls_across_origins'",
        columns=["statement_id"],
        severity="warning",
    )
    def running_total_never_falls_across_origins(cls, frame: pd.DataFrame) -> pd.Series:
        """A running total never falls from one publisher to another."""
        return _holds(frame, "running_total_never_falls_across_origins")

    @row_check(_HOLDS, where="check_name = 'claims_match_figures'", columns=["statement_id"])
    def claims_match_figures(cls, frame: pd.DataFrame) -> pd.Series:
        """What a page claims of figures, the figures bear out."""
        return _holds(frame, "claims_match_figures")

    @row_check(
        _HOLDS,
        where="check_name = 'claims_match_figures_as_worded'",
        columns=["statement_id"],
        severity="warning",
    )
    def claims_match_figures_as_worded(cls, frame: pd.DataFrame) -> pd.Series:
        """What figures bear out in another reading only, is worded so too."""
        return _holds(frame, "claims_match_figures_as_worded")

    @row_check(_HOLDS, where=f"check_name not in {_TOLD}", columns=["statement_id"])
    def other_statements_hold(cls, frame: pd.DataFrame) -> pd.Series:
        """Statements of any further rule hold."""
        aside = frame["check_name"].isin(_TOLD)
        return aside | _holds(frame)

    @row_check(
        "not is_unlikely",
        where="deviations_count is not null",
        severity="warning",
        columns=["statement_id", "deviations_count"],
        reason="With many rounded figures, that all are off to one side is possible, but rare.",
    )
    def sum_is_likely_within_rounding(cls, frame: pd.DataFrame) -> pd.Series:
        """A sum that holds thanks to rounding is within three standard deviations of it."""
        return frame["deviations_count"].isna() | ~frame["is_unlikely"]

    class Config:
        """A statement that fails is a finding, not a fault of the model."""

        name = "int_statements"
        strict = True
        metadata = {"reports": True}
