"""Schema of `int_claim_bases`."""

from datetime import date

import pandera.pandas as pa


class IntClaimBases(pa.DataFrameModel):
    """One row per claim and figure that it names though it was published after the claim."""

    claim_id: str = pa.Field(description="The claim.")
    named_figure_id: str = pa.Field(description="Figure that the claim names.")
    named_date: date = pa.Field(description="Day on which that figure was published.")
    figure_id: str = pa.Field(
        nullable=True,
        description="Figure for the same cell known on the claim's day, of the same publisher"
        " where there is one; null for none.",
    )

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_claim_bases"
        strict = True
        unique = ["claim_id", "named_figure_id"]
