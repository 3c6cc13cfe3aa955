"""Schema of `int_dimensions_completed`."""

import pandera.pandas as pa


class IntDimensionsCompleted(pa.DataFrameModel):
    """One row per dimension, as declared, or as assumed where figures use one undeclared."""

    dimension: str = pa.Field(unique=True, description="Code of the dimension.")
    label: str = pa.Field(description="Name in words.")
    whole_dimension: str = pa.Field(nullable=True, description="Dimension of the whole.")
    whole_category: str = pa.Field(nullable=True, description="Category of the whole, or *.")
    categories: str = pa.Field(description="Whether the parts exclude each other.")
    negative_categories: str = pa.Field(
        nullable=True, description="Categories that the whole is reduced by, parted by `;`."
    )
    description: str = pa.Field(nullable=True, description="The reason.")
    is_declared: bool = pa.Field(description="Whether data/raw/reference declares it.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_dimensions_completed"
        strict = True
