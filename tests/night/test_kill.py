from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from benchmarks.two_pages import LEFT_ON_PURPOSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.night.conftest import Folder

# Runs the night and kills it before or after the n-th call of one of its functions.
KILLER = """
import importlib, os, signal, sys

place, when, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
del sys.argv[1:4]
module, _, path = place.partition(":")
owner = importlib.import_module(module)
*outer, name = path.split(".")
for part in outer:
    owner = getattr(owner, part)
original = getattr(owner, name)
calls = 0

def fatal(*arguments, **named):
    global calls
    calls += 1
    if calls == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments, **named)
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, fatal)
from etl.run import main
main()
"""
# A file system without links, and a kill in the middle of the copy that takes their place.
COPY_CUT_SHORT = """
import os, shutil, signal
from pathlib import Path

def no_link(*_):
    raise OSError("no links here")

def half_a_copy(existing, name):
    Path(name).write_bytes(Path(existing).read_bytes()[:100_000])
    os.kill(os.getpid(), signal.SIGKILL)

os.link, shutil.copy2 = no_link, half_a_copy
from etl.run import main
main()
"""
MID_MODELS = ("etl.build:Build.model", "after", 20)
BEFORE_THE_RENAME = [
    ("etl.plan:prepare", "after", 1),
    ("etl.engine.duckdb:create", "after", 1),
    ("etl.audit:carry_over", "after", 1),
    ("etl.extract.load:_load_file", "after", 3),
    ("etl.build:Build.load", "after", 1),
    MID_MODELS,
    ("etl.quarantine:hold", "before", 3),
    ("etl.findings:remember", "after", 1),
    ("etl.gate:refusals", "before", 1),
    ("etl.audit:describe", "after", 1),
    ("etl.engine.duckdb:finish", "after", 1),
    ("os:link", "after", 1),
    ("pathlib:Path.replace", "before", 1),
]
AFTER_THE_RENAME = [
    ("pathlib:Path.replace", "after", 1),
    ("etl.publish:swap", "after", 1),
    ("etl.publish:complete", "before", 1),
    ("etl.report.page:render", "before", 1),
    ("etl.publish:remember", "before", 1),
    ("etl.publish:remember", "after", 1),
    ("etl.console:Console.summary", "before", 1),
]


@pytest.fixture(scope="module")
def since(new_folder: Callable[[], Folder], first_night: Folder) -> Folder:
    """Yesterday's warehouse and a run since that published nothing."""
    made = first_night.linked(new_folder())
    assert made.night(raw=first_night.raw, dry_run=True) == 0
    return made


@pytest.fixture
def tonight(since: Folder, folder: Folder) -> Folder:
    rows = folder.read("figures/lao.csv")
    more = {"figure_id": "more", "period_end": "2024-12-31"}
    folder.write("figures/lao.csv", [*rows, rows[-1] | more])
    return since.linked(folder)


def kill(folder: Folder, place: str, when: str, nth: int) -> None:
    done = folder.python("-c", KILLER, place, when, str(nth), *folder.options)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def note_of(folder: Folder, run_id: str) -> str:
    return (folder.warehouse / "runs" / f"{run_id}.json").read_text(encoding="utf-8")


def assert_whole(folder: Folder) -> None:
    left = [str(path.relative_to(folder.warehouse)) for path in folder.warehouse.rglob("*")]
    assert [name for name in left if not LEFT_ON_PURPOSE.fullmatch(name)] == []
    assert folder.rows("select count(*) from marts.fct_reported_figure") == [(28,)]
    run_ids = [run_id for (run_id,) in folder.rows("select run_id from audit.run order by all")]
    assert len(run_ids) == len(set(run_ids))
    assert {"dry run", "published"} <= {s for (s,) in folder.rows("select status from audit.run")}
    published = folder.rows("select run_id from audit.run where status = 'published' order by all")
    good = sorted(path.stem for path in (folder.warehouse / "history").iterdir())
    assert [(run_id,) for run_id in good] == published
    assert folder.file.samefile(folder.warehouse / "history" / f"{good[-1]}.duckdb")


@pytest.mark.parametrize(("place", "when", "nth"), BEFORE_THE_RENAME)
def test_killed_before_the_rename_leaves_yesterday_and_the_next_night_mends_it(
    tonight: Folder, place: str, when: str, nth: int
) -> None:
    before = tonight.file.read_bytes()
    kill(tonight, place, when, nth)
    assert tonight.file.read_bytes() == before
    assert tonight.night() == 0
    assert_whole(tonight)


@pytest.mark.parametrize(("place", "when", "nth"), AFTER_THE_RENAME)
def test_killed_after_the_rename_leaves_tonight_and_the_next_night_completes_it(
    tonight: Folder, place: str, when: str, nth: int
) -> None:
    before = tonight.file.read_bytes()
    kill(tonight, place, when, nth)
    assert tonight.file.read_bytes() != before
    assert tonight.rows("select count(*) from marts.fct_reported_figure") == [(28,)]
    assert not (tonight.warehouse / "warehouse.duckdb.wal").exists()
    assert tonight.night() == 0
    assert "broke" not in {status for (status,) in tonight.rows("select status from audit.run")}
    assert not [note for note in tonight.noted() if '"broke"' in note_of(tonight, note)]
    run_id = json.loads((tonight.warehouse / "state.json").read_text())["run_id"]
    assert (tonight.warehouse / "reports" / run_id / "report.html").exists()
    assert_whole(tonight)


@pytest.mark.parametrize("place", [MID_MODELS, BEFORE_THE_RENAME[-1]])
def test_a_first_night_killed_leaves_no_warehouse_and_the_next_begins_anew(
    folder: Folder, place: tuple[str, str, int]
) -> None:
    kill(folder, *place)
    assert not folder.file.exists()
    assert folder.night() == 0
    told = folder.rows("select status from audit.run order by run_id")
    assert told == [("broke",), ("published",)]
    assert len(list((folder.warehouse / "history").iterdir())) == 1


def test_half_a_copy_for_rollback_is_not_taken_for_a_warehouse(tonight: Folder) -> None:
    before = tonight.file.read_bytes()
    done = tonight.python("-c", COPY_CUT_SHORT, *tonight.options)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    assert tonight.file.read_bytes() == before
    assert tonight.night() == 0
    assert_whole(tonight)
