"""Statements of further rules that fail, in words made of their terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.findings import terms
from etl.findings.record import Finding
from etl.findings.words import capital, place, qualified

if TYPE_CHECKING:
    import duckdb

_FAILED = """
    statements.verdict in ('fail', 'warn')
    and not list_contains(?::varchar[], statements.check_name)
"""


def tell(
    connection: duckdb.DuckDBPyConnection, raw: str, told_elsewhere: Sequence[str]
) -> Iterator[Finding]:
    """One finding per failed statement of a rule that no other teller knows."""
    for row in terms.statements(connection, _FAILED, [list(told_elsewhere)]):
        yield _finding(row, raw)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    figures = terms.figures(row)
    first = row["terms"][0]
    rule = capital(row["check_name"].replace("_", " "))
    return Finding(
        check_name=row["check_name"],
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["statement_id"],
        headline=f"{rule}: not so for {row['statement_id'].partition(':')[2]}.",
        detail=f"{terms.summed(row)} is {row['computed_value']:,.0f}; it should be"
        f" {terms.allowed(row)}. {place(figures, raw)}",
        source_id=row["source_id"],
        measure=first["measure"],
        geography=first["geography"],
        file=first["file"],
        row_number=first["row_number"],
        figures=figures,
        evidence=" ".join(qualified(term) for term in row["terms"]),
    )
