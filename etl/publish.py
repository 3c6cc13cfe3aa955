"""Publishing: one run at a time, built beside, put in place by a rename, history kept.

What lies in the warehouse folder:

    warehouse.duckdb            the published warehouse
    history/<run>.duckdb        the last good ones, the published one among them
    .building-<run>.duckdb      a night at work; one that is left over is swept by the next run
    state.json                  what the published warehouse was made of
    runs/<run>.json             runs that published nothing, until the next one that does
    reports/<run>/              the report of every run
    .lock, .holder.json         held while a run works, and by whom

A rename is the only step that a reader can see, so a run that dies anywhere leaves yesterday's file
as it was. `state.json` names the file that it speaks of (size and time): where it does not fit,
because a run died between the two or somebody rolled back, the next night does the work again.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import InputError, LockHeld, WarehouseError
from etl.fingerprint import CODE, contents_of

if TYPE_CHECKING:
    from etl.extract.outcome import InputFile
    from etl.night import Night
    from etl.settings import Settings


@contextmanager
def lock(folder: Path, night: Night) -> Iterator[None]:
    """Holds the warehouse for one run; the system lets go of it when the process dies.

    Raises:
        LockHeld: another run is at work.
        WarehouseError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / ".holder.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / ".lock", timeout=0)
        held.acquire()
    except Timeout as error:
        raise LockHeld(folder, _holder(holder)) from error
    except OSError as error:
        raise WarehouseError(folder, f"cannot be written: {error.strerror}") from error
    try:
        who = {"run_id": night.run_id, "pid": os.getpid(), "host": socket.gethostname()}
        holder.write_text(json.dumps({**who, "since": night.started_at.isoformat()}))
        yield
    finally:
        holder.unlink(missing_ok=True)
        held.release()


def _holder(file: Path) -> str:
    try:
        who = json.loads(file.read_text(encoding="utf-8"))
        return f"run {who['run_id']}, process {who['pid']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError):
        return "it has not said who it is"


def sweep(folder: Path) -> None:
    """Removes what a run that died has left. Only under the lock."""
    for left_over in folder.glob(".building-*"):
        if left_over.is_dir():
            shutil.rmtree(left_over)
        else:
            # a run that died before its rename published nothing that could be gone back to
            kept = folder / "history" / left_over.name.removeprefix(".building-")
            kept.unlink(missing_ok=True)
            left_over.unlink()


def building(settings: Settings, night: Night) -> Path:
    """The file that a night is built in."""
    return settings.warehouse / f".building-{night.run_id}.duckdb"


def input_files(settings: Settings) -> tuple[InputFile, ...]:
    """What lies in the raw folder.

    Raises:
        InputError: there is no such folder, or it cannot be listed.
    """
    from etl.extract.survey import survey

    if not settings.raw.is_dir():
        raise InputError(settings.raw, "there is no such folder; --raw names another")
    return survey(settings.raw)


def described(
    settings: Settings, files: Sequence[InputFile], known: Mapping[str, Any]
) -> dict[str, Any]:
    """What a night would be made of: code, settings, and every input file by its content.

    A file whose size and time are as known is not read again.
    """
    from etl.extract.source import fingerprint

    before = {entry["name"]: entry for entry in known.get("files", ())}
    entries = []
    for file in files:
        entry = {"name": file.name, "size": file.size, "mtime_ns": file.mtime_ns}
        last = before.get(file.name, {})
        if file.refusal:
            entry["sha256"] = file.refusal
        elif {**last, **entry} == last:
            entry["sha256"] = last["sha256"]
        else:
            try:
                entry["sha256"] = fingerprint(file.path)
            except OSError as error:
                entry["sha256"] = str(error)
        entries.append(entry)
    code = [file for kind in ("py", "j2", "css", "js") for file in CODE.rglob(f"*.{kind}")]
    models = [file for folder in settings.models for file in folder.glob("*/*.sql")]
    return {
        "code": contents_of(sorted(code) + sorted(models)),
        "settings": settings.shaping_the_result(),
        "files": entries,
    }


def known_state(settings: Settings) -> dict[str, Any]:
    """What the published warehouse was made of; empty where that is not known for certain."""
    try:
        state = json.loads((settings.warehouse / "state.json").read_text(encoding="utf-8"))
        if state["warehouse"] == _identity(settings.file):
            return dict(state)
    except (OSError, ValueError, KeyError):
        pass
    return {}


def is_current(known: Mapping[str, Any], made_of: Mapping[str, Any]) -> bool:
    """Whether a night made of this would publish what is published already."""

    def content(state: Mapping[str, Any]) -> Any:
        files = [(entry["name"], entry["sha256"]) for entry in state["files"]]
        return state["code"], state["settings"], files

    return bool(known) and content(known) == content(made_of)


