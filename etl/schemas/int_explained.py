"""Schema of `int_explained`."""

import pandera.pandas as pa


class IntExplained(pa.DataFrameModel):
    """One row per thing found wrong that was looked into: whether it could be explained."""

    subject: str = pa.Field(
        unique=True,
        description="The statement that fails, `cell:` and the cell that sources disagree on, or"
        " `conflict:` and a hash of lines that cannot all be true although each rule by itself"
        " holds.",
    )
    status: str = pa.Field(description="localized, cut short, unresolvable or unknown.")
    reason: str = pa.Field(nullable=True, description="Why it is cut short, or what was left out.")
    is_complete: bool = pa.Field(
        description="Whether every explanation that costs as little as the cheapest is named."
    )
    block_fingerprint: str = pa.Field(
        description="The same for all that hangs together, while its figures and statements stay."
    )

    class Config:
        """Filled by reconciliation."""

        name = "int_explained"
        strict = True
        metadata = {"filled": True}
