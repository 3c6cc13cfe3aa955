"""Single parts that are too large for what the page says of them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings import terms
from etl.findings.record import Finding
from etl.findings.words import capital, counted, place, qualified

if TYPE_CHECKING:
    import duckdb

PART = "overlapping_part_does_not_exceed_total"
LEFT_OUT = "top_list_leaves_out_none_larger"
LEFT_OUT_ELSEWHERE = "top_list_leaves_out_none_larger_elsewhere"
CHECKS = (PART, LEFT_OUT, LEFT_OUT_ELSEWHERE)
_WORDS = {
    PART: (
        "{part} is more than its whole, {bound}",
        (
            "This part alone is {gap} more, so that overlapping parts do not explain it. Most"
            " likely wrong: one of the two numbers."
        ),
    ),
    LEFT_OUT: (
        "{part} is missing from a list of the largest, the least of which is {bound}",
        (
            "It is {gap} more. Most likely wrong: one of the two numbers, or that these are the"
            " largest."
        ),
    ),
    LEFT_OUT_ELSEWHERE: (
        "{part} is missing from a list of the largest, the least of which is {bound}",
        "It is {gap} more, but by another publisher's account, which may count something else.",
    ),
}
_FAILED = """
    statements.verdict in ('fail', 'warn')
    and statements.check_name in (select unnest(?::varchar[]))
"""
_UNTESTED = """
    select check_name, statement_id
    from int_statements
    where verdict = 'unknown' and check_name in (select unnest(?::varchar[]))
"""


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per part larger than what bounds it; for one untested, that it was not."""
    for row in terms.statements(connection, _FAILED, [list(CHECKS)]):
        yield _finding(row, raw)
    for row in rows(connection, _UNTESTED, [list(CHECKS)]):
        yield Finding(row["check_name"], "", row["statement_id"], "", "", is_tested=False)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    bound, part = row["terms"]
    gap = f"{part['reported_value'] - bound['reported_value']:,}"
    headline, why = _WORDS[row["check_name"]]
    figures = terms.figures(row)
    return Finding(
        check_name=row["check_name"],
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["statement_id"],
        headline=f"{capital(headline.format(part=_told(part), bound=_told(bound)))}.",
        detail=f"{why.format(gap=gap)} {place(figures, raw)}",
        source_id=part["source_id"],
        measure=part["measure"],
        geography=part["geography"],
        file=figures[0].file,
        row_number=figures[0].row_number,
        figures=figures,
        evidence=f"{qualified(bound)} < {qualified(part)}",
    )


def _told(term: Mapping[str, Any]) -> str:
    return f"{qualified(term)} {counted(term)}, {term['period_label']} ({term['source_id']})"
