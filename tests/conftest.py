from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from etl.console import Console
from etl.engine.duckdb import SCHEMAS
from etl.plan import Plan, Table, prepare
from etl.run import night
from etl.settings import ROOT, Settings
from tests import offline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")


def pytest_configure() -> None:
    offline.shut()
    offline.shut_for_children()


@pytest.fixture(autouse=True, scope="session")
def _not_on_github() -> None:
    """What a night prints there is another thing; the tests of it say so themselves."""
    os.environ.pop("GITHUB_ACTIONS", None)


class Engine:
    """An empty warehouse in memory, and tables in it as the schemas declare them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        connection.execute("set search_path = 'staging,intermediate,marts'")

    def create(self, table: Table, name: str, file: Path | None = None) -> list[str]:
        """A table with the declared columns and the rows of a CSV; gives the CSV's columns.

        Declared columns that the CSV lacks are null. Nothing between two commas is null too; two
        double quotes are an empty text.
        """
        qualified = name if "." in name else f"{table.schema}.{name}"
        declared = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        self.connection.execute(f"create table {qualified} ({declared})")
        if file is None:
            return []
        header = file.read_text(encoding="utf-8").partition("\n")[0].split(",")
        listed = ", ".join(f'"{column}"' for column in header)
        as_text = ", ".join(f"'{column}': 'varchar'" for column in header)
        self.connection.execute(
            f"insert into {qualified} ({listed})"
            f" select * from read_csv(?, columns = {{{as_text}}}, auto_detect = false,"
            """ header = true, delim = ',', quote = '"', escape = '"',"""
            " allow_quoted_nulls = false)",
            [str(file)],
        )
        return header

    def rows(self, name: str, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The rows of a table, in the order of their values."""
        listed = ", ".join(f'"{column}"' for column in columns) or "*"
        cursor = self.connection.execute(f"select {listed} from {name} order by all")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with duckdb.connect() as connection:
        yield Engine(connection)


@pytest.fixture(scope="session")
def plan() -> Plan:
    return prepare((ROOT / "sql",))


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse folder of one night on the repository's own data/raw; only to be read."""
    folder = tmp_path_factory.mktemp("warehouse")
    arguments = ["--raw", str(ROOT / "data" / "raw"), "--warehouse", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", "etl.run", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="session")
def published(published_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of that night, read-only."""
    file = published_folder / "warehouse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse folder of a night before one misprint was typed, and of one after it."""
    folder = tmp_path_factory.mktemp("two_nights")
    raw = shutil.copytree(ROOT / "data" / "raw", folder / "raw")
    settings = Settings(raw=raw, warehouse=folder / "warehouse")
    typed = raw / "figures" / "khm.csv"
    after = typed.read_bytes()
    before = after.replace(b",THA,926,", b",THA,26,")
    assert before != after
    for content in (before, after):
        typed.write_bytes(content)
        assert night(settings, Console()) == 0
    return settings.warehouse


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, one for all tests: a process can hold no second one of Playwright's."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM} (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox"], headless=True
        )
        yield browser
        browser.close()
