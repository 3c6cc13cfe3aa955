"""The warehouse that a night built, read-only, for what its record does not say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from etl import publish
from etl.engine import duckdb as engine
from etl.errors import WarehouseError
from etl.night import Status

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

YESTERDAY = "yesterday"
_TIMES = ("started_at", "finished_at")


@contextmanager
def opened(settings: Settings, night: Night) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection to what the night built: published, or still in the building file.

    The warehouse of the last good night is attached as `yesterday` where it is kept. A night that
    broke has built nothing whole, so there is None.
    """
    is_published = night.status is Status.PUBLISHED
    file = settings.file if is_published else publish.building(settings, night)
    if night.status is Status.BROKE or not file.exists():
        yield None
        return
    connection = engine.connect(
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        temp=settings.warehouse / f".building-{night.run_id}.report.tmp",
    )
    try:
        engine.attach(connection, file, "warehouse", "read_only")
        before = settings.warehouse / "history" / f"{night.previous_run_id}.duckdb"
        if before.exists():
            engine.attach(connection, before, YESTERDAY, "read_only")
        engine.settle(connection)
        engine.seal(connection)
        yield connection
    finally:
        connection.close()


def has_yesterday(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse of the last good night is attached."""
    sql = "select 1 from duckdb_databases() where database_name = ?"
    return connection.execute(sql, [YESTERDAY]).fetchone() is not None


def runs(
    connection: duckdb.DuckDBPyConnection | None, settings: Settings, night: Night
) -> list[dict[str, Any]]:
    """The runs up to this one that did any work, oldest first, as rows of `audit.run`."""
    known = engine.rows(connection, "from audit.run") if connection else _runs_published(settings)
    noted = [_timed(row) for _, row in publish.kept_runs(settings)]
    by_id = {row["run_id"]: row for row in [*known, *noted, night.row()]}
    return [by_id[key] for key in sorted(by_id) if by_id[key]["status"] != Status.UNCHANGED]


def _runs_published(settings: Settings) -> list[dict[str, Any]]:
    """Those that the published warehouse knows; none where it cannot be read, or is of old."""
    try:
        with engine.read_only(settings.file) as connection:
            return engine.rows(connection, "from audit.run")
    except (duckdb.Error, WarehouseError):
        return []


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    """A run as JSON notes it, its times as times again."""
    times = {name: row[name] and datetime.fromisoformat(row[name]) for name in _TIMES}
    return {**row, **times}
