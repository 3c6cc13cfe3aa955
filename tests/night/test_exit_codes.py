from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etl.lock import lock
from etl.night import Night
from etl.settings import ROOT

if TYPE_CHECKING:
    from tests.night.conftest import Folder

FEW_ROWS: dict[str, Any] = {"few_rows": 0}
# Holds the lock until it is killed.
HOLDER = """
import sys, time
from pathlib import Path
from etl.lock import lock
from etl.night import Night
with lock(Path(sys.argv[1]), Night.begin()):
    print("held", flush=True)
    time.sleep(60)
"""
# Runs the night where no file may grow beyond so many bytes: a disk that fills up.
FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
del sys.argv[1]
from etl.run import main
main()
"""


def told(folder: Folder, run_id: str) -> dict[str, Any]:
    report = folder.warehouse / "reports" / run_id
    assert "<html" in (report / "report.html").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert content["run"]["run_id"] == run_id
    return content


def only_new_report(folder: Folder, first_night: Folder) -> dict[str, Any]:
    (run_id,) = folder.reports() - first_night.reports()
    return told(folder, run_id)


def noted(folder: Folder, run_id: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(
        (folder.warehouse / "runs" / f"{run_id}.json").read_text(encoding="utf-8")
    )
    return row


def test_a_night_that_publishes_returns_0_and_says_where_everything_is(folder: Folder) -> None:
    done = folder.run()
    assert done.returncode == 0, done.stderr
    (run_id,) = folder.reports()
    assert told(folder, run_id)["run"]["status"] == "published"
    for said in (run_id, str(folder.file), str(folder.warehouse / "reports" / run_id)):
        assert said in done.stdout
    assert folder.rows("select run_id, status, exit_code from audit.run") == [
        (run_id, "published", 0)
    ]
    assert folder.noted() == set()


def test_a_night_without_change_returns_0_and_says_since_when(folder: Folder) -> None:
    folder.night()
    (first,) = folder.reports()
    before = folder.file.read_bytes()
    done = folder.run()
    assert done.returncode == 0
    assert f"nothing has changed since run {first}" in done.stdout
    assert folder.reports() == {first}
    assert folder.file.read_bytes() == before
    (second,) = folder.noted()
    assert noted(folder, second) | {"status": "unchanged", "exit_code": 0} == noted(folder, second)


def test_a_night_without_change_is_folded_into_the_next_that_publishes(folder: Folder) -> None:
    assert [folder.night(), folder.night(), folder.night()] == [0, 0, 0]
    recorded = folder.noted()
    assert folder.night(force=True) == 0
    runs = folder.rows("select run_id, status, started_at, finished_at from audit.run order by all")
    assert [status for _, status, *_ in runs] == ["published", *["unchanged"] * 2, "published"]
    assert {run_id for run_id, status, *_ in runs if status == "unchanged"} == recorded
    assert all(started <= finished for *_, started, finished in runs)
    assert folder.noted() == set()


def make_values_wrong(folder: Folder) -> None:
    rows = folder.read("figures/lao.csv")
    folder.write("figures/lao.csv", [*({**row, "value": "many"} for row in rows[:3]), *rows[3:]])


REFUSALS: dict[str, tuple[Callable[[Folder], object], dict[str, Any], str]] = {
    "no folder of figures": (lambda f: shutil.rmtree(f.raw / "figures"), {}, "figures"),
    "no rows of figures": (
        lambda f: [
            path.write_text(path.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
            for path in (f.raw / "figures").iterdir()
        ],
        {},
        "figures",
    ),
    "every file of figures refused": (
        lambda f: [path.write_bytes(b"a,b\n1,2\n") for path in (f.raw / "figures").iterdir()],
        {},
        "figures",
    ),
    "no sources": (lambda f: shutil.rmtree(f.raw / "sources"), {}, "sources"),
    "too many rows held": (make_values_wrong, FEW_ROWS, "3 of 27"),
    "every row held": (
        lambda f: f.write(
            "sources/sources.csv",
            [{**row, "source_id": "other"} for row in f.read("sources/sources.csv")[:1]],
        ),
        {"few_rows": 1000},
        "27",
    ),
    "too many figures gone": (
        lambda f: (f.raw / "figures/lao.csv").unlink(),
        FEW_ROWS,
        "a fall of more than 20% (--max-fall-share); no longer there: `figures/lao.csv`",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refused_night_returns_1_and_tells_why(
    untouched: Folder, first_night: Folder, case: str
) -> None:
    damage, settings, reason = REFUSALS[case]
    damage(untouched)
    assert untouched.night(**settings) == 1
    report = only_new_report(untouched, first_night)
    assert report["run"]["status"] == "refused"
    assert reason in " ".join(report["refusals"])
    row = noted(untouched, report["run"]["run_id"])
    assert (row["status"], row["exit_code"]) == ("refused", 1)


def test_limits_of_the_gate_are_taken_from_the_command_line_and_the_environment(
    untouched: Folder,
) -> None:
    make_values_wrong(untouched)
    done = untouched.run("--few-rows", "0", env={"ETL_MAX_HELD_SHARE": "0.11"})
    assert done.returncode == 1
    assert "11%" in done.stdout
    assert untouched.night(dry_run=True, few_rows=0, max_held_share=3 / 27) == 0


def test_a_refused_night_is_forgotten_once_the_input_is_as_before(folder: Folder) -> None:
    folder.night()
    good = folder.read("figures/lao.csv")
    make_values_wrong(folder)
    assert folder.night(few_rows=0) == 1
    folder.write("figures/lao.csv", good)
    assert folder.night() == 0
    folder.night(force=True)
    statuses = folder.rows("select status, exit_code from audit.run order by run_id")
    assert statuses == [("published", 0), ("refused", 1), ("unchanged", 0), ("published", 0)]


BREAKS: dict[str, tuple[Callable[[Folder], dict[str, Any] | None], str]] = {
    "no raw folder": (lambda f: shutil.rmtree(f.raw), "raw"),
    "a model that raises": (
        lambda f: {"models": f.models(stg_attack__figures="-- One row.\nselect 1\nwhere oops > 0")},
        "stg_attack__figures.sql:3",
    ),
    "a model that does not parse": (
        lambda f: {"models": f.models(stg_attack__figures="-- One row.\nselect *\nfrom from")},
        "stg_attack__figures.sql:3",
    ),
    "a setting that the engine refuses": (lambda _: {"memory_limit": "plenty"}, "emory"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_night_that_breaks_returns_2_and_tells_why(
    untouched: Folder,
    first_night: Folder,
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("etl.plan.CACHE", tmp_path)
    damage, reason = BREAKS[case]
    settings = damage(untouched) or {}
    assert untouched.night(force=True, **settings) == 2
    report = only_new_report(untouched, first_night)
    assert report["run"]["status"] == "broke"
    assert reason in report["run"]["message"]
    row = noted(untouched, report["run"]["run_id"])
    assert (row["status"], row["exit_code"]) == ("broke", 2)


@pytest.mark.parametrize("limit", [4_000_000, 400_000, 1_500])
def test_a_disk_that_fills_up_breaks_the_night(yesterday: Folder, limit: int) -> None:
    before = yesterday.file.read_bytes()
    done = yesterday.python("-c", FULL_DISK, str(limit), *yesterday.options)
    assert done.returncode == 2, done.stderr
    assert yesterday.file.read_bytes() == before
    assert yesterday.night() == 0


def test_a_night_whose_record_cannot_be_written_returns_2(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("etl.report.write", fail)
    assert folder.night() == 2
    assert "no space left" in capsys.readouterr().err


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_warehouse_folder_that_cannot_be_written_returns_2(
    folder: Folder, tmp_path: Path, below: str
) -> None:
    (tmp_path / "occupied").touch()
    done = folder.run("--warehouse", str(tmp_path / "occupied" / below))
    assert done.returncode == 2
    assert str(tmp_path / "occupied") in done.stderr
    assert "Traceback" not in done.stderr


def test_an_argument_out_of_range_returns_2(folder: Folder) -> None:
    assert folder.run("--max-held-share", "2").returncode == 2


@contextmanager
def held(folder: Folder) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder.warehouse)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_run_beside_another_returns_3_and_says_who_that_is(
    untouched: Folder, first_night: Folder
) -> None:
    with held(untouched) as process:
        done = untouched.run()
        back = untouched.command("rollback")
    assert done.returncode == back.returncode == 3
    for said in (f"process {process.pid}", socket.gethostname(), "since 20"):
        assert said in done.stderr
        assert said in back.stderr
    assert untouched.reports() == first_night.reports()
    assert untouched.noted() == set()


def test_a_lock_whose_holder_says_nothing_still_returns_3(
    untouched: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock(untouched.warehouse, Night.begin()):
        (untouched.warehouse / ".holder.json").write_text("{")
        assert untouched.night() == 3
    assert str(untouched.warehouse) in capsys.readouterr().err


def test_a_lock_of_a_dead_process_does_not_block(yesterday: Folder) -> None:
    with held(yesterday) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (yesterday.warehouse / ".holder.json").exists()
    assert yesterday.night() == 0
    assert not (yesterday.warehouse / ".holder.json").exists()
