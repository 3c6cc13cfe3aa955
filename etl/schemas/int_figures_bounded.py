"""Schema of `int_figures_bounded`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class IntFiguresBounded(pa.DataFrameModel):
    """One row per figure, with the interval that its qualifier allows."""

    figure_id: str = pa.Field(unique=True, description="Identifier of the figure.")
    source_id: str = pa.Field(description="Page that printed it.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = pa.Field(description="What the whole is divided by.")
    category: str = pa.Field(description="Part within the dimension; TOTAL for the whole.")
    reported_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="As printed, or as corrected where it is."
    )
    printed_value: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="As printed.")
    corrected_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="As corrected in data/raw/reference/corrections."
    )
    value_qualifier: str = pa.Field(description="How the page qualifies the number.")
    low_value: int = pa.Field(ge=0, description="Least value that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Greatest value that the words allow; null is open."
    )
    breakdown_complete: str = pa.Field(description="Whether the parts are presented as all of it.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check("high_value is null or low_value <= high_value", columns=["low_value", "high_value"])
    def interval_is_not_empty(cls, frame: pd.DataFrame) -> pd.Series:
        """The interval holds at least one number."""
        return frame["high_value"].isna() | (frame["low_value"] <= frame["high_value"])

    class Config:
        """Nothing to hold: what fails here is a fault of the model."""

        name = "int_figures_bounded"
        strict = True
