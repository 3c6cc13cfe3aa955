"""Publishing: built beside, put in place by a rename, history kept.

What lies in the warehouse folder:

    warehouse.duckdb            the published warehouse
    history/<run>.duckdb        the last good ones, the published one among them
    .building-<run>.duckdb      a night at work; one that is left over is swept by the next run
    state.json                  what the published warehouse was made of
    runs/<run>.json             runs that the published warehouse does not know of yet
    reports/<run>/              the report of every run
    .lock, .holder.json         held while a run works, and by whom (`etl.lock`)
    unreadable-<run>.duckdb     a published warehouse that was found damaged; never removed

A rename is the only step that a reader can see, so a run that dies anywhere leaves yesterday's file
as it was. `state.json` names the file that it speaks of (size and time): where it does not fit,
because a run died between the two or somebody rolled back, the next night does the work again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

from etl.disk import link, put_whole, sync
from etl.errors import InputError
from etl.fingerprint import CODE, contents_of
from etl.night import RUN_ID

if TYPE_CHECKING:
    from etl.extract.outcome import InputFile
    from etl.night import Night
    from etl.settings import Settings

_TICK_NS = 2_000_000_000  # of the coarsest clock of files still in use (FAT)


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
    """What lies in the raw folder, and the words that it takes from the program.

    Raises:
        InputError: there is no such folder, or it cannot be listed.
    """
    from etl.extract.survey import survey, vocabulary

    if not settings.raw.is_dir():
        raise InputError(settings.raw, "there is no such folder; --raw names another")
    files = survey(settings.raw)
    return files + vocabulary(settings.raw, files, settings.vocabulary)


def described(
    settings: Settings, files: Sequence[InputFile], known: Mapping[str, Any]
) -> dict[str, Any]:
    """What a night would be made of: code, settings, and every input file by its content.

    A file whose directory entry is as known is not read again.
    """
    before = {entry["name"]: entry for entry in known.get("files", ())}
    entries = [_entry(file, before.get(file.name, {})) for file in files]
    code = [file for kind in ("py", "j2", "css", "js") for file in CODE.rglob(f"*.{kind}")]
    models = [file for folder in settings.models for file in folder.glob("*/*.sql")]
    return {
        "code": contents_of(sorted(code) + sorted(models)),
        "settings": settings.shaping_the_result(),
        "files": entries,
    }


def _entry(file: InputFile, last: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": file.name, "size": file.size, "mtime_ns": file.mtime_ns}
    if file.refusal:
        return entry | {"sha256": file.refusal}
    from etl.extract.source import fingerprint

    try:
        entry |= _times(file.path)
        # a change within one tick of the clock leaves all of this as it was
        entry["is_settled"] = max(entry["mtime_ns"], entry["ctime_ns"]) < time_ns() - _TICK_NS
        if entry["is_settled"] and {**last, **entry} == last:
            return dict(last)
        return entry | {"sha256": fingerprint(file.path)}
    except OSError as error:
        return entry | {"sha256": str(error)}


def _times(file: Path) -> dict[str, int]:
    """What changes with a file whose size and time of change somebody has kept."""
    try:
        found = file.stat()
    except OSError:  # it is gone, or its folder is shut
        return {"ctime_ns": 0, "inode": 0}
    return {"ctime_ns": found.st_ctime_ns, "inode": found.st_ino}


def known_state(settings: Settings) -> dict[str, Any]:
    """What the published warehouse was made of; empty where that is not known for certain.

    A log beside the file means that somebody has written into it, or that it cannot be opened.
    """
    try:
        state = json.loads((settings.warehouse / "state.json").read_text(encoding="utf-8"))
        is_of_the_file = state["warehouse"] == identity(settings.file)
        is_whole = all({"name", "sha256"} <= entry.keys() for entry in state["files"])
        is_whole = is_whole and {"run_id", "code", "settings"} <= state.keys()
        if is_of_the_file and is_whole and not _log(settings.file).exists():
            return dict(state)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # a state that another version of the program wrote, or somebody's hand
    return {}


def last_told(settings: Settings) -> str:
    """The run that last came to its end, with its report; empty where that is not known.

    A later one that published and died before its report has told nobody anything.
    """
    try:
        return str(json.loads((settings.warehouse / "state.json").read_text("utf-8"))["run_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


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
    link(built, history / f"{night.run_id}.duckdb")
    put_in_place(settings, built)


def complete(settings: Settings, night: Night) -> None:
    """Clears away what a published night has made needless, and notes what it was made of.

    The last step: a night that dies before it is done again by the next, with its report.
    """
    for note, _ in kept_runs(settings):
        note.unlink()
    for old in good_files(settings)[settings.keep_files :]:
        old.unlink()
    sync(settings.warehouse / "reports")
    remember(settings, night.run_id, _as_taken(settings, night))


def _as_taken(settings: Settings, night: Night) -> dict[str, Any]:
    """What the night was made of; a file refused for what may have passed will be tried again."""
    refused = {entry["file"]: entry for entry in night.inputs if entry["status"] == "refused"}

    def taken(entry: dict[str, Any]) -> dict[str, Any]:
        outcome = refused.get(entry["name"])
        if outcome is None or outcome["message"] == entry["sha256"]:
            return entry
        is_as_read = _times(settings.raw / entry["name"]).items() <= entry.items()
        if is_as_read and outcome["sha256"] == entry["sha256"]:
            return entry  # it is what it contains that is refused
        return entry | {"sha256": "refused", "is_settled": False}

    return night.made_of | {"files": [*map(taken, night.made_of["files"])]}


def remember(settings: Settings, run_id: str, made_of: Mapping[str, Any]) -> None:
    """Notes which run published the warehouse, and what it was made of."""
    state = {**made_of, "run_id": run_id, "warehouse": identity(settings.file)}
    write_whole(settings, settings.warehouse / "state.json", json.dumps(state, indent=1))


def with_history(settings: Settings) -> list[Path]:
    """Warehouses that the history of runs can be taken from, the best first."""
    return [file for file in (settings.file, *good_files(settings)) if file.exists()]


def last_run(folder: Path) -> str:
    """The latest run that a warehouse folder tells of; empty for none."""
    found = (
        file.stem for name in ("history/*.duckdb", "runs/*.json") for file in folder.glob(name)
    )
    return max(filter(RUN_ID.fullmatch, found), default="")


def good_files(settings: Settings) -> list[Path]:
    """The warehouses kept for rollback, newest first."""
    return sorted((settings.warehouse / "history").glob("*.duckdb"), reverse=True)


def set_aside(settings: Settings, night: Night) -> Path:
    """Gives a warehouse that cannot be read another name, and its log; they are never deleted."""
    aside = settings.warehouse / f"unreadable-{night.run_id}.duckdb"
    with suppress(FileNotFoundError):
        _log(settings.file).replace(_log(aside))
    try:
        link(settings.file, aside)
    except OSError:  # no links here, and not to be copied either
        settings.file.replace(aside)
    return aside


def keep_run(settings: Settings, run: Mapping[str, Any]) -> None:
    """Notes a run for `audit.run` of the next one that publishes."""
    runs = settings.warehouse / "runs"
    runs.mkdir(exist_ok=True)
    text = json.dumps(run, default=str, indent=1)
    write_whole(settings, runs / f"{run['run_id']}.json", text)


def note_death(settings: Settings, died: Night, night: Night) -> None:
    """Notes a run that died before it could say how it ended, and has tonight tell of it.

    Only after `sweep`: what a run that published nothing has left in the history is gone by then.
    """
    note = settings.warehouse / "runs" / f"{died.run_id}.json"
    published = {file.stem for file in good_files(settings)}
    if note.exists() or died.run_id in published:
        return
    keep_run(settings, died.row())
    night.warnings.append(f"of run {died.run_id} is known only that {died.message}")


def kept_runs(settings: Settings) -> list[tuple[Path, dict[str, Any]]]:
    """The runs noted by `keep_run`, oldest first."""
    found = []
    for file in sorted((settings.warehouse / "runs").glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            run = json.loads(file.read_text(encoding="utf-8"))
            datetime.fromisoformat(run["started_at"])
            found.append((file, dict(run)))
    return found


def write_whole(settings: Settings, file: Path, text: str | Iterable[str]) -> None:
    """Writes a file below the warehouse folder so that it is there whole or not at all."""
    put_whole(file, text, settings.warehouse / f".building-{file.name}")


def put_in_place(settings: Settings, whole: Path) -> None:
    """Renames a file over the warehouse.

    A log that somebody who wrote into the published file has left would keep the new one from
    being opened.
    """
    _log(settings.file).unlink(missing_ok=True)
    whole.replace(settings.file)
    sync(settings.warehouse)


def _log(file: Path) -> Path:
    """The log that DuckDB keeps beside a file that somebody writes into."""
    return file.with_name(f"{file.name}.wal")


def identity(file: Path) -> list[int]:
    """What tells a published file from another one."""
    found = file.stat()
    return [found.st_size, found.st_mtime_ns]  # the same in a copy, where there are no links
