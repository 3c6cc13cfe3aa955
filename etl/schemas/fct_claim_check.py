"""Schema of `fct_claim_check`."""

import pandera.pandas as pa


class FctClaimCheck(pa.DataFrameModel):
    """One row per claim that a page makes about figures, and whether they bear it out."""

    claim_id: str = pa.Field(unique=True, description="Identifier of the claim.")
    source_id: str = pa.Field(description="Page that makes it.")
    kind: str = pa.Field(description="What is claimed.")
    operator: str = pa.Field(description="How it compares.")
    subject_figure_id: str = pa.Field(description="Figure that the claim is about.")
    reported_number: float = pa.Field(
        nullable=True, description="The number as printed; null for a rank."
    )
    computed_number: float = pa.Field(
        nullable=True, description="The same from the figures as printed."
    )
    residual_number: float = pa.Field(nullable=True, description="reported - computed.")
    verdict: str = pa.Field(
        isin=["pass", "warn", "fail", "unknown"],
        description="pass, warn (true in its other reading only), fail or unknown (an operand is"
        " missing).",
    )
    slip: str = pa.Field(
        nullable=True, description="The well-known slip that leads to the printed number."
    )
    holds_by: str = pa.Field(
        nullable=True, description="How a ratio holds: exact, rounded, truncated, within intervals."
    )
    is_implied: bool = pa.Field(
        nullable=True, description="Whether what it compares with is implied by another claim."
    )
    breakdown_id: str = pa.Field(
        nullable=True, description="Breakdown that is the same sum, of the same figures."
    )
    file: str = pa.Field(description="File of the claim.")
    row_number: int = pa.Field(description="Row of the claim.")

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_claim_check"
        strict = True
