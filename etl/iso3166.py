"""Countries of ISO 3166, present and past, as raw rows: the one input that comes with a package."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def load(connection: duckdb.DuckDBPyConnection, loaded_at: datetime) -> None:
    """Creates `raw.iso_3166`; a code that ISO has given away again counts as present."""
    import pycountry

    present = {
        country.alpha_3: (getattr(country, "common_name", country.name), "no")
        for country in pycountry.countries
    }
    former = {
        country.alpha_3: (country.name, "yes")
        for country in pycountry.historic_countries
        if country.alpha_3 not in present
    }
    codes = {**present, **former}
    connection.execute(
        """
        create table raw.iso_3166 as
        select
            unnest(?::varchar[]) as alpha_3,
            unnest(?::varchar[]) as name,
            unnest(?::varchar[]) as is_former,
            cast(null as varchar) as unknown_columns,
            ?::varchar as file,
            unnest(?::bigint[]) as row_number,
            cast(null as varchar) as file_sha256,
            ?::timestamp as loaded_at
        """,
        [
            list(codes),
            [name for name, _ in codes.values()],
            [is_former for _, is_former in codes.values()],
            f"pycountry {version('pycountry')}",
            list(range(1, len(codes) + 1)),
            loaded_at.replace(tzinfo=None),
        ],
    )
