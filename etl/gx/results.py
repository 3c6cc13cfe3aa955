"""What the night's checks said, as validation results of Great Expectations.

The engine has counted all rows; nothing is computed here but a few examples of what failed. Great
Expectations has two verdicts, so `unknown` is a success with a note, as it would be if the suite
were run by itself on a frame with nothing to test.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

from etl.engine.duckdb import rows
from etl.harmless import brief
from etl.validate.count import offenders

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Table
    from etl.validate.compiled import CompiledCheck

Json = dict[str, Any]

_MOST_SHOWN = 20  # examples of what failed


def add(
    context: Any, connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]
) -> dict[str, ExpectationSuiteValidationResult]:
    """Stores a result per table for the last run that the warehouse knows to be published.

    Returns:
        The results by the name of the table.
    """
    (run,) = rows(
        connection,
        "select run_id, started_at from audit.run where status = 'published'"
        " order by run_id desc limit 1",
    )
    counted = rows(connection, "select * from audit.check_result where run_id = ?", [run["run_id"]])
    by_check = {(row["table_name"], row["check_name"]): row for row in counted}
    identifier = RunIdentifier(run_name=_run_name(run["run_id"]), run_time=run["started_at"])
    connection.execute("set search_path = 'staging,intermediate,marts'")
    results = {}
    for table in tables:
        result = _suite_result(context, connection, table, by_check, identifier)
        results[table.name] = result
        key = ValidationResultIdentifier(
            ExpectationSuiteIdentifier(table.name), identifier, "all-rows"
        )
        context.validation_results_store.set(key, result)
    return results


def _run_name(run_id: str) -> str:
    """A run's name that is no time: one that looks like it is read as such, its end as a zone.

    A run that ends in `-7824` would be one of a time 78 hours from Greenwich, and make no page.
    """
    return f"run_{run_id}"


def _suite_result(
    context: Any,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    by_check: Mapping[tuple[str, str], Json],
    identifier: RunIdentifier,
) -> ExpectationSuiteValidationResult:
    checks = {check.name: check for check in table.checks.checks}
    results = []
    for expectation in context.suites.get(table.name).expectations:
        check = checks[expectation.meta["check_name"]]
        counted = by_check[table.name, check.name]
        results.append(_result(connection, table, check, counted, expectation))
    passed = sum(bool(result.success) for result in results)
    return ExpectationSuiteValidationResult(
        success=passed == len(results),
        results=results,
        suite_name=table.name,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / len(results) if results else None,
        },
        meta={
            "run_id": identifier.to_json_dict(),
            "batch_kwargs": {"data_asset_name": "all rows"},  # what the pages still ask for
            "validation_time": identifier.run_time.isoformat(),
            "active_batch_definition": {
                "datasource_name": "warehouse",
                "data_connector_name": "fluent",
                "data_asset_name": table.name,
                "batch_identifiers": {},
            },
        },
    )


def _result(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    check: CompiledCheck,
    counted: Json,
    expectation: Any,
) -> ExpectationValidationResult:
    tested, failed, unknown = (counted[f"{word}_count"] for word in ("tested", "failed", "unknown"))
    said = f"{failed:,} of {tested:,} failed, {unknown:,} unknown: {counted['verdict']}"
    result: Json = {"observed_value": said}
    if failed and check.scope != "table":
        found = offenders(connection, table.checks, check, _MOST_SHOWN)
        result |= {
            "element_count": tested + unknown,
            "missing_count": unknown,
            "unexpected_count": failed,
            "unexpected_percent": 100 * failed / tested,
            "partial_unexpected_list": [_shown(row, check) for row in found],
        }
    return ExpectationValidationResult(
        success=counted["verdict"] in ("pass", "unknown"),
        expectation_config=expectation.configuration,
        result=result,
        exception_info=_broken(counted),
        meta={"verdict": counted["verdict"]},
    )


def _shown(row: Mapping[str, Any], check: CompiledCheck) -> str:
    """An offender as text that a page may hold: Great Expectations escapes nothing itself."""
    said = [f"{name}: {row[name]}" for name in check.columns if name in row] or [str(dict(row))]
    return html.escape(brief(", ".join(said)))


def _broken(counted: Json) -> Json:
    """What the engine said of a check that it could not run."""
    is_broken = counted["verdict"] == "error"
    message = html.escape(brief(counted["message"] or "")) if is_broken else None
    return {
        "raised_exception": is_broken,
        "exception_message": message,
        "exception_traceback": message,
    }
