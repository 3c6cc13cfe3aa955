"""What deploy/ holds can be read by the programs that it is for, and names settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from etl.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
FILES = sorted(file for file in DEPLOY.iterdir() if file.is_file())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for file in DEPLOY.glob("reported-figures.*"):
        if file.suffix in (".service", ".timer"):
            # the program lies elsewhere on this machine
            text = file.read_text().replace("/srv/figures/.venv/bin/python", sys.executable)
            (tmp_path / file.name).write_text(text)
    command = ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_workflow_runs_the_night_on_a_schedule() -> None:
    workflow = yaml.safe_load((DEPLOY / "github-workflow.yml").read_text())
    assert workflow[True]["schedule"]  # YAML takes the key `on` for true
    steps = workflow["jobs"]["night"]["steps"]
    assert any("-m etl.run" in step.get("run", "") for step in steps)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_every_setting_and_module_named_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    known = {f"ETL_{name.upper()}" for name in vars(Settings())}
    assert set(re.findall(r"\bETL_[A-Z_]+", text)) <= known
    assert set(re.findall(r"-m (etl[\w.]*)", text)) <= {"etl", "etl.run"}


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_every_piece_is_explained(file: Path) -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = file.name.removesuffix(".dockerignore")
    assert f"deploy/{named}" in told
