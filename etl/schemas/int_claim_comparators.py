"""Schema of `int_claim_comparators`."""

import pandera.pandas as pa

from etl.schemas.declare import references


class IntClaimComparators(pa.DataFrameModel):
    """One row per claim and figure that it compares its subject with."""

    claim_id: str = references("stg_claims.claim_id", description="The claim.")
    figure_id: str = references(
        "stg_figures.figure_id",
        severity="warning",
        expected="the figure_id of a figure that is not held back",
        description="Figure compared with.",
    )
    file: str = pa.Field(description="File of the claim.")
    row_number: int = pa.Field(description="Row of the claim.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_claim_comparators"
        strict = True
        unique = ["claim_id", "figure_id"]
