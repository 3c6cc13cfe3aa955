from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
OPTIONS = ("--raw", "docs/examples/unhcr/raw", "--models", "docs/examples/unhcr/sql")


@dataclass(frozen=True)
class Example:
    """One night on the worked example: its command, its warehouse, what it printed."""

    command: str
    folder: Path
    printed: str


@pytest.fixture(scope="session")
def unhcr_night(tmp_path_factory: pytest.TempPathFactory) -> Example:
    folder = tmp_path_factory.mktemp("unhcr")
    run = subprocess.run(
        [sys.executable, "-m", "etl.run", *OPTIONS, "--warehouse", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Example(" ".join(("python -m etl.run", *OPTIONS)), folder, run.stdout)


@pytest.fixture(scope="session")
def unhcr(unhcr_night: Example) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of that night, read-only."""
    file = unhcr_night.folder / "warehouse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection
