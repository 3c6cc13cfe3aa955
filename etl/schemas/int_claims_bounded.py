"""Schema of `int_claims_bounded`."""

import pandas as pd
import pandera.pandas as pa


class IntClaimsBounded(pa.DataFrameModel):
    """One row per claim: what its printed number allows, in whole numbers."""

    claim_id: str = pa.Field(unique=True, description="Identifier of the claim.")
    source_id: str = pa.Field(description="Page that makes it.")
    kind: str = pa.Field(description="What is claimed.")
    operator: str = pa.Field(description="How it compares.")
    subject_figure_id: str = pa.Field(description="Figure that the claim is about.")
    stated_number: float = pa.Field(
        nullable=True, description="The number as printed; null for a rank."
    )
    is_ratio: bool = pa.Field(description="Whether it is about a ratio.")
    grain: int = pa.Field(
        description="Steps that a unit of the last printed place is cut into, to allow for parts."
    )
    scale: int = pa.Field(
        description="What makes the number whole: the grain times the power of ten of its decimals."
    )
    number: int = pa.Field(description="The number times the scale.")
    factor: int = pa.Field(description="100 for percentages.")
    bases_count: int = pa.Field(description="1 where the base is taken off first, as in a change.")
    allowed_low: pd.Int64Dtype = pa.Field(
        nullable=True, description="Least allowed, times the scale; null is open."
    )
    allowed_high: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest allowed, times the scale; null is open."
    )
    is_low_strict: bool = pa.Field(
        nullable=True, description="Whether the least itself is not allowed."
    )
    is_high_strict: bool = pa.Field(
        nullable=True, description="Whether the greatest itself is not allowed."
    )
    file: str = pa.Field(description="File of the claim.")
    row_number: int = pa.Field(description="Row of the claim.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_claims_bounded"
        strict = True
