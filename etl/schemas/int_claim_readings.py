"""Schema of `int_claim_readings`."""

import pandera.pandas as pa


class IntClaimReadings(pa.DataFrameModel):
    """One row per claim whose words have two readings: which of them the figures bear out."""

    claim_id: str = pa.Field(unique=True, description="The claim.")
    is_true_as_worded: bool = pa.Field(
        description="Whether the figures allow it as its kind says: so much more, or so many times."
    )
    is_true_otherwise: bool = pa.Field(
        description="Whether they allow the other reading: percent of, or so many times more."
    )

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_claim_readings"
        strict = True
