"""Schema of `stg_dimensions`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class StgDimensions(pa.DataFrameModel):
    """One row per declared dimension: what whole its categories are parts of."""

    dimension: str = pa.Field(unique=True, description="Code of the dimension.")
    label: str = pa.Field(description="Name in words.")
    whole_dimension: str = pa.Field(nullable=True, description="Dimension of the whole.")
    whole_category: str = pa.Field(
        nullable=True,
        description="Category of the whole; * for the one that the part's name begins with.",
    )
    categories: str = pa.Field(
        isin=["exclusive", "may_overlap"], description="Whether the parts exclude each other."
    )
    negative_categories: str = pa.Field(
        nullable=True, description="Categories that the whole is reduced by, parted by `;`."
    )
    description: str = pa.Field(nullable=True, description="The reason.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check("(whole_dimension is null) = (dimension = 'total')", columns=["whole_dimension"])
    def every_dimension_but_total_has_a_whole(cls, frame: pd.DataFrame) -> pd.Series:
        """Every dimension but total names the whole that it divides."""
        return frame["whole_dimension"].isna() == (frame["dimension"] == "total")

    class Config:
        """Rows that fail an error are held."""

        name = "stg_dimensions"
        strict = True
        metadata = {"holds": "raw.reference_dimensions"}
