"""Schema of `stg_weights`."""

import pandas as pd
import pandera.pandas as pa

from etl.schemas.declare import row_check


class StgWeights(pa.DataFrameModel):
    """One row per kind of statement, qualifier or publisher: how often it is wrong, how far off."""

    kind: str = pa.Field(
        isin=["figure", "publisher", "sameness", "structure", "completeness", "claim", "distance"],
        description="figure, publisher, sameness, structure, completeness, claim or distance.",
    )
    name: str = pa.Field(description="Qualifier, kind of publisher, check or kind of claim.")
    error_rate: float = pa.Field(
        nullable=True, gt=0, lt=0.5, description="How often such a statement is wrong."
    )
    factor: float = pa.Field(
        nullable=True,
        gt=0,
        description="For a publisher: times as often as its figures' rate; for a distance:"
        " how far off what is wrong lies.",
    )
    reason: str = pa.Field(nullable=True, description="Why.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        "(kind in ('publisher', 'distance')) = (factor is not null)"
        " and (kind in ('publisher', 'distance')) = (error_rate is null)",
        columns=["kind", "error_rate", "factor"],
    )
    def weight_is_a_rate_or_a_factor(cls, frame: pd.DataFrame) -> pd.Series:
        """A publisher and a distance have a factor, everything else an error rate."""
        is_factor = frame["kind"].isin(["publisher", "distance"])
        has_factor, has_rate = frame["factor"].notna(), frame["error_rate"].notna()
        return (is_factor == has_factor) & (is_factor != has_rate)

    class Config:
        """Rows that fail an error are held."""

        name = "stg_weights"
        strict = True
        unique = ["kind", "name"]
        metadata = {"holds": "raw.reference_weights"}
