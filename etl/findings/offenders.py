"""Rows that break a rule: those held in quarantine, and those only reported, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl import repeats
from etl.engine.duckdb import rows
from etl.findings.files import consequence
from etl.findings.record import Finding
from etl.validate.count import offenders

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Plan
    from etl.validate.count import CheckResult

# Beyond this many, a check's offenders are told as one finding and counted.
MOST_PER_CHECK = 1_000
# Their findings need more than the row; the other tellers tell them.
TOLD_ELSEWHERE = ("intermediate.int_statements", "marts.fct_source_conflict")
_SHOWN_TEXT = 200


def tell_held(connection: duckdb.DuckDBPyConnection, run_id: str, raw: str) -> Iterator[Finding]:
    """One finding per row and reason in quarantine; the same text in the same file is one."""
    held = rows(
        connection, "select * from audit.quarantine where run_id = ? order by all", [run_id]
    )
    for row in held:
        content = hashlib.sha256((row["row_text"] or "").encode()).hexdigest()[:12]
        where = f"{raw}/{row['file']}, row {row['row_number']}"
        column = f", column {row['column_name']}" if row["column_name"] else ""
        was = f"It was `{_short(row['raw_text'])}`; " if row["raw_text"] else ""
        is_repeat = row["check_name"] in repeats.CHECKS
        said = row["reason"] if was else _capital(row["reason"])
        then = "" if is_repeat or row["dataset"] == "figures" else consequence(row["dataset"])
        yield Finding(
            check_name=row["check_name"],
            severity="warning" if is_repeat else "error",
            subject=f"{row['file']}.{content}.{row['column_name'] or ''}",
            headline=f"{where}{column}: the row is {'set aside' if is_repeat else 'held back'}.",
            detail=f"{was}{said}. {then}".rstrip(),
            file=row["file"],
            row_number=row["row_number"],
            evidence=_short(" ".join((row["row_text"] or row["reason"]).split())),
        )


def tell_reported(
    connection: duckdb.DuckDBPyConnection, plan: Plan, results: Sequence[CheckResult], raw: str
) -> Iterator[Finding]:
    """One finding per row that breaks a rule with severity `warning`; such rows are published."""
    for result in results:
        check = result.check
        if not result.failed_count or check.scope != "row" or check.severity != "warning":
            continue
        if check.table in TOLD_ELSEWHERE:
            continue
        table = plan.table(check.table.rpartition(".")[2])
        for row in offenders(connection, table.checks, check, MOST_PER_CHECK):
            yield _reported(result, row, raw)
        if result.failed_count > MOST_PER_CHECK:
            more = result.failed_count - MOST_PER_CHECK
            yield Finding(
                check_name=check.name,
                severity=check.severity,
                subject="and more",
                headline=f"{more:,} more rows of {check.table} break {check.name}.",
                detail=f"{check.claim}.",
                evidence=f"{more} more",
            )


def _reported(result: CheckResult, row: Mapping[str, Any], raw: str) -> Finding:
    check = result.check
    values = {name: f"`{_short(str(row[name]))}`" for name in check.columns}
    said = ", ".join(f"{name} {value}" for name, value in values.items())
    place = f"{raw}/{row['file']}, row {row['row_number']}," if row.get("file") else "The"
    is_claim = check.expected == check.claim
    expected = f"that {check.claim[:1].lower()}{check.claim[1:]}" if is_claim else check.expected
    return Finding(
        check_name=check.name,
        severity=check.severity,
        subject=".".join(str(row[name]) for name in _key(result, row)),
        headline=f"{place} {said}: expected {expected}.",
        detail=check.reason,
        source_id=row.get("source_id"),
        measure=row.get("measure"),
        geography=row.get("geography"),
        file=row.get("file"),
        row_number=row.get("row_number"),
        evidence=" ".join(", ".join(f"{name} = {value}" for name, value in values.items()).split()),
    )


def _key(result: CheckResult, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells the row from others: its own identifier where it has one."""
    own = next((name for name in row if name.endswith("_id")), None)
    return result.check.columns if own is None else (own, *result.check.columns)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
