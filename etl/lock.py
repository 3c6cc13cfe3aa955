"""One run at a time in a warehouse folder, and word of a run that died in it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from etl.disk import not_for_all_to_write
from etl.errors import LockHeld, WarehouseError
from etl.night import Night, Status


@contextmanager
def lock(folder: Path, night: Night) -> Iterator[Night | None]:
    """Holds the warehouse for one run; the system lets go of it when the process dies.

    Yields:
        The run before, where it died without letting go: killed, or the machine went down.

    Raises:
        LockHeld: another run is at work.
        WarehouseError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / ".holder.json"
    with not_for_all_to_write():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held = FileLock(folder / ".lock", timeout=0)
            held.acquire()
        except Timeout as error:
            raise LockHeld(folder, _named(_read(holder))) from error
        except OSError as error:
            raise WarehouseError(folder, f"cannot be written: {error.strerror}") from error
        try:
            died = _died(_read(holder))
            who = {"run_id": night.run_id, "pid": os.getpid(), "host": socket.gethostname()}
            holder.write_text(json.dumps({**who, "since": night.started_at.isoformat()}))
            yield died
        finally:
            holder.unlink(missing_ok=True)
            held.release()


def _read(holder: Path) -> dict[str, Any]:
    """What a run wrote about itself; nothing where that is not all there."""
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        datetime.fromisoformat(who["since"])
        return {name: who[name] for name in ("run_id", "pid", "host", "since")}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _named(who: dict[str, Any]) -> str:
    if not who:
        return "it has not said who it is"
    return f"run {who['run_id']}, process {who['pid']} on {who['host']}, since {who['since']}"


def _died(who: dict[str, Any]) -> Night | None:
    if not who:
        return None
    night = Night(str(who["run_id"]), datetime.fromisoformat(who["since"]), status=Status.BROKE)
    night.message = (
        f"it ended without a word: process {who['pid']} on {who['host']} was killed, or the machine"
        " went down"
    )
    return night
