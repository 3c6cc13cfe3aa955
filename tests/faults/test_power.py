from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.night.conftest import Folder

CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,link,unlink,close"
STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(not STRACE, reason="strace is not installed")


def recorded(folder: Folder, log: Path) -> list[tuple[str, str]]:
    """What a night does to its warehouse folder, in order: the call, and the names in it."""
    watch = [str(STRACE), "-f", "-qq", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", str(log)]
    night = [sys.executable, "-m", "etl.run", *folder.options]
    subprocess.run([*watch, *night], cwd=ROOT, check=True, capture_output=True, timeout=600)
    calls = re.findall(r"^\d+ +(\w+)\((.*)\) += \d", log.read_text(), re.MULTILINE)
    inside = f"{folder.warehouse}"
    return [(call, said.replace(inside, "W")) for call, said in calls if inside in said]


@pytest.fixture
def calls(changed: Folder, tmp_path: Path) -> list[tuple[str, str]]:
    return recorded(changed, tmp_path / "strace.log")


def places(calls: list[tuple[str, str]], call: str, *words: str) -> list[int]:
    return [
        n for n, (name, said) in enumerate(calls) if name == call and all(w in said for w in words)
    ]


@needs_strace
def test_what_is_renamed_is_on_the_disk_before_and_its_new_name_soon_after(
    calls: list[tuple[str, str]],
) -> None:
    renames = places(calls, "rename")
    named = {re.findall(r'[^"/]+(?=")', calls[place][1])[-1] for place in renames}
    assert named >= {"warehouse.duckdb", "state.json", "report.html", "report.json"}
    for place in renames:
        before, after = re.findall(r'"([^"]+)"', calls[place][1])
        written = [
            *places(calls, "write", f"<{before}>"),
            *places(calls, "pwrite64", f"<{before}>"),
        ]
        flushed = places(calls, "fsync", f"<{before}>")
        assert max(written, default=-1) < max(flushed) < place  # none: a file without a byte
        folder = after.rpartition("/")[0]
        assert min(n for n in places(calls, "fsync", f"<{folder}>") if n > place) <= place + 3


@needs_strace
def test_what_a_night_made_needless_goes_only_after_its_warehouse_is_on_the_disk(
    calls: list[tuple[str, str]],
) -> None:
    published = places(calls, "rename", "W/warehouse.duckdb")[0]
    on_disk = min(n for n in places(calls, "fsync", "<W>") if n > published)
    state = places(calls, "rename", "W/state.json")[0]
    report = places(calls, "rename", "report.html")[0]
    linked = places(calls, "link")[0]
    kept = min(n for n in places(calls, "fsync", "<W/history>") if n > linked)
    assert linked < kept < published < on_disk < report < state


@needs_strace
@pytest.mark.parametrize(("fault", "nth"), [("rename", 1), ("fsync", 2), ("pwrite64", 20)])
@pytest.mark.parametrize("what", ["error=ENOSPC", "signal=SIGKILL"])
def test_a_system_call_that_fails_or_kills_leaves_yesterday(
    changed: Folder, tmp_path: Path, fault: str, nth: int, what: str
) -> None:
    before = changed.file.read_bytes()
    inject = ["-e", f"trace={fault}", "-e", f"inject={fault}:{what}:when={nth}"]
    night = [sys.executable, "-m", "etl.run", *changed.options, "--threads", "1"]
    done = subprocess.run(
        [str(STRACE), "-f", "-qq", "-o", str(tmp_path / "log"), *inject, *night],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=600,
    )
    assert done.returncode == (2 if "error" in what else -9)
    assert "INJECTED" in (tmp_path / "log").read_text() or "SIGKILL" in what
    assert changed.file.read_bytes() == before
    assert changed.night() == 0
    assert changed.rows("select count(*) from marts.fct_reported_figure") == [(28,)]
    assert not list(changed.warehouse.glob(".building-*"))


@needs_strace
def test_a_night_opens_no_way_to_the_network(changed: Folder, tmp_path: Path) -> None:
    log = tmp_path / "log"
    watch = [str(STRACE), "-f", "-qq", "-e", "trace=socket,connect", "-o", str(log)]
    night = [sys.executable, "-m", "etl.run", *changed.options]
    subprocess.run([*watch, *night], cwd=ROOT, check=True, capture_output=True, timeout=600)
    assert "AF_INET" not in log.read_text()
