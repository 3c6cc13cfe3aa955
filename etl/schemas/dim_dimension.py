"""Schema of `dim_dimension`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class DimDimension(pa.DataFrameModel):
    """One row per dimension, declared or used without a declaration."""

    dimension: str = pa.Field(unique=True, description="Code; joins to dimension.")
    label: str = pa.Field(description="Name in words.")
    whole_dimension: str = pa.Field(nullable=True, description="Dimension of the whole.")
    whole_category: str = pa.Field(
        nullable=True,
        description="Category of the whole; * for the one that the part's name begins with.",
    )
    categories: str = pa.Field(description="exclusive or may_overlap.")
    negative_categories: str = pa.Field(
        nullable=True, description="Categories that the whole is reduced by, parted by `;`."
    )
    description: str = pa.Field(nullable=True, description="The reason.")
    is_declared: bool = pa.Field(description="Whether data/raw/reference declares it.")
    is_used: bool = pa.Field(description="Whether a figure uses it.")

    @row_check(
        "is_declared",
        columns=["dimension"],
        severity="warning",
        expected="a row for it in reference/dimensions.csv",
        reason="Its parts are taken for parts that may overlap, except where a page presents them"
        " as all of it.",
    )
    def dimension_is_declared(cls, frame: pd.DataFrame) -> pd.Series:
        """Every dimension in use is declared."""
        return frame["is_declared"]

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_dimension"
        strict = True
