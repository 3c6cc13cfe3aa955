"""The warehouse's own rules as a Great Expectations expectation.

`python -m etl.run --data-docs` puts this file into `plugins/` of the context that it writes. The
context names it as the module of its expectation store, so that it is imported wherever the context
is opened; without that, Great Expectations would leave these expectations out of the suites.
It needs duckdb and nothing of the project.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.data_context.store.expectations_store import ExpectationsStore
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExpectQueryToCountNoFailure", "ExpectationsStore", "frame"]

WAREHOUSE = Path(__file__).resolve().parents[2] / "warehouse.duckdb"
_METRIC = "table.query.tested_failed_unknown"


def frame(table: str) -> pd.DataFrame:
    """A table of the warehouse as a pandas frame: what the suite of that name is to be run on."""
    with duckdb.connect(str(WAREHOUSE), read_only=True) as connection:
        found: pd.DataFrame = connection.sql(f"from {_quoted(table)}").df()
        return found


class QueryCounts(TableMetricProvider):
    """How many a query over the frame finds tested, failed and unknown."""

    metric_name = _METRIC
    value_keys = ("table_name", "query")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(  # type: ignore[no-untyped-def]
        cls,  # noqa: N805 - as Great Expectations calls it
        execution_engine,
        metric_domain_kwargs,
        metric_value_kwargs,
        metrics,  # noqa: ARG002
        runtime_configuration,  # noqa: ARG002
    ):
        given, _, _ = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        return _counted(given, **metric_value_kwargs)


class ExpectQueryToCountNoFailure(BatchExpectation):
    """Expect a rule to hold, as its SQL counts it.

    Attributes:
        table_name: the table that the frame stands for; the query reads it under this name, and
            every other table out of the warehouse.
        query: gives one row: tested, failed, unknown.
    """

    table_name: str
    query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("table_name", "query")
    args_keys: ClassVar[tuple[str, ...]] = ("table_name", "query")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        tested, failed, unknown = metrics[_METRIC]
        return {
            "success": failed == 0,
            "result": {"observed_value": f"{failed} of {tested} failed, {unknown} unknown"},
        }


def _counted(given: pd.DataFrame, table_name: str, query: str) -> tuple[int, int, int]:
    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{str(WAREHOUSE).replace(chr(39), chr(39) * 2)}' as kept (read_only)"
        )
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'kept'"
        ).fetchall()
        for name in {name for (name,) in names if _quoted(name) in query} | {table_name}:
            connection.execute(f"create schema if not exists {_quoted(name.partition('.')[0])}")
            if name != table_name:
                connection.execute(f"create view {_quoted(name)} as from kept.{_quoted(name)}")
        # pandas has no whole number beside a missing one; the table's own types make it one again
        table = _quoted(table_name)
        connection.execute(f"create table {table} as from kept.{table} limit 0")
        connection.register("given", given)
        connection.execute(f"insert into {table} by name from given")
        tested, failed, unknown = connection.execute(query).fetchall()[0]
        return int(tested), int(failed), int(unknown)


def _quoted(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
