"""Schema of `stg_number_readings`."""

import pandera.pandas as pa


class StgNumberReadings(pa.DataFrameModel):
    """One row per file and number that is not in plain digits but has one reading."""

    file: str = pa.Field(description="File, relative to the raw folder.")
    number_text: str = pa.Field(description="The number as the file writes it.")
    plain_text: str = pa.Field(
        str_matches=r"-?[0-9]+([.][0-9]+)?\Z",
        description="The same number in plain digits, with a point before its fraction.",
    )

    class Config:
        """A text has one reading in a file."""

        name = "stg_number_readings"
        strict = True
        unique = ["file", "number_text"]
