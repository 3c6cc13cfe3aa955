"""Schema of `int_proof_lines`."""

import pandas as pd
import pandera.pandas as pa

_KINDS = ["figure", "claim", "completeness", "sameness", "structure"]


class IntProofLines(pa.DataFrameModel):
    """One row per thing found wrong and line of its proof: these cannot all be true."""

    subject: str = pa.Field(description="What is wrong, as in int_explained.")
    line_number: int = pa.Field(ge=1, description="Place in the proof.")
    statement: str = pa.Field(description="The statement.")
    kind: str = pa.Field(isin=_KINDS, description="What kind of statement it is.")
    words: str = pa.Field(description="What it says.")
    figure_id: str = pa.Field(nullable=True, description="The figure, if it is one.")
    source_id: str = pa.Field(nullable=True, description="Page that says it.")
    file: str = pa.Field(nullable=True, description="File of it.")
    row_number: pd.Int64Dtype = pa.Field(nullable=True, description="Row of it.")
    block_fingerprint: str = pa.Field(
        description="The same for all that hangs together, while its figures and statements stay."
    )

    class Config:
        """Filled by reconciliation."""

        name = "int_proof_lines"
        strict = True
        unique = ["subject", "line_number"]
        metadata = {"filled": True}
