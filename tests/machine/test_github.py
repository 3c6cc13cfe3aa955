from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from etl.settings import ROOT, from_command_line

EXAMPLE = Path("docs", "examples", "rule")


def test_a_night_on_github_annotates_and_summarises(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    folders = ("--raw", EXAMPLE / "raw", "--models", EXAMPLE / "sql", "--warehouse", tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "etl.run", *map(str, folders)],
        cwd=ROOT,
        env={**os.environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    annotations = [line for line in lines if line.startswith("::error ")]
    assert len(annotations) == 1
    assert "file=docs/examples/rule/raw/figures/" in annotations[0]
    assert "### New: 1" in summary.read_text(encoding="utf-8")


def test_elsewhere_nothing_is_said_to_github() -> None:
    settings = from_command_line([], {"GITHUB_STEP_SUMMARY": "/tmp/summary"})  # noqa: S108
    assert (settings.on_github, settings.step_summary) == (False, None)
