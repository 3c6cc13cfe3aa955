"""Schema of `stg_date_readings`."""

from datetime import date

import pandera.pandas as pa


class StgDateReadings(pa.DataFrameModel):
    """One row per file and day that is not written as YYYY-MM-DD, but as declared of the file."""

    file: str = pa.Field(description="File, relative to the raw folder.")
    day_text: str = pa.Field(description="The day as the file writes it.")
    day: date = pa.Field(description="Which day that is.")

    class Config:
        """A text has one reading in a file."""

        name = "stg_date_readings"
        strict = True
        unique = ["file", "day_text"]
