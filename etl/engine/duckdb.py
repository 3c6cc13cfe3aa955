"""DuckDB: the building file, its doors shut, its way to disk.

A night is built in a file of its own beside the published one. While files are loaded the engine
may read from disk; `seal` then takes that away for good, before any model runs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.errors import WarehouseError

SCHEMAS = ("raw", "staging", "intermediate", "marts", "audit")
# Tools ship drivers as old as 1.4; a file in the newest format would be unreadable to them.
STORAGE_VERSION = "v1.4.0"


def connect(*, memory_limit: str, threads: int, temp: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory engine with no way to the network, to extensions or to Python's variables."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "memory_limit": memory_limit,
        "temp_directory": str(temp),
        "max_temp_directory_size": "200GB",
    }
    if threads:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    connection.execute("set TimeZone = 'UTC'")
    return connection


def create(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Creates the file that a night is built in, with its schemas, and makes it the default."""
    attach(connection, path, "warehouse", f"storage_version '{STORAGE_VERSION}'")
    for schema in SCHEMAS:
        connection.execute(f"create schema warehouse.{schema}")
    connection.execute("use warehouse")
    searched = ",".join(f"warehouse.{schema}" for schema in ("staging", "intermediate", "marts"))
    connection.execute(f"set search_path = '{searched}'")


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, options: str) -> None:
    """Attaches a database file under a name.

    Raises:
        WarehouseError: the file is no database, or cannot be written.
    """
    try:
        connection.execute(f"attach {literal(str(path))} as {name} ({options})")
    except duckdb.Error as error:
        raise WarehouseError(path, f"cannot be opened as a DuckDB file: {error}") from error


def is_kept_out(error: Exception) -> bool:
    """Whether a file could not be opened because of who has it open or may open it.

    DuckDB has one class of error for that and for damage; only its words tell them apart.
    """
    return any(words in str(error) for words in ("Could not set lock", "Permission denied"))


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


def sync(path: Path) -> None:
    """Flushes a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a published warehouse that can change nothing.

    Raises:
        WarehouseError: there is none, or it cannot be read.
    """
    if not path.exists():
        raise WarehouseError(path, "there is no warehouse yet; run `python -m etl.run`")
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(path, f"cannot be read: {error}") from error


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
