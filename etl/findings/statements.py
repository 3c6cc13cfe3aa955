"""Statements of further rules that fail, in words made of their terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import capital, place, qualified

if TYPE_CHECKING:
    import duckdb

_STATEMENTS = """
    select
        statements.*,
        list(
            struct_pack(
                role := terms.role,
                coefficient := terms.coefficient,
                figure_id := figures.figure_id,
                reported_value := terms.reported_value,
                words := qualifiers.label,
                measure := figures.measure,
                geography := figures.geography,
                file := figures.file,
                row_number := figures.row_number
            ) order by terms.coefficient desc, figures.file, figures.row_number
        ) as terms
    from int_statements as statements
    inner join int_statement_terms as terms on statements.statement_id = terms.statement_id
    inner join fct_reported_figure as figures on terms.figure_id = figures.figure_id
    inner join stg_qualifiers as qualifiers on figures.value_qualifier = qualifiers.qualifier
    where
        statements.verdict in ('fail', 'warn')
        and statements.check_name not in (select unnest(?::varchar[]))
    group by all
    order by statements.statement_id
"""


def tell(
    connection: duckdb.DuckDBPyConnection, raw: str, told_elsewhere: Sequence[str]
) -> Iterator[Finding]:
    """One finding per failed statement of a rule that no other teller knows."""
    for row in rows(connection, _STATEMENTS, [list(told_elsewhere)]):
        yield _finding(row, raw)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    figures = tuple(
        Figure(term["figure_id"], term["role"], term["file"], term["row_number"])
        for term in row["terms"]
    )
    first = row["terms"][0]
    rule = capital(row["check_name"].replace("_", " "))
    return Finding(
        check_name=row["check_name"],
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["statement_id"],
        headline=f"{rule}: not so for {row['statement_id'].partition(':')[2]}.",
        detail=f"{_sum(row)} is {row['computed_value']:,.0f}; it should be {_allowed(row)}."
        f" {place(figures, raw)}",
        source_id=row["source_id"],
        measure=first["measure"],
        geography=first["geography"],
        file=first["file"],
        row_number=first["row_number"],
        figures=figures,
        evidence=" ".join(qualified(term) for term in row["terms"]),
    )


def _sum(row: Mapping[str, Any]) -> str:
    words = []
    for term in row["terms"]:
        sign = "-" if term["coefficient"] < 0 else "+"
        times = "" if abs(term["coefficient"]) == 1 else f"{abs(term['coefficient']):,} times "
        words.append(f"{sign} {times}{qualified(term)}")
    return " ".join(words).removeprefix("+ ")


def _allowed(row: Mapping[str, Any]) -> str:
    low, high = row["low_bound"], row["high_bound"]
    if low is None:
        return f"at most {high:,}"
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"between {low:,} and {high:,}"
