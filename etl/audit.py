"""The audit tables: made anew each night, with the history of the nights before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from etl.engine.duckdb import attach, literal
from etl.errors import WarehouseError
from etl.validate.compiled import quoted

if TYPE_CHECKING:
    from etl.plan import Plan, Table

# Rows given to the engine in one statement: as its parameters they take several times the memory.
_AT_ONCE = 5_000


def create(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Creates the audit tables, empty.

    Any column may be null: a run of an earlier version of the program knew less.
    """
    for table in plan.audit:
        connection.execute(create_statement(table))


def create_statement(table: Table) -> str:
    """DDL for a table as its schema declares it, empty."""
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
    return f"create table {quoted(table.schema)}.{quoted(table.stem)} ({columns})"


def inherit(connection: duckdb.DuckDBPyConnection, plan: Plan, file: Path, keep_runs: int) -> None:
    """Copies the history out of an earlier warehouse, all of it or nothing.

    Where that goes well the warehouse stays attached, as `yesterday`.

    Raises:
        WarehouseHeld: it is whole, as far as one can tell, but may not be read now.
        WarehouseError: it is damaged, or not one of this program.
    """
    attach(connection, file, "yesterday", "read_only")
    connection.execute("begin")
    try:
        carry_over(connection, plan, keep_runs)
        connection.execute("commit")
    except duckdb.Error as error:
        connection.execute("rollback")
        connection.execute("detach yesterday")
        raise WarehouseError(file, f"its history cannot be read: {error}") from error


def carry_over(connection: duckdb.DuckDBPyConnection, plan: Plan, keep_runs: int) -> None:
    """Copies the history out of the attached `yesterday`; columns that both know, by name.

    Findings come over whole, the rest for the last `keep_runs` runs.
    """
    known = connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where database_name = 'yesterday' and schema_name = 'audit'"
    ).fetchall()
    for table in plan.audit:
        shared = [c.name for c in table.columns if (table.stem, c.name) in set(known)]
        if not shared and table.stem != "run":
            continue  # an earlier version did not have it
        columns = ", ".join(map(quoted, shared))
        recent = (
            "where run_id in (select run_id from yesterday.audit.run"
            f" order by run_id desc limit {int(keep_runs)})"
            if "run_id" in shared and table.stem != "finding"
            else ""
        )
        connection.execute(
            f"insert into audit.{quoted(table.stem)} ({columns})"
            f" select {columns} from yesterday.audit.{quoted(table.stem)} {recent}"
        )


def add(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    stem: str,
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Adds rows to an audit table; keys that are no columns are left out."""
    fill(connection, next(table for table in plan.audit if table.stem == stem), rows)


def fill(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Adds rows to a table that no model makes, as `add` does."""
    columns = ", ".join(quoted(column.name) for column in table.columns)
    values = ", ".join(f"unnest(?::{column.type}[])" for column in table.columns)
    into = f"insert into {quoted(table.schema)}.{quoted(table.stem)} ({columns})"
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        connection.execute(
            f"{into} select {values}",
            [[row.get(column.name) for row in batch] for column in table.columns],
        )


def describe(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Puts the descriptions of tables and columns into the warehouse, as comments."""
    connection.execute("begin")  # else each comment waits for the disk: 0.2 s instead of 0.02
    for table in tables:
        name = f"{quoted(table.schema)}.{quoted(table.stem)}"
        connection.execute(f"comment on table {name} is {literal(table.description)}")
        for column in table.columns:
            connection.execute(
                f"comment on column {name}.{quoted(column.name)} is {literal(column.description)}"
            )
    connection.execute("commit")


def describe_datasets(connection: duckdb.DuckDBPyConnection, datasets: Iterable[str]) -> None:
    """Says of raw tables that models read, and that no schema declares, what their rows are."""
    for dataset in datasets:
        said = f"One row per row of data/raw/{dataset}, verbatim, in the columns its files have."
        connection.execute(f"comment on table raw.{quoted(dataset)} is {literal(said)}")
