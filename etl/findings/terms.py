"""Statements with their terms, each term with what its figure counts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure
from etl.findings.words import LABELS, qualified

if TYPE_CHECKING:
    import duckdb

_STATEMENTS = f"""
    select
        statements.*,
        list(
            struct_pack(
                role := terms.role,
                coefficient := terms.coefficient,
                figure_id := figures.figure_id,
                reported_value := terms.reported_value,
                words := qualifiers.label,
                source_id := figures.source_id,
                measure := figures.measure,
                geography := figures.geography,
                category := figures.category,
                measure_label := measures.label,
                geography_label := geographies.label,
                period_label := periods.label,
                dimension_label := dimensions.label,
                nationality_label := nationalities.label,
                file := figures.file,
                row_number := figures.row_number
            ) order by terms.coefficient desc, figures.file, figures.row_number
        ) as terms
    from int_statements as statements
    inner join int_statement_terms as terms on statements.statement_id = terms.statement_id
    inner join fct_reported_figure as figures on terms.figure_id = figures.figure_id
    inner join stg_qualifiers as qualifiers on figures.value_qualifier = qualifiers.qualifier
    {LABELS}
    where {{where}}
    group by all
    order by statements.statement_id
"""


def statements(
    connection: duckdb.DuckDBPyConnection, where: str, parameters: Sequence[object] = ()
) -> list[dict[str, Any]]:
    """The statements that meet a condition on `statements`, each with a list of `terms`."""
    return rows(connection, _STATEMENTS.format(where=where), parameters)


def figures(statement: Mapping[str, Any]) -> tuple[Figure, ...]:
    """The figures of a statement's terms."""
    return tuple(
        Figure(term["figure_id"], term["role"], term["file"], term["row_number"])
        for term in statement["terms"]
    )


def summed(statement: Mapping[str, Any]) -> str:
    """The terms as a sum: `5,900 - about 3,000 - 2 times 40`."""
    words = []
    for term in statement["terms"]:
        sign = "-" if term["coefficient"] < 0 else "+"
        times = "" if abs(term["coefficient"]) == 1 else f"{abs(term['coefficient']):,} times "
        words.append(f"{sign} {times}{qualified(term)}")
    return " ".join(words).removeprefix("+ ")


def allowed(statement: Mapping[str, Any]) -> str:
    """What the sum should be."""
    low, high = statement["low_bound"], statement["high_bound"]
    if low is None:
        return f"at most {high:,}"
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"between {low:,} and {high:,}"
