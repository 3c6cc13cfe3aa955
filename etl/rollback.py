"""Going back: an earlier warehouse published again, and the history going on from all of them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import publish
from etl.disk import link
from etl.errors import WarehouseError
from etl.night import Status

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings


def published_run(settings: Settings) -> str | None:
    """The run whose warehouse is published, as far as the kept files tell."""
    if not settings.file.exists():
        return None
    identity = publish.identity(settings.file)
    return next(
        (file.stem for file in publish.good_files(settings) if publish.identity(file) == identity),
        None,
    )


def roll_back(settings: Settings, run_id: str | None, night: Night) -> str:
    """Publishes an earlier warehouse again; the next night builds anew. Only under the lock.

    Args:
        settings: whose warehouse.
        run_id: the run to go back to; the one before the published one if None.
        night: the run that goes back, for the history.

    Returns:
        The run that is published now.

    Raises:
        WarehouseError: there is no such run, or its warehouse is damaged.
    """
    kept = publish.good_files(settings)
    names = [file.stem for file in kept]
    published = published_run(settings)
    earlier = names[names.index(published) + 1 :] if published else names
    wanted = [file for file in kept if file.stem == (run_id or next(iter(earlier), None))]
    if not wanted:
        asked = run_id or "run before the published one"
        raise WarehouseError(
            settings.warehouse / "history", f"has no {asked}; it has {', '.join(names) or 'none'}"
        )
    _note_those_unknown_to(settings, wanted[0])
    beside = settings.warehouse / f".building-rollback-{wanted[0].stem}.duckdb"
    link(wanted[0], beside)
    publish.put_in_place(settings, beside)
    night.end(Status.ROLLED_BACK, f"run {wanted[0].stem} is published again")
    publish.keep_run(settings, night.row())
    return wanted[0].stem


def _note_those_unknown_to(settings: Settings, file: Path) -> None:
    """Notes the runs that an earlier warehouse does not know of: history goes on from all."""
    known = {run["run_id"] for run in runs_in(file)}
    for other in publish.with_history(settings):
        with suppress(WarehouseError):  # a damaged one may be why somebody goes back
            for run in runs_in(other):
                if run["run_id"] not in known:
                    publish.keep_run(settings, run)


def runs_in(file: Path) -> list[dict[str, Any]]:
    """The runs that a warehouse knows of.

    Raises:
        WarehouseError: it cannot be read.
    """
    import duckdb

    from etl.engine.duckdb import read_only, rows

    try:
        with read_only(file) as connection:
            return rows(connection, "from audit.run")
    except duckdb.Error as error:
        raise WarehouseError(file, f"cannot be read: {error}") from error
