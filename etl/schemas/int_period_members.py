"""Schema of `int_period_members`."""

import pandera.pandas as pa

from etl.schemas.declare import references


class IntPeriodMembers(pa.DataFrameModel):
    """One row per statement about periods of one series and member: the longer, and each in it."""

    statement_id: str = pa.Field(description="Identifier of the statement.")
    check_name: str = pa.Field(description="Check that it is an instance of.")
    severity: str = pa.Field(isin=["error", "warning"], description="What its failure means.")
    is_exact: bool = pa.Field(
        description="Whether the parts add up to the whole; else to no more than it."
    )
    role: str = pa.Field(isin=["whole", "part"], description="whole or part.")
    figure_id: str = references(
        "int_cells.figure_id", description="Figure by which int_cells knows the member's cell."
    )
    takes_highest: bool = pa.Field(
        description="Whether the highest of the cell's figures counts; else all of them together."
    )

    class Config:
        """What fails here is a fault of the model."""

        name = "int_period_members"
        strict = True
        unique = ["statement_id", "figure_id"]