def swap(settings: Settings, night: Night) -> None:
    """Puts the finished building file in place of the warehouse, and keeps it for rollback."""
    history = settings.warehouse / "history"
    history.mkdir(exist_ok=True)
    built = building(settings, night)
    _link(built, history / f"{night.run_id}.duckdb")
    _put_in_place(settings, built)


def complete(settings: Settings, night: Night) -> None:
    """Clears away what a published night has made needless, and notes what it was made of.

    The last step: a night that dies before it is done again by the next, with its report.
    """
    for note, _ in kept_runs(settings):
        note.unlink()
    for old in good_files(settings)[settings.keep_files :]:
        old.unlink()
    remember(settings, night.run_id, night.made_of)


def remember(settings: Settings, run_id: str, made_of: Mapping[str, Any]) -> None:
    """Notes which run published the warehouse, and what it was made of."""
    state = {**made_of, "run_id": run_id, "warehouse": _identity(settings.file)}
    write_whole(settings, settings.warehouse / "state.json", json.dumps(state, indent=1))


def good_files(settings: Settings) -> list[Path]:
    """The warehouses kept for rollback, newest first."""
    return sorted((settings.warehouse / "history").glob("*.duckdb"), reverse=True)


def published_run(settings: Settings) -> str | None:
    """The run whose warehouse is published, as far as the kept files tell."""
    if not settings.file.exists():
        return None
    identity = _identity(settings.file)
    return next((file.stem for file in good_files(settings) if _identity(file) == identity), None)


def roll_back(settings: Settings, run_id: str | None) -> str:
    """Publishes an earlier warehouse again; the next night builds anew. Only under the lock.

    Args:
        settings: whose warehouse.
        run_id: the run to go back to; the one before the published one if None.

    Returns:
        The run that is published now.

    Raises:
        WarehouseError: there is no such run.
    """
    kept = good_files(settings)
    names = [file.stem for file in kept]
    published = published_run(settings)
    earlier = names[names.index(published) + 1 :] if published else names
    wanted = [file for file in kept if file.stem == (run_id or next(iter(earlier), None))]
    if not wanted:
        asked = run_id or "run before the published one"
        raise WarehouseError(
            settings.warehouse / "history", f"has no {asked}; it has {', '.join(names) or 'none'}"
        )
    beside = settings.warehouse / f".building-rollback-{wanted[0].stem}.duckdb"
    _link(wanted[0], beside)
    _put_in_place(settings, beside)
    return wanted[0].stem


def set_aside(settings: Settings, night: Night) -> Path:
    """Moves a warehouse that cannot be read out of the way; it is never deleted."""
    aside = settings.warehouse / f"unreadable-{night.run_id}.duckdb"
    settings.file.replace(aside)
    return aside


def keep_run(settings: Settings, night: Night) -> None:
    """Notes a run that published nothing, for `audit.run` of the next that does."""
    runs = settings.warehouse / "runs"
    with suppress(FileExistsError):
        runs.mkdir()
    text = json.dumps(night.row(), default=str, indent=1)
    write_whole(settings, runs / f"{night.run_id}.json", text)


def kept_runs(settings: Settings) -> list[tuple[Path, dict[str, Any]]]:
    """The runs noted by `keep_run`, oldest first."""
    found = []
    for file in sorted((settings.warehouse / "runs").glob("*.json")):
        with suppress(OSError, ValueError):
            found.append((file, json.loads(file.read_text(encoding="utf-8"))))
    return found


def write_whole(settings: Settings, file: Path, text: str | Iterable[str]) -> None:
    """Writes a file below the warehouse folder so that it is there whole or not at all."""
    beside = settings.warehouse / f".building-{file.name}"
    with beside.open("w", encoding="utf-8") as stream:
        stream.writelines([text] if isinstance(text, str) else text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def _put_in_place(settings: Settings, whole: Path) -> None:
    """Renames a file over the warehouse.

    A log that somebody who wrote into the published file has left would keep the new one from
    being opened.
    """
    from etl.engine.duckdb import sync

    settings.file.with_name(f"{settings.file.name}.wal").unlink(missing_ok=True)
    whole.replace(settings.file)
    sync(settings.warehouse)


def _identity(file: Path) -> list[int]:
    found = file.stat()
    return [found.st_size, found.st_mtime_ns]  # the same in a copy, where there are no links


def _link(existing: Path, name: Path) -> None:
    """A second name for a file; a copy where the file system has no links."""
    name.unlink(missing_ok=True)
    try:
        os.link(existing, name)
    except OSError:
        shutil.copy2(existing, name)
