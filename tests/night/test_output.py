from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from tests.night.conftest import Folder

HEAVY = ("duckdb", "pandas", "pandera", "sqlglot", "pyarrow", "great_expectations", "rich", "typer")
# Ends a run as the program would, and says which of these it had imported by then.
IMPORTED = f"""
import sys
from etl.run import main
try:
    main()
finally:
    print("imported", [name for name in {HEAVY} if name in sys.modules])
"""
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
HOSTILE = "\x1b[31mred\x1b]0;title\x07\u202e\x9b2J"


def test_lines_are_plain_where_no_terminal_reads_them(folder: Folder) -> None:
    done = folder.run(env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert done.returncode == 0
    assert not CONTROL.search(done.stdout + done.stderr)
    for said in ("27", "subtotals_do_not_exceed_total", "fail", "341"):
        assert said in done.stdout


def on_a_terminal(folder: Folder, **env: str) -> str:
    """What a terminal is sent by a night that reads many files."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "etl.run", *folder.options],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", **env},
        stdout=theirs,
    ) as process:
        os.close(theirs)
        sent = b""
        try:
            while chunk := os.read(ours, 65536):
                sent += chunk
        except OSError:  # how Linux says that the other end is closed
            os.close(ours)
    assert process.returncode == 0
    return sent.decode()


def test_a_terminal_is_sent_progress_and_no_colour_where_none_is_wanted(folder: Folder) -> None:
    folder.put("other/[/nonsense].csv", "a\n1\n")  # as markup this would be an error
    folder.put("other/\x1b]0;title\x07.csv", "a\n2\n")
    sent = on_a_terminal(folder, NO_COLOR="1")
    assert "\x1b[?25l" in sent  # the cursor is hidden while a spinner turns
    assert not re.search(r"\x1b\[(3|4|9|10)\d", sent)
    assert "\x1b]0" not in sent
    assert "[/nonsense].csv" in sent


def test_a_dumb_terminal_is_sent_lines_only(folder: Folder) -> None:
    assert "\x1b" not in on_a_terminal(folder, TERM="dumb")


@pytest.mark.parametrize("arguments", [(), ("--few-rows", "0", "--max-fall-share", "0")])
def test_json_logs_are_one_object_a_line(yesterday: Folder, arguments: tuple[str, ...]) -> None:
    rows = yesterday.read("figures/lao.csv")
    yesterday.write("figures/lao.csv", rows[:-1])
    done = yesterday.run("--log-json", *arguments)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(event["event"] and event["timestamp"] for event in events)
    stages = [event["stage"] for event in events if event["event"] == "stage"]
    assert stages[:2] == ["plan", "load"]
    assert events[-1]["event"] == "night"
    assert events[-1]["exit_code"] == done.returncode == (1 if arguments else 0)
    assert events[-1]["figures_published"] == 26


def test_json_logs_tell_of_what_breaks_and_what_was_not_done(folder: Folder) -> None:
    broke = folder.run("--raw", str(folder.raw / "none"), env={"ETL_LOG_JSON": "1"})
    assert broke.returncode == 2
    (event,) = [json.loads(line) for line in broke.stdout.splitlines()]
    assert event["status"] == "broke"
    assert str(folder.raw / "none") in event["message"]
    occupied = folder.put("occupied", "")
    refused = folder.run("--warehouse", str(occupied), "--log-json")
    assert refused.returncode == 2
    (event,) = [json.loads(line) for line in refused.stdout.splitlines()]
    assert str(occupied) in event["message"]


def test_help_imports_nothing_heavy(folder: Folder) -> None:
    done = folder.python("-m", "etl.run", "--help")
    assert done.returncode == 0
    for option in ("--raw", "--warehouse", "--dry-run", "--force", "--models", "--log-json"):
        assert option in done.stdout
    assert folder.python("-c", IMPORTED, "--help").stdout.endswith("imported []\n")


def test_the_other_commands_are_listed(folder: Folder) -> None:
    done = folder.python("-m", "etl", "--help")
    assert done.returncode == 0
    for command in ("history", "rollback", "docs", "etl.run"):
        assert command in done.stdout


def test_a_night_without_change_imports_nothing_heavy(folder: Folder) -> None:
    assert folder.night() == 0
    done = folder.python("-c", IMPORTED, *folder.options)
    assert "UNCHANGED" in done.stdout
    assert done.stdout.endswith("imported []\n")


def test_the_plan_is_not_worked_out_twice(folder: Folder, first_night: Folder) -> None:
    assert first_night.file.exists()  # so the plan is kept by now
    done = folder.python("-c", IMPORTED, *folder.options)
    assert "PUBLISHED" in done.stdout
    assert "'duckdb'" in done.stdout.splitlines()[-1]
    assert "pandera" not in done.stdout.splitlines()[-1]


def test_control_characters_never_reach_the_terminal(folder: Folder) -> None:
    folder.put(f"figures/{HOSTILE}.csv", "a,b\n1,2\n")
    folder.change("figures/lao.csv", 9, value=HOSTILE, figure_id=HOSTILE)
    folder.change("sources/sources.csv", 2, published_date=HOSTILE)
    done = folder.run()
    assert done.returncode == 0, done.stderr
    assert not CONTROL.search(done.stdout + done.stderr)
    assert "red" in done.stdout


def test_control_characters_in_an_error_never_reach_the_terminal(
    folder: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("etl.plan.CACHE", tmp_path)
    folder.put("hostile/a.csv", f"word\n{HOSTILE}\n")
    geography = (
        "-- One row.\nselect cast(cast(word as int) as varchar) as geography, word as label,"
    )
    sql = f"{geography} word as description, file, row_number from raw.hostile"
    assert folder.night(models=folder.models(stg_hostile__geographies=sql)) == 2
    night, history = capsys.readouterr(), folder.command("history")
    for said in (night.out, history.stdout):
        assert "[31mred" in said
    assert not CONTROL.search(night.out + night.err + history.stdout + history.stderr)


def test_an_output_that_cannot_show_every_character_is_no_failure(folder: Folder) -> None:
    folder.put("figures/ភ្នំពេញ.csv", "a,b\n1,2\n")
    done = folder.run(env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr
    assert re.search(r"figures/[?]+\.csv", done.stdout)


def test_a_reader_of_the_output_that_goes_away_is_no_failure(folder: Folder) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [sys.executable, "-m", "etl.run", *folder.options],
        cwd=ROOT,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert folder.file.exists()


def test_a_log_on_a_full_disk_is_no_failure_of_the_night(folder: Folder) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "etl.run", *folder.options],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert folder.file.exists()
