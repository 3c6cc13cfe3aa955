"""Schemas of the tables that reconciliation fills: no model makes them."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

_KINDS = ["figure", "claim", "completeness", "sameness", "structure"]


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

    class Config:
        """Filled by reconciliation."""

        name = "int_explained"
        strict = True
        metadata = {"filled": True}


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

    class Config:
        """Filled by reconciliation."""

        name = "int_suspects"
        strict = True
        unique = ["subject", "statement"]
        metadata = {"filled": True}


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

    class Config:
        """Filled by reconciliation."""

        name = "int_proof_lines"
        strict = True
        unique = ["subject", "line_number"]
        metadata = {"filled": True}


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
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least possible.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    low_bound_by: str = pa.Field(nullable=True, description="What holds it above the least.")
    high_bound_by: str = pa.Field(nullable=True, description="What holds it below the greatest.")

    class Config:
        """Filled by reconciliation."""

        name = "int_cells_reasoned"
        strict = True
        unique = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
        metadata = {"filled": True}
