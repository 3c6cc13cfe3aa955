"""Schema of `stg_figures`: what a row of figures must be, or it is held."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references, row_check

_DAY = (
    "a day that the calendar has, as YYYY-MM-DD or in the way that is declared of the file: where"
    " it writes days otherwise, add to reference/files.csv (path,setting,value) the line"
    " `{file},dates,31/12/2024`, with the last day of 2024 as the file writes it"
)
# One group of three digits behind one mark: 5.852 is 5852 here and five and a fraction there.
_HAS_TWO_READINGS = "regexp_matches(value_text, '^-?[0-9]{1,3}[.,][0-9]{3}$')"


class StgFigures(pa.DataFrameModel):
    """One row per figure as a source printed it, typed."""

    figure_id: str = pa.Field(unique=True, description="Identifier of the figure.")
    source_id: str = references(
        "stg_sources.source_id",
        expected="the source_id of a row in sources/",
        description="Page that printed it.",
    )
    measure: str = pa.Field(
        str_matches=r"[a-z][a-z0-9_]*\Z", description="What is counted; see dim_measure."
    )
    geography: str = references(
        "stg_geographies.geography",
        expected="a country code of ISO 3166 (three letters), or one of reference/geographies",
        description="Reporting country; see dim_geography.",
    )
    period_start: date = pa.Field(
        metadata={"expected": _DAY}, description="First day of the period."
    )
    period_end: date = pa.Field(metadata={"expected": _DAY}, description="Last day of the period.")
    dimension: str = pa.Field(
        str_matches=r"[a-z][a-z0-9_]*\Z", description="What the whole is divided by."
    )
    category: str = references(
        "stg_nationalities.category",
        expected="a country code of ISO 3166 (three letters), or one of reference/nationalities",
        where="dimension in ('nationality', 'nationality_foreign', 'destination')",
        description="Part within the dimension; TOTAL for the whole.",
    )
    reported_value: pd.Int64Dtype = pa.Field(
        ge=0, nullable=True, metadata={"raw": "value"}, description="The number as printed."
    )
    value_text: str = pa.Field(
        nullable=True, metadata={"raw": "value"}, description="The number as text."
    )
    value_qualifier: str = references(
        "stg_qualifiers.qualifier",
        expected="a qualifier of reference/qualifiers",
        description="How the page qualifies the number.",
    )
    breakdown_complete: str = pa.Field(
        isin=["yes", "no", "top", "unknown"],
        description="Whether the page presents the parts of this dimension as all of it, or as the"
        " largest of it.",
    )
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        f"reported_value is not null or value_text is null or not {_HAS_TWO_READINGS}",
        columns=["reported_value"],
        expected="a whole number with one reading: its mark may part thousands or begin a fraction,"
        " and neither reference/files.csv nor another number of the file says that it parts"
        " thousands; if it does, add to"
        ' reference/files.csv (path,setting,value) the line `{file},numbers,"1,234,567.5"`, or'
        ' "1.234.567,5" where it is a point',
    )
    def reported_value_has_one_reading(cls, frame: pd.DataFrame) -> pd.Series:
        """A value with one mark before three digits can be read in one way only."""
        text = frame["value_text"]
        in_doubt = text.notna() & text.fillna("").str.fullmatch("-?[0-9]{1,3}[.,][0-9]{3}")
        return frame["reported_value"].notna() | ~in_doubt

    @row_check(
        "reported_value is not null or (value_text is null and value_qualifier = 'unstated')"
        f" or coalesce({_HAS_TWO_READINGS}, false)",
        columns=["reported_value"],
        expected="a whole number of at most 15 digits, written out (5852, not 5e3 or 5.8k), its"
        " marks used as in all numbers of the file; where the page gives none, nothing, with the"
        " qualifier unstated",
    )
    def reported_value_is_a_whole_number(cls, frame: pd.DataFrame) -> pd.Series:
        """The value is a whole number, unless the page gives none."""
        text = frame["value_text"]
        unstated = text.isna() & (frame["value_qualifier"] == "unstated")
        in_doubt = text.fillna("").str.fullmatch("-?[0-9]{1,3}[.,][0-9]{3}")
        return frame["reported_value"].notna() | unstated | in_doubt

    @row_check(
        "period_end >= period_start",
        columns=["period_end"],
        expected="a day on or after period_start",
    )
    def period_end_is_not_before_start(cls, frame: pd.DataFrame) -> pd.Series:
        """A period ends on or after the day it starts."""
        return frame["period_end"] >= frame["period_start"]

    @row_check("dimension <> 'total' or category = 'TOTAL'", columns=["category"], expected="TOTAL")
    def total_has_one_category(cls, frame: pd.DataFrame) -> pd.Series:
        """The category of the dimension total is TOTAL."""
        return (frame["dimension"] != "total") | (frame["category"] == "TOTAL")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_figures"
        strict = True
        metadata = {
            "holds": "raw.figures",
            "published": "(select published_date from stg_sources as pages"
            " where pages.source_id = rows.source_id)",
        }
