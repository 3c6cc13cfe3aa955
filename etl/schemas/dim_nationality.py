"""Schema of `dim_nationality`."""

import pandera.pandas as pa


class DimNationality(pa.DataFrameModel):
    """One row per nationality code: ISO 3166, and codes declared beyond it."""

    category: str = pa.Field(unique=True, description="Code; joins to category.")
    label: str = pa.Field(description="Name in words.")
    contains: str = pa.Field(nullable=True, description="Codes that it counts together.")
    description: str = pa.Field(nullable=True, description="Where the code comes from.")
    is_used: bool = pa.Field(description="Whether a figure uses it.")

    class Config:
        """What fails here is a fault of the model."""

        name = "dim_nationality"
        strict = True
