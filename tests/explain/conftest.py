from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etl.console import Console
from etl.engine.duckdb import read_only
from etl.explain import explain
from etl.explain.layout import lay_out
from etl.explain.text import blocks
from etl.run import night
from etl.settings import ROOT, Settings

if TYPE_CHECKING:
    import duckdb

    from etl.explain.blocks import Block

Known = Callable[[str], dict[str, Any]]
Page = Callable[[str], str]

MISPRINT = "asianewsit-2019.khm.persons_arrested.20181220-20190319.nationality.tha"
PAGE = "\x1b[31mred\x1b]0;title\x07\u202e\x9b2J"
ADDED = {
    "figures/tha.csv": (
        "marred.held,cd-102223,persons_deported,THA,2015-01-01,2015-12-31,nationality,LAO,x,exact,no,",
        "marred.cut,cd-102223,persons_deported,THA",
    ),
    "claims/claims.csv": (
        "marred.claim,cd-102223,sum,no.such.figure,no.such.part;neither.this,eq,12,",
        "marred.claim.held,cd-102223,guess,no.such.figure,,eq,12,",
    ),
    "sources/sources.csv": (f"marred-page,Press,{PAGE},https://example.org/a,2020-01-02,,en",),
    "reference/corrections.csv": (
        "figure_id,expected_value,corrected_value,reason,corrected_on",
        f"{MISPRINT},926,26,a misprint,2026-11-23",
    ),
}


@pytest.fixture(scope="session")
def known(published: duckdb.DuckDBPyConnection) -> Known:
    """What is known of an identifier in the sample."""
    return lambda identifier: explain(published, identifier, "data/raw")


@pytest.fixture(scope="session")
def page(known: Known) -> Page:
    """The same as a page of 100 columns."""
    return lambda identifier: text_of(blocks(known(identifier)))


@pytest.fixture(scope="session")
def warehouse(published: duckdb.DuckDBPyConnection) -> Path:
    """The folder of the sample's warehouse."""
    row = published.execute("select path from duckdb_databases() where path is not null").fetchone()
    assert row
    return Path(row[0]).parent


@pytest.fixture(scope="session")
def marred_warehouse(
    published: duckdb.DuckDBPyConnection,
    known: Known,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The sample with rows added that are held, cut, hostile; every finding in it is accepted."""
    folder = tmp_path_factory.mktemp("marred")
    shutil.copytree(ROOT / "data" / "raw", folder / "raw")
    for name, lines in ADDED.items():
        with (folder / "raw" / name).open("a", encoding="utf-8", newline="") as stream:
            stream.writelines(f"{line}\r\n" for line in lines)
    ids = published.execute("select finding_id from audit.finding").fetchall()
    accepting = [known(finding_id)["finding"]["acknowledge_with"] for (finding_id,) in ids]
    accepted = "\n".join([accepting[0]["header"], *(accept["line"] for accept in accepting)])
    (folder / "raw" / accepting[0]["file"]).write_text(f"{accepted}\n", encoding="utf-8")
    settings = Settings(raw=folder / "raw", warehouse=folder / "warehouse")
    assert night(settings, Console()) == 0
    return folder / "warehouse"


@pytest.fixture(scope="session")
def marred(marred_warehouse: Path) -> Iterator[Known]:
    with read_only(marred_warehouse / "warehouse.duckdb") as connection:
        yield lambda identifier: explain(connection, identifier, "raw")


@pytest.fixture(scope="session")
def marred_page(marred: Known) -> Page:
    return lambda identifier: text_of(blocks(marred(identifier)))


def text_of(told: Iterator[Block]) -> str:
    return "\n".join(line.text for line in lay_out(told))
