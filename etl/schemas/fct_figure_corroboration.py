"""Schema of `fct_figure_corroboration`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references


class FctFigureCorroboration(pa.DataFrameModel):
    """One row per reported figure: what all other evidence allows, and what that makes of it."""

    figure_id: str = references(
        "fct_reported_figure.figure_id", unique=True, description="The figure."
    )
    source_id: str = pa.Field(description="Page that printed it.")
    reported_value: pd.Int64Dtype = pa.Field(ge=0, description="As printed, or as corrected.")
    corroboration_low: pd.Int64Dtype = pa.Field(
        ge=0,
        description="Least that other origins and the statements about it allow; without"
        " statements that fail and figures blamed for it.",
    )
    corroboration_high: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest that they allow; null is open."
    )
    other_origins_count: int = pa.Field(
        ge=0, description="Other origins with a figure for the same thing."
    )
    verdict: str = pa.Field(
        isin=["confirmed", "compatible", "contradicted", "unchecked"],
        description="confirmed: no other value is allowed; compatible: others are too;"
        " contradicted: it is not allowed, or blamed for a conflict; unchecked: nothing would"
        " notice an error in it.",
    )

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "fct_figure_corroboration"
        strict = True
