"""Schema of `int_categories_placed`."""

import pandera.pandas as pa


class IntCategoriesPlaced(pa.DataFrameModel):
    """One row per dimension and category in use, with the whole that the category is part of."""

    dimension: str = pa.Field(description="Code of the dimension.")
    category: str = pa.Field(description="Part within the dimension.")
    whole_dimension: str = pa.Field(description="Dimension of the whole.")
    whole_category: str = pa.Field(
        nullable=True, description="Category of the whole; null where no figure names it."
    )
    categories: str = pa.Field(description="Whether the parts exclude each other.")
    is_negative: bool = pa.Field(description="Whether the whole is reduced by it.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_categories_placed"
        strict = True
        unique = ["dimension", "category"]
