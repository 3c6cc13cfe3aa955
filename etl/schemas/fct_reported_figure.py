"""Schema of `fct_reported_figure`."""

from datetime import date

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import references


class FctReportedFigure(pa.DataFrameModel):
    """One row per reported figure that passed every check on its row."""

    figure_id: str = pa.Field(unique=True, description="Identifier of the figure.")
    source_id: str = references("dim_source.source_id", description="Page that printed it.")
    measure: str = references("dim_measure.measure", description="What is counted.")
    geography: str = references("dim_geography.geography", description="Reporting country.")
    period_start: date = pa.Field(description="First day of the period.")
    period_end: date = pa.Field(description="Last day of the period.")
    dimension: str = references("dim_dimension.dimension", description="What divides the whole.")
    category: str = pa.Field(description="Part within the dimension; TOTAL for the whole.")
    reported_value: pd.Int64Dtype = pa.Field(
        ge=0, nullable=True, description="As printed; null where the page gives no number."
    )
    corrected_value: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="As corrected; null where it is not. All checks use it."
    )
    value_qualifier: str = pa.Field(description="How the page qualifies the number.")
    low_value: int = pa.Field(ge=0, description="Least value that the words allow.")
    high_value: pd.Int64Dtype = pa.Field(nullable=True, description="Greatest; null is open.")
    breakdown_complete: str = pa.Field(description="Whether the parts are presented as all of it.")
    breakdown_verdict: str = pa.Field(
        isin=["pass", "warn", "fail", "unknown"],
        description="Worst verdict of the breakdowns that it is part or whole of.",
    )
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    class Config:
        """What fails here is a fault of the model."""

        name = "fct_reported_figure"
        strict = True
