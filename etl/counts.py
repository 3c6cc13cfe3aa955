"""What reading, setting aside and holding back amount to: counts, and results of checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl import quarantine, repeats
from etl.engine import duckdb as engine
from etl.validate.compiled import CompiledCheck, Severity
from etl.validate.count import CheckResult, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from etl.night import Night
    from etl.plan import Plan

# Checks whose rows never were in a staging table when its checks were counted.
_OUTSIDE_STAGING = (quarantine.READABLE, *repeats.CHECKS)


def of_reading(inputs: Sequence[dict[str, Any]]) -> list[CheckResult]:
    """What reading the files has proven, as checks like any other."""
    taken = [entry for entry in inputs if entry["status"] != "ignored"]
    refused = sum(entry["status"] == "refused" for entry in taken)
    rows = sum(entry["rows_in_file"] for entry in taken)
    rejected = sum(entry["rows_quarantined"] for entry in taken)
    return [
        _result("file_is_readable", "Every input file can be read", len(taken), refused),
        _result("row_is_readable", "Every row of a file can be read", rows, rejected),
    ]


def held(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Counts per file the rows that went through and those held, by readers or by checks."""
    held = dict(
        connection.execute(
            "select file, count(distinct row_number) from audit.quarantine"
            " where run_id = ? group by file",
            [night.run_id],
        ).fetchall()
    )
    repeated = dict(
        connection.execute(
            "select file, count(*) from audit.quarantine where run_id = ?"
            " and list_contains(?::varchar[], check_name) group by file",
            [night.run_id, repeats.CHECKS],
        ).fetchall()
    )
    for entry in night.inputs:
        entry["rows_repeated"] = repeated.get(entry["file"], 0)
        entry["rows_quarantined"] = held.get(entry["file"], 0)
        entry["rows_loaded"] = entry["rows_in_file"] - entry["rows_quarantined"]
        if entry["status"] == "loaded" and entry["rows_quarantined"]:
            entry["status"] = "loaded_in_part"


def figures(connection: duckdb.DuckDBPyConnection, plan: Plan, night: Night) -> None:
    """Counts the figures that were read, held and published, and what other evidence says."""
    night.figures_held = engine.number(
        connection,
        "select (select count(*) from stg_figures__held) + count(*) from audit.quarantine"
        " where run_id = $1 and list_contains($2::varchar[], dataset)"
        " and list_contains($3::varchar[], check_name)",
        [night.run_id, plan.table("stg_figures").datasets, _OUTSIDE_STAGING],
    )
    night.figures_read = night.figures_held + engine.number(
        connection, "select count(*) from stg_figures"
    )
    night.figures_published = engine.number(connection, "select count(*) from fct_reported_figure")
    night.corroboration = dict(
        connection.execute(
            "select verdict, count(*) from fct_figure_corroboration group by verdict"
        ).fetchall()
    )


def of_repeats(connection: duckdb.DuckDBPyConnection, night: Night) -> list[CheckResult]:
    """What was set aside because another row says it, as checks like any other."""
    rows = sum(entry["rows_in_file"] for entry in night.inputs)
    copies, restated = (
        engine.number(
            connection,
            "select count(*) from audit.quarantine where run_id = ? and check_name = ?",
            [night.run_id, name],
        )
        for name in repeats.CHECKS
    )
    return [
        _result(repeats.COPY, "Every row is given once", rows, copies, "warning"),
        _result(
            repeats.RESTATED,
            "No later page restates a figure under its identifier",
            night.figures_read,
            restated,
            "warning",
        ),
    ]


def as_row(result: CheckResult, run_id: str) -> dict[str, Any]:
    """A row of `audit.check_result`."""
    check = result.check
    return {
        "run_id": run_id,
        "table_name": check.table,
        "check_name": check.name,
        "kind": check.kind,
        "claim": check.claim,
        "severity": check.severity,
        "scope": check.scope,
        "verdict": result.verdict,
        "tested_count": result.tested_count,
        "failed_count": result.failed_count,
        "unknown_count": result.unknown_count,
        "message": result.message or None,
    }


def _result(
    name: str, claim: str, tested: int, failed: int, severity: Severity = "error"
) -> CheckResult:
    check = CompiledCheck(name, "raw", "read", (), claim, "", severity, "group", (), "", "")
    return CheckResult(check, tested, failed, 0, verdict(tested, failed, severity))
