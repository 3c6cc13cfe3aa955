"""Schema of `int_suspects`."""

import pandas as pd
import pandera.pandas as pa

_KINDS = ["figure", "claim", "completeness", "sameness", "structure"]


class IntSuspects(pa.DataFrameModel):
    """One row per thing found wrong and statement that may be to blame; most probable first."""

    subject: str = pa.Field(description="What is wrong, as in int_explained.")
    blame_rank: int = pa.Field(ge=1, description="1 is most probable; equals share a rank.")
    statement: str = pa.Field(description="The statement in doubt.")
    kind: str = pa.Field(isin=_KINDS, description="What is in doubt.")
    words: str = pa.Field(description="What it says.")
    figure_id: str = pa.Field(nullable=True, description="The figure in doubt, if it is one.")
    source_id: str = pa.Field(nullable=True, description="Page that says it.")
    file: str = pa.Field(nullable=True, description="File of it.")
    row_number: pd.Int64Dtype = pa.Field(nullable=True, description="Row of it.")
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least that the rest leaves.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    mended_value: pd.Int64Dtype = pa.Field(
        nullable=True, description="What would mend everything; null where nothing tells."
    )
    slip: str = pa.Field(nullable=True, description="What leads from that to the printed number.")
    confirmed_by: str = pa.Field(nullable=True, description="Pages that print the mended value.")
    probability: float = pa.Field(description="Probability that it is wrong.")
    blame_band: str = pa.Field(
        isin=["near-certain", "probable", "open"], description="near-certain, probable or open."
    )
    block_fingerprint: str = pa.Field(
        description="The same for all that hangs together, while its figures and statements stay."
    )

    class Config:
        """Filled by reconciliation."""

        name = "int_suspects"
        strict = True
        unique = ["subject", "statement"]
        metadata = {"filled": True}
