"""Schema of `stg_memberships`: what a row of memberships must be, or it is held."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references, row_check

_CODE = "a country code of ISO 3166 (three letters), or one of reference/nationalities"
_DAY = "a day as YYYY-MM-DD, or nothing"


class StgMemberships(pa.DataFrameModel):
    """One row per stay of a code in a code that counts several together."""

    group_category: str = references(
        "stg_nationalities.category", expected=_CODE, description="Code that counts several."
    )
    member_category: str = references(
        "stg_nationalities.category", expected=_CODE, description="Code that it counts."
    )
    from_date: date = pa.Field(nullable=True, description="First day; null is open.")
    from_date_text: str = pa.Field(
        nullable=True, metadata={"raw": "from_date"}, description="The first day as text."
    )
    until_date: date = pa.Field(nullable=True, description="Last day; null is open.")
    until_date_text: str = pa.Field(
        nullable=True, metadata={"raw": "until_date"}, description="The last day as text."
    )
    reason: str = pa.Field(nullable=True, description="Why.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        "from_date_text is null or from_date is not null", columns=["from_date"], expected=_DAY
    )
    def from_date_is_a_day(cls, frame: pd.DataFrame) -> pd.Series:
        """The first day of a membership, where given, is a day."""
        return frame["from_date_text"].isna() | frame["from_date"].notna()

    @row_check(
        "until_date_text is null or until_date is not null", columns=["until_date"], expected=_DAY
    )
    def until_date_is_a_day(cls, frame: pd.DataFrame) -> pd.Series:
        """The last day of a membership, where given, is a day."""
        return frame["until_date_text"].isna() | frame["until_date"].notna()

    @row_check(
        "until_date >= from_date",
        where="from_date is not null and until_date is not null",
        columns=["until_date"],
        expected="a day on or after from_date",
    )
    def membership_ends_on_or_after_its_first_day(cls, frame: pd.DataFrame) -> pd.Series:
        """A membership ends on or after the day it begins."""
        return frame["until_date"] >= frame["from_date"]

    class Config:
        """Rows that fail an error are held."""

        name = "stg_memberships"
        strict = True
        metadata = {"holds": "raw.reference_memberships"}
