"""Schema of `int_claim_operands`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa


class IntClaimOperands(pa.DataFrameModel):
    """One row per claim and operand: its subject, and what it compares with, found or not."""

    claim_id: str = pa.Field(description="The claim.")
    role: str = pa.Field(isin=["subject", "comparator"], description="subject or comparator.")
    named_figure_id: str = pa.Field(
        nullable=True,
        description="Figure as named, or that a sibling claim implies; null for none.",
    )
    figure_id: str = pa.Field(
        nullable=True,
        description="The same where it is found, or the one for its cell known on the claim's day.",
    )
    is_implied: bool = pa.Field(description="Whether another claim of the page implies it.")
    later_date: date = pa.Field(
        nullable=True,
        description="Day on which the named figure was published, where after the claim.",
    )
    reported_value: pd.Int64Dtype = pa.Field(nullable=True, description="As printed.")
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    measure: str = pa.Field(nullable=True, description="What is counted.")
    geography: str = pa.Field(nullable=True, description="Reporting country.")
    period_start: date = pa.Field(nullable=True, description="First day of the period.")
    period_end: date = pa.Field(nullable=True, description="Last day of the period.")
    dimension: str = pa.Field(nullable=True, description="What the whole is divided by.")
    category: str = pa.Field(nullable=True, description="Part within the dimension.")

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_claim_operands"
        strict = True
