from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import two_pages
from benchmarks.two_pages import REAL, Row
from etl.console import Console
from etl.run import night
from etl.settings import ROOT, Settings

Table = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Folder:
    """A raw folder and a warehouse folder, and what users do with them."""

    raw: Path
    warehouse: Path

    @property
    def file(self) -> Path:
        return self.warehouse / "warehouse.duckdb"

    @property
    def options(self) -> tuple[str, ...]:
        return "--raw", str(self.raw), "--warehouse", str(self.warehouse)

    def settings(self, **changed: Any) -> Settings:
        return Settings(**{"raw": self.raw, "warehouse": self.warehouse} | changed)

    def night(self, **changed: Any) -> int:
        return night(self.settings(**changed), Console())

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "etl.run", *self.options, *arguments, env=env)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "etl", *arguments, "--warehouse", str(self.warehouse))

    def python(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def linked(self, other: Folder) -> Folder:
        """The same warehouse for another folder, by links: none of them may be written into."""
        shutil.copytree(self.warehouse, other.warehouse, copy_function=os.link)
        return other

    def models(self, **sql: str) -> tuple[Path, ...]:
        below = self.raw.parent / "models"
        for stem, text in sql.items():
            path = below / "staging" / f"{stem}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return ROOT / "sql", below

    def read(self, name: str) -> list[Row]:
        return two_pages.read(self.raw / name)

    def write(self, name: str, rows: Sequence[Row]) -> None:
        two_pages.write(self.raw / name, rows)

    def change(self, name: str, row_number: int, **values: str) -> Row:
        rows = self.read(name)
        rows[row_number - 2] |= values
        self.write(name, rows)
        return rows[row_number - 2]

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            yield connection

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.open() as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def marts(self, *but: str) -> dict[str, Table]:
        with self.open() as connection:
            columns = connection.execute(
                "select table_name, string_agg(column_name, ', ' order by column_index)"
                " from duckdb_columns() where schema_name = 'marts' and column_name not in"
                " (select unnest($but)) group by all order by all",
                {"but": list(but)},
            ).fetchall()
            return {
                stem: Counter(connection.execute(f"select {names} from marts.{stem}").fetchall())
                for stem, names in columns
            }

    def findings(self) -> dict[str, tuple[Any, ...]]:
        found = self.rows(
            "select subject, check_name, state, first_seen_at, last_seen_at from audit.finding"
        )
        return {subject: tuple(rest) for subject, *rest in found}

    def reports(self) -> set[str]:
        return {path.name for path in (self.warehouse / "reports").glob("*/")}

    def noted(self) -> set[str]:
        return {path.stem for path in (self.warehouse / "runs").glob("*.json")}


def copy_pages(folder: Folder) -> None:
    for name, rows in two_pages.pages().items():
        folder.write(name, rows)


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Folder]:
    def make() -> Folder:
        path = tmp_path_factory.mktemp("night")
        shutil.copytree(REAL / "reference", path / "raw" / "reference")
        return Folder(path / "raw", path / "warehouse")

    return make


@pytest.fixture
def folder(new_folder: Callable[[], Folder]) -> Folder:
    made = new_folder()
    copy_pages(made)
    return made


@pytest.fixture(scope="session")
def first_night(new_folder: Callable[[], Folder]) -> Folder:
    made = new_folder()
    copy_pages(made)
    assert made.night() == 0
    return made


@pytest.fixture
def yesterday(first_night: Folder, folder: Folder) -> Folder:
    return first_night.linked(folder)


@pytest.fixture
def untouched(yesterday: Folder) -> Iterator[Folder]:
    before = yesterday.file.read_bytes()
    yield yesterday
    assert yesterday.file.read_bytes() == before
    assert not list(yesterday.warehouse.glob(".building-*"))
