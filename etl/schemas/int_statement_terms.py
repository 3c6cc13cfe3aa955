"""Schema of `int_statement_terms`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import group_check


class IntStatementTerms(pa.DataFrameModel):
    """One row per statement and term: low <= sum of coefficient times cell <= high."""

    statement_id: str = pa.Field(description="Identifier of the statement.")
    check_name: str = pa.Field(description="Check that it is an instance of.")
    severity: str = pa.Field(isin=["error", "warning"], description="What its failure means.")
    source_id: str = pa.Field(
        nullable=True, description="Page that makes it; null where several do."
    )
    low_bound: pd.Int64Dtype = pa.Field(
        nullable=True, description="Least sum that it allows; null is open."
    )
    high_bound: pd.Int64Dtype = pa.Field(
        nullable=True, description="Greatest sum that it allows; null is open."
    )
    role: str = pa.Field(description="What the term is: whole, part, subject, comparator.")
    coefficient: int = pa.Field(description="Coefficient of the cell.")
    measure: str = pa.Field(nullable=True, description="What is counted.")
    geography: str = pa.Field(nullable=True, description="Reporting country.")
    period_start: date = pa.Field(nullable=True, description="First day of the period.")
    period_end: date = pa.Field(nullable=True, description="Last day of the period.")
    dimension: str = pa.Field(nullable=True, description="What the whole is divided by.")
    category: str = pa.Field(nullable=True, description="Part within the dimension.")
    figure_id: str = pa.Field(
        nullable=True, description="Figure that says what the cell is; null for none."
    )
    reported_value: pd.Int64Dtype = pa.Field(nullable=True, description="As printed.")
    low_value: pd.Int64Dtype = pa.Field(nullable=True, description="Least that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    is_damaged: bool = pa.Field(
        description="Whether a row that could belong to it is held, or its base is 0."
    )

    @group_check(
        by=["statement_id"],
        sql="min(check_name) = max(check_name)"
        " and min(low_bound) is not distinct from max(low_bound)"
        " and min(high_bound) is not distinct from max(high_bound)",
    )
    def terms_agree_on_their_statement(cls, frame: pd.DataFrame) -> pd.Series:
        """All terms of a statement say the same of its check and bounds."""
        said = frame.groupby("statement_id", dropna=False)
        columns = ["check_name", "low_bound", "high_bound"]
        return said[columns].transform("nunique").le(1).all(axis=1)

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_statement_terms"
        strict = True
