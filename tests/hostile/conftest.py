from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.console import Console
from etl.run import night
from etl.settings import Settings
from tests.hostile.making import Case, table

REFERENCE = Path(__file__).parents[2] / "data" / "raw" / "reference"
SOURCES = "source_id,publisher,title,url,published_date,original_publisher,language\r\n"


@dataclass(frozen=True)
class Folder:
    """A raw folder, its warehouse, and a night over them that no limit of the gate refuses."""

    raw: Path
    warehouse: Path

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def declare(self, *lines: tuple[str, str, str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([("path", "setting", "value"), *lines])
        self.put("reference/files.csv", text.getvalue())

    def night(self, **changed: Any) -> int:
        given = {"max_held_share": 1.0, "max_fall_share": 1.0, "few_rows": 10**9, **changed}
        return night(Settings(raw=self.raw, warehouse=self.warehouse, **given), Console())

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        file = str(self.warehouse / "warehouse.duckdb")
        with duckdb.connect(file, read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def file(self, name: str) -> tuple[Any, ...]:
        """What is said of a file tonight: status, rows in file, loaded, quarantined, message."""
        (found,) = self.rows(
            "select status, rows_in_file, rows_loaded, rows_quarantined, message"
            " from audit.input_file where file = ?"
            " and run_id = (select max(run_id) from audit.run)",
            name,
        )
        return found

    def quarantined(self, name: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "select row_number, check_name, column_name, raw_text, reason from audit.quarantine"
            " where file = ? and run_id = (select max(run_id) from audit.run) order by all",
            name,
        )


def folder_in(root: Path) -> Folder:
    folder = Folder(root / "raw", root / "warehouse")
    for name in ("qualifiers", "dimensions"):
        folder.put(f"reference/{name}.csv", (REFERENCE / f"{name}.csv").read_bytes())
    folder.put("sources/sources.csv", SOURCES + "page,P,,,2025-01-15,,en\r\n")
    folder.put("figures/a_good_one.csv", table("a_good_one.csv"))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_in(tmp_path)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """One night over every case at once: none may keep another from being read."""
    from tests.hostile.matrix import CASES

    folder = folder_in(tmp_path_factory.mktemp("hostile"))
    declared: list[tuple[str, str, str]] = []
    for case in CASES:
        folder.put(case.file, case.content)
        declared += [(case.file, *line) for line in case.declared]
    folder.declare(*declared)
    assert folder.night() == 0
    return folder


def told(folder: Folder, case: Case) -> str:
    """All findings about a case, as people read them, of its file first."""
    found = folder.rows(
        "select message from audit.finding where file = ? and check_name <> 'measure_is_declared'"
        " order by row_number nulls first, message",
        case.file,
    )
    return "\n".join(message for (message,) in found).replace(str(folder.raw), "data/raw")
