"""Schema of `fct_source_conflict`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class FctSourceConflict(pa.DataFrameModel):
    """One row per cell that several figures speak about, and whether they agree."""

    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    figures_count: int = pa.Field(ge=2, description="Figures that speak about it.")
    sources_count: int = pa.Field(description="Pages that they stand on.")
    independent_sources_count: int = pa.Field(
        description="Publishers whose account they are; copies count once."
    )
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least value printed.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest value printed.")
    residual_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest minus least.")
    verdict: str = pa.Field(
        isin=["agree", "compatible", "revised", "conflict"],
        description="agree, compatible (intervals meet), revised (same publisher) or conflict.",
    )

    @row_check("verdict <> 'conflict'", columns=["verdict"], severity="warning")
    def sources_agree(cls, frame: pd.DataFrame) -> pd.Series:
        """Figures for one and the same thing can be true together."""
        return frame["verdict"] != "conflict"

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_source_conflict"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
