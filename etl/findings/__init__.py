"""Findings: what the checks found wrong, in sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from etl.findings import (
    acknowledgements,
    claims,
    conflicts,
    files,
    offenders,
    parts,
    periods,
    rounding,
    statements,
    subtotals,
    suspects,
)
from etl.findings.record import Figure, Finding, remember

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night
    from etl.plan import Plan
    from etl.validate.count import CheckResult

__all__ = ["Figure", "Finding", "remember", "tell"]


def tell(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    night: Night,
    results: Sequence[CheckResult],
    raw: str,
) -> Iterator[Finding]:
    """Every finding of the night: what is wrong, and acknowledgements of what no longer is.

    Args:
        connection: the night's warehouse.
        plan: its tables.
        night: the night, with its inputs.
        results: what every check counted.
        raw: the raw folder, as messages name it.
    """
    told = [*suspects.attach(connection, _wrong(connection, plan, night, results, raw), raw)]
    yield from told
    yield from acknowledgements.tell(connection, told, raw)


def _wrong(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    night: Night,
    results: Sequence[CheckResult],
    raw: str,
) -> Iterator[Finding]:
    """Of input files, rows held, figures against each other, other checks."""
    yield from files.tell(night.inputs, raw)
    yield from files.tell_gone(connection, night, raw)
    yield from files.tell_empty(connection, raw)
    yield from offenders.tell_held(connection, night.run_id, raw)
    yield from subtotals.tell(connection, raw)
    yield from parts.tell(connection, raw)
    yield from claims.tell(connection, raw)
    yield from periods.tell(connection, raw)
    yield from conflicts.tell(connection, raw)
    told = (*subtotals.CHECKS, *parts.CHECKS, *periods.CHECKS, *claims.CHECKS)
    yield from statements.tell(connection, raw, told)
    yield from rounding.tell(connection, raw)
    yield from offenders.tell_reported(connection, plan, results, raw)
