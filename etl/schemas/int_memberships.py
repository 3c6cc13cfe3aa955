"""Schema of `int_memberships`."""

from datetime import date

import pandera.pandas as pa


class IntMemberships(pa.DataFrameModel):
    """One row per code that counts several, code that it counts, and period in which it does."""

    group_category: str = pa.Field(description="Code that counts several together.")
    member_category: str = pa.Field(description="Code that it counts.")
    from_date: date = pa.Field(description="First day; 0001-01-01 where it has none.")
    until_date: date = pa.Field(description="Last day; 9999-12-31 where it has none.")

    class Config:
        """What fails here is a fault of the model."""

        name = "int_memberships"
        strict = True
        unique = ["group_category", "member_category", "from_date", "until_date"]
