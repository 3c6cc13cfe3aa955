"""Schema of `stg_sources`: what a row of sources must be, or it is held."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class StgSources(pa.DataFrameModel):
    """One row per page that was read, typed."""

    source_id: str = pa.Field(unique=True, description="Identifier of the page.")
    publisher: str = pa.Field(description="Who published the page.")
    title: str = pa.Field(nullable=True, description="Title, paraphrased.")
    url: str = pa.Field(nullable=True, description="Address of the page.")
    published_date: date = pa.Field(nullable=True, description="Day of publication, if known.")
    published_date_text: str = pa.Field(
        nullable=True, metadata={"raw": "published_date"}, description="The day as text."
    )
    original_publisher: str = pa.Field(nullable=True, description="Whose account it reprints.")
    language: str = pa.Field(nullable=True, description="Language of the page, BCP 47.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        "published_date_text is null or published_date is not null",
        columns=["published_date"],
        expected="a day as YYYY-MM-DD, or nothing",
    )
    def published_date_is_a_day(cls, frame: pd.DataFrame) -> pd.Series:
        """The day of publication, where given, is a day."""
        return frame["published_date_text"].isna() | frame["published_date"].notna()

    class Config:
        """Rows that fail an error are held."""

        name = "stg_sources"
        strict = True
        metadata = {"holds": "raw.sources"}
