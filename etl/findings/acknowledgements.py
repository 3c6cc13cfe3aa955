"""Acknowledgements of findings that are not there, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.findings.record import Finding

if TYPE_CHECKING:
    import duckdb

CHECK = "acknowledgement_has_its_finding"


def tell(
    connection: duckdb.DuckDBPyConnection, told: Iterable[Finding], raw: str
) -> Iterator[Finding]:
    """One finding per acknowledgement of what nobody tells tonight: mended since, or mistyped."""
    there = {finding.finding_id for finding in told}
    for row in rows(connection, "select * from stg_acknowledgements order by file, row_number"):
        if row["finding_id"] in there:
            continue
        where = f"{raw}/{row['file']}, row {row['row_number']}"
        yield Finding(
            check_name=CHECK,
            severity="warning",
            subject=row["finding_id"],
            headline=f"{where}: there is no finding `{row['finding_id']}` to accept.",
            detail=f"{row['who']} accepted it on {row['acknowledged_on']}. If what it was about has"
            " been mended, remove the row; else look for a slip in the identifier.",
            file=row["file"],
            row_number=row["row_number"],
        )
