"""Schema of `dim_source`."""

from datetime import date

import pandera.pandas as pa


class DimSource(pa.DataFrameModel):
    """One row per page that was read, with the publisher whose account it is."""

    source_id: str = pa.Field(unique=True, description="Identifier of the page.")
    publisher: str = pa.Field(description="Who published the page.")
    title: str = pa.Field(nullable=True, description="Title, paraphrased.")
    url: str = pa.Field(nullable=True, description="Address of the page.")
    published_date: date = pa.Field(nullable=True, description="Day of publication, if known.")
    original_publisher: str = pa.Field(nullable=True, description="Whose account it reprints.")
    language: str = pa.Field(nullable=True, description="Language of the page, BCP 47.")
    origin: str = pa.Field(description="Whose account it is; copies of one origin count once.")
    is_copy: bool = pa.Field(description="Whether it reprints another publisher.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_source"
        strict = True
