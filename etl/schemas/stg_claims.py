"""Schema of `stg_claims`: what a row of claims must be, or it is held."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references, row_check


class StgClaims(pa.DataFrameModel):
    """One row per statement that a page makes about its figures, typed."""

    claim_id: str = pa.Field(unique=True, description="Identifier of the claim.")
    source_id: str = references(
        "stg_sources.source_id",
        expected="the source_id of a row in sources/",
        description="Page that makes it.",
    )
    kind: str = pa.Field(
        isin=["absolute_change", "percent_change", "multiple", "share", "rank", "sum"],
        description="What is claimed.",
    )
    subject_figure_id: str = references(
        "stg_figures.figure_id",
        severity="warning",
        expected="the figure_id of a figure that is not held back",
        description="Figure that the claim is about.",
    )
    comparator_figure_ids: str = pa.Field(
        nullable=True, description="Figures compared with, parted by `;`."
    )
    operator: str = pa.Field(
        isin=["eq", "gt", "ge", "lt", "le", "approx"], description="How it compares."
    )
    stated_number: float = pa.Field(
        nullable=True, description="The number as printed; null for a rank."
    )
    stated_number_text: str = pa.Field(
        nullable=True, metadata={"raw": "stated_number"}, description="The number as text."
    )
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        "(stated_number_text is null) = (stated_number is null)"
        " and (kind = 'rank' or stated_number_text is not null)",
        columns=["stated_number"],
        expected="a number such as 33 or 72.82; nothing for a rank",
    )
    def stated_number_is_a_number(cls, frame: pd.DataFrame) -> pd.Series:
        """A claim states a number, unless it is a rank."""
        is_read = frame["stated_number_text"].isna() == frame["stated_number"].isna()
        return is_read & ((frame["kind"] == "rank") | frame["stated_number_text"].notna())

    class Config:
        """Rows that fail an error are held."""

        name = "stg_claims"
        strict = True
        metadata = {"holds": "raw.claims"}
