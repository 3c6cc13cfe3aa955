"""DuckDB: the building file, its doors shut, its way to disk.

A night is built in a file of its own beside the published one. While files are loaded the engine
may read from disk; `seal` then takes that away for good, before any model runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from etl.disk import sync
from etl.errors import WarehouseError, WarehouseHeld

SCHEMAS = ("raw", "staging", "intermediate", "marts", "audit")
# Tools ship drivers as old as 1.4; a file in the newest format would be unreadable to them.
STORAGE_VERSION = "v1.4.0"
# Identifiers of which nearly every row has its own: as zstd they are written in half the time and
# half the space of DuckDB's own choice, a dictionary. Text that repeats is read faster as that.
OWN_IDENTIFIERS = frozenset(
    {"breakdown_id", "figure_id", "previous_figure_id", "statement_id", "total_figure_id"}
)
# No extension, no secret of the user's, no variable of Python's.
SHUT = MappingProxyType(
    {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
    }
)
# Of the memory that a night may use, what the engine gets before it uses the disk. The rest is for
# libraries, findings, the reasoning about them and what the engine does not count as its own.
ENGINE_SHARE = 0.75
_HOLDER = re.compile(r"Conflicting lock is held in (.*?) ?\(PID (\d+)\)")


def connect(*, memory_limit: str, threads: int, temp: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory engine with no way to the network, to extensions or to Python's variables.

    Args:
        memory_limit: about what the whole process may use, in the engine's words: 4GB, 80%.
        threads: how many; 0 for one per core.
        temp: folder for what finds no room in memory.

    Raises:
        duckdb.Error: the limit is no size.
    """
    config: dict[str, Any] = {
        **SHUT,
        "memory_limit": memory_limit,
        # What is set free goes back to the system at once; else a night keeps 0.1 GB for nothing.
        "allocator_flush_threshold": "1MB",
        "temp_directory": str(temp),
        "max_temp_directory_size": "200GB",
    }
    if threads:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    connection.execute("set TimeZone = 'UTC'")
    _leave_room(connection)
    return connection


def _leave_room(connection: duckdb.DuckDBPyConnection) -> None:
    """Lowers the limit, whatever it was told in, to the engine's share."""
    limit = number(connection, "select parse_formatted_bytes(current_setting('memory_limit'))")
    connection.execute("set memory_limit = ?", [f"{int(limit * ENGINE_SHARE)}B"])


def create(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Creates the file that a night is built in, with its schemas, and makes it the default.

    Nobody reads it before `finish` has written it whole, so it needs neither a log nor checkpoints
    on the way: a night of a million figures took 12 s without them and 21 s with.
    """
    options = f"storage_version '{STORAGE_VERSION}', recovery_mode no_wal_writes"
    attach(connection, path, "warehouse", options)
    connection.execute("set checkpoint_threshold = '1TB'")
    for schema in SCHEMAS:
        connection.execute(f"create schema warehouse.{schema}")
    settle(connection)


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the attached `warehouse` the default, so that tables need no schema before them."""
    connection.execute("use warehouse")
    searched = ",".join(f"warehouse.{schema}" for schema in ("staging", "intermediate", "marts"))
    connection.execute(f"set search_path = '{searched}'")


def create_table(
    connection: duckdb.DuckDBPyConnection, statement: str, names: Iterable[str]
) -> None:
    """Runs a `create table … as`, its columns stored as fits them.

    Args:
        connection: the engine.
        statement: its select begins on the second line.
        names: the table's columns, as declared; none for a view.

    Raises:
        duckdb.Error: what the select is refused for; its lines are those of the statement.
    """
    head, _, select = statement.partition("\n")
    if OWN_IDENTIFIERS.isdisjoint(names):
        connection.execute(statement)
        return
    table = head.removeprefix("create table ").removesuffix(" as")
    columns = ", ".join(
        f'"{name}" {kind}{" using compression zstd" if name in OWN_IDENTIFIERS else ""}'
        for name, kind, *_ in connection.execute(f"describe\n{select}").fetchall()
    )
    connection.execute(f"create table {table} ({columns})")
    connection.execute(f"insert into {table}\n{select}")


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, options: str) -> None:
    """Attaches a database file under a name.

    Raises:
        WarehouseHeld: it is whole, as far as one can tell, but may not be opened now.
        WarehouseError: the file is no database, or cannot be written.
    """
    try:
        connection.execute(f"attach {literal(str(path))} as {name} ({options})")
    except duckdb.Error as error:
        raise _not_opened(path, error) from error


def _not_opened(path: Path, error: duckdb.Error) -> WarehouseError:
    """DuckDB has one class of error for damage and for doors shut; its words tell them apart."""
    if holder := _HOLDER.search(str(error)):
        return WarehouseHeld(path, f"{Path(holder[1]).name}, process {holder[2]}")
    if "Could not set lock" in str(error):
        return WarehouseHeld(path, "which one is not known")
    if "Permission denied" in str(error):
        return WarehouseHeld(path, "", "may not be opened: permission denied")
    return WarehouseError(path, f"cannot be opened as a DuckDB file: {error}")


def seal(connection: duckdb.DuckDBPyConnection, but: Path | None = None) -> None:
    """Shuts the doors: from here on, no file outside the attached databases, no setting changed.

    Args:
        connection: the engine.
        but: a folder that stays open, where it hands tables to another engine.
    """
    if but is not None:
        connection.execute("set allowed_directories = ?", [[str(but)]])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def finish(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Writes the building file whole: one file, no log beside it, on the disk for certain."""
    connection.execute("checkpoint warehouse")
    connection.close()
    log = path.with_name(path.name + ".wal")
    if log.exists():
        raise WarehouseError(log, "was left behind although the file was checkpointed")
    sync(path)


def read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A sealed connection to a published warehouse, which can change nothing.

    Raises:
        WarehouseError: there is none, or it cannot be read.
    """
    if not path.exists():
        raise WarehouseError(path, "there is no warehouse yet; run `python -m etl.run`")
    try:
        connection = duckdb.connect(str(path), read_only=True, config=dict(SHUT))
    except duckdb.Error as error:
        raise _not_opened(path, error) from error
    seal(connection)
    return connection


def literal(text: str) -> str:
    """A string as a SQL literal, for the statements that take no parameters (comments)."""
    return "'" + text.replace("'", "''") + "'"


def rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query, by column name."""
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def number(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> int:
    """The one number that a query gives; 0 where it gives no row."""
    row = connection.execute(sql, list(parameters)).fetchone()
    return int(row[0]) if row else 0
