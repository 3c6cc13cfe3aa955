from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.settings import ROOT

Asked = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ask() -> Asked:
    def run(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "etl", "explain", "--warehouse", str(warehouse), *arguments],
            cwd=ROOT,
            env={**os.environ, "FORCE_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


def test_command_tells_in_plain_text_where_no_terminal_reads_it(
    ask: Asked, warehouse: Path
) -> None:
    done = ask(warehouse, "kt-106902")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Police crack down on over 150 cases in 2017\n")
    assert "data/raw/sources/sources.csv, row 37" in done.stdout
    assert "\x1b" not in done.stdout


def test_command_tells_in_json(ask: Asked, warehouse: Path) -> None:
    done = ask(warehouse, "ettoday-20260112.c02", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["claim"]["claims"][0]["slip"] == "change_divided_by_new_value"
    assert told["run"]["run_id"]


def test_unknown_identifier_ends_in_2_and_names_the_nearest(ask: Asked, warehouse: Path) -> None:
    done = ask(warehouse, "kt-10690")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nothing is known as 'kt-10690'; nearest to it:\n    kt-106902\n")


def test_unknown_identifier_is_said_without_what_a_terminal_obeys(
    ask: Asked, warehouse: Path
) -> None:
    done = ask(warehouse, "--", "-\x1b[31m\x07")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_warehouse_the_command_says_what_to_run(ask: Asked, tmp_path: Path) -> None:
    done = ask(tmp_path, "kt-106902")
    assert done.returncode == 2
    assert "run `python -m etl.run`" in done.stderr
    assert not list(tmp_path.iterdir())


def test_files_are_named_in_the_folder_that_the_warehouse_was_made_of(
    ask: Asked, marred_warehouse: Path
) -> None:
    done = ask(marred_warehouse, "marred-page")
    written = done.stdout.replace("\n" + " " * 18, "")
    assert f"{marred_warehouse.parent}/raw/sources/sources.csv, row 196" in written
