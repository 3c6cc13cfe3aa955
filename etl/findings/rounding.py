"""Sums that hold only thanks to rounding, and hardly so, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.findings import terms
from etl.findings.record import Finding
from etl.findings.words import counted, place, qualified

if TYPE_CHECKING:
    import duckdb

CHECK = "sum_is_likely_within_rounding"


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per statement whose figures would nearly all have to be rounded to one side."""
    for row in terms.statements(connection, "statements.is_unlikely"):
        yield _finding(row, raw)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    figures = terms.figures(row)
    first = row["terms"][0]
    about = f"{counted(first)}, {first['period_label']} ({first['source_id']})"
    return Finding(
        check_name=CHECK,
        severity="warning",
        subject=row["statement_id"],
        headline=f"Rounding hardly explains a sum: {qualified(first)} {about}.",
        detail=f"{terms.summed(row)} is {row['computed_value']:,.0f}; it should be"
        f" {terms.allowed(row)}. The rounded figures allow that only if nearly all of them were"
        f" rounded to the same side: it is {row['deviations_count']:.1f} times their standard"
        f" deviation. Most likely wrong: one of them. {place(figures, raw)}",
        source_id=row["source_id"],
        measure=first["measure"],
        geography=first["geography"],
        file=first["file"],
        row_number=first["row_number"],
        figures=figures,
        evidence=" ".join(qualified(term) for term in row["terms"]),
    )
