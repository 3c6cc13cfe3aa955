"""Schema of `int_cells_reasoned`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa


class IntCellsReasoned(pa.DataFrameModel):
    """One row per cell near a conflict, or that no figure states: what the evidence leaves."""

    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension.")
    is_stated: bool = pa.Field(description="Whether a figure gives a number for it.")
    is_in_conflict: bool = pa.Field(description="Whether a conflict reaches it.")
    best_value: pd.Int64Dtype = pa.Field(nullable=True, description="Best value.")
    standard_deviation: float = pa.Field(
        nullable=True, ge=0, description="Of the truth from the best value, or from the mean."
    )
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least possible.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    low_bound_by: str = pa.Field(nullable=True, description="What holds it above the least.")
    high_bound_by: str = pa.Field(nullable=True, description="What holds it below the greatest.")
    block_fingerprint: str = pa.Field(
        description="The same for all that hangs together, while its figures and statements stay."
    )

    class Config:
        """Filled by reconciliation."""

        name = "int_cells_reasoned"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
        metadata = {"filled": True}
