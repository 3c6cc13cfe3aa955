"""Schema of `dim_geography`."""

import pandera.pandas as pa


class DimGeography(pa.DataFrameModel):
    """One row per country or area that can report: ISO 3166, and codes declared beyond it."""

    geography: str = pa.Field(unique=True, description="Code; joins to geography.")
    label: str = pa.Field(description="Name in words.")
    description: str = pa.Field(nullable=True, description="Where the code comes from.")
    is_used: bool = pa.Field(description="Whether a figure uses it.")

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_geography"
        strict = True
