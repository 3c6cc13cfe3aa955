"""Proves that a compiled table runs: what the engine cannot bind fails at start-up."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.validate.compiled import CompiledCheck, CompiledTable, quoted, quoted_table
from etl.validate.count import count
from etl.validate.refuse import UncompilableError

Shape = Mapping[str, str]


def prove(compiled: CompiledTable, parents: Mapping[str, Shape]) -> None:
    """Run every check on tables of the declared shape that hold one row of nulls.

    Args:
        compiled: the table to prove.
        parents: the engine type of each column that a reference names, by table.

    Raises:
        UncompilableError: a check does not bind, or is no condition.
    """
    own = {column.name: column.types[0] for column in compiled.columns}
    shapes: dict[str, Shape] = {**parents}
    shapes[compiled.table] = {**shapes.get(compiled.table, {}), **own}
    with duckdb.connect(":memory:") as connection:
        for table, shape in shapes.items():
            _create(connection, table, shape)
        for check in compiled.checks:
            _must_be_condition(connection, check)
        for result in count(connection, compiled):
            if result.verdict == "error":
                raise UncompilableError(
                    f"check `{result.check.name}` does not run: {result.message}"
                )


def _create(connection: duckdb.DuckDBPyConnection, table: str, shape: Shape) -> None:
    schema = quoted_table(table.rpartition(".")[0])
    columns = ", ".join(f"{quoted(name)} {engine_type}" for name, engine_type in shape.items())
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(f"create table {quoted_table(table)} ({columns})")
    connection.execute(f"insert into {quoted_table(table)} default values")


def _must_be_condition(connection: duckdb.DuckDBPyConnection, check: CompiledCheck) -> None:
    """Each condition is tried with one thing beside it: with a column no aggregate binds."""
    source = quoted_table(check.table)
    keys = ", ".join(map(quoted, check.group_by))
    of_row = f"{', '.join(map(quoted, check.columns[:1]))} from {source}"
    of_group = f"{', '.join(map(quoted, check.group_by[:1]))} from {source} group by {keys}"
    of_scope = {"row": of_row, "group": of_group, "table": f"1 from {source}"}[check.scope]
    if check.sql:
        _must_be_truth(connection, check, f"select ({check.sql}), {of_scope}")
    if check.where:
        _must_be_truth(connection, check, f"select ({check.where}), {of_row}")


def _must_be_truth(connection: duckdb.DuckDBPyConnection, check: CompiledCheck, query: str) -> None:
    """The engine takes 5 for true, one aggregate for a row, and `columns('a|b')` for two values."""
    try:
        types = [row[1] for row in connection.execute(f"describe {query}").fetchall()]
    except duckdb.Error as error:
        message = str(error).partition("\n")[0]
        raise UncompilableError(f"check `{check.name}` does not run: {message}") from error
    if types[0] != "BOOLEAN" or len(types) != len(("condition", "beside")):
        raise UncompilableError(f"check `{check.name}` gives {types[0]}, not one true or false")
