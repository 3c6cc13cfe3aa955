from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.engine import duckdb as engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.night.conftest import Folder

HOSTILE = (
    "'; drop table marts.fct_reported_figure; --",
    '"; delete from audit.finding; --',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "$1 ? :name %s {0} \\",
    "\x1b[31m \u202e ភ្នំពេញ \U0001f600",
)


def test_hostile_values_go_through_verbatim(folder: Folder) -> None:
    rows = folder.read("figures/lao.csv")
    made = [
        rows[-1]
        | {"figure_id": f"{text} {n}", "category": text, "dimension": f"d{n}", "note": text}
        for n, text in enumerate(HOSTILE)
    ]
    folder.write("figures/lao.csv", [*rows, *made])
    folder.change("sources/sources.csv", 2, title=HOSTILE[2], publisher=HOSTILE[0])
    assert folder.night() == 0
    ids = folder.rows(
        "select figure_id, category from marts.fct_reported_figure where dimension like 'd%'"
    )
    assert sorted(ids) == sorted((row["figure_id"], row["category"]) for row in made)
    notes = folder.rows("select note from raw.figures where dimension like 'd%'")
    assert sorted(notes) == sorted((text,) for text in HOSTILE)
    titles = folder.rows("select title, publisher from marts.dim_source")
    assert (HOSTILE[2], HOSTILE[0]) in titles


def test_hostile_rows_that_are_held_are_told_escaped(folder: Folder) -> None:
    row = folder.read("figures/lao.csv")[-1]
    folder.write(
        "figures/lao.csv",
        [row | {"figure_id": f"{text} {n}", "value": text} for n, text in enumerate(HOSTILE)],
    )
    folder.put(f"figures/{HOSTILE[3]}.csv", "a\n1\n")
    folder.put(f"{HOSTILE[2].replace('/', '|')}/a.csv", "a\n1\n")
    assert folder.night() == 0
    held = folder.rows(
        "select raw_text, row_text from audit.quarantine where column_name = 'value'"
    )
    assert sorted(text for text, _ in held) == sorted(HOSTILE)
    assert {json.loads(whole)["value"] for _, whole in held} == set(HOSTILE)
    (run_id,) = folder.reports()
    page = (folder.warehouse / "reports" / run_id / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img" not in page
    for text in HOSTILE[:7]:
        assert text in html.unescape(page)


def test_hostile_column_names_are_kept_as_names(folder: Folder) -> None:
    rows = folder.read("figures/lao.csv")
    extra = {text: f"value {n}" for n, text in enumerate(HOSTILE[:7])}
    folder.write("figures/lao.csv", [row | extra for row in rows])
    assert folder.night() == 0
    kept = folder.rows(
        "select distinct unknown_columns from raw.figures where file = 'figures/lao.csv'"
    )
    assert [json.loads(text) for (text,) in kept] == [extra]


def test_a_hostile_file_name_is_only_a_name(folder: Folder) -> None:
    rows = folder.read("figures/lao.csv")
    names = [f"figures/{text.replace('/', '|')}.csv" for text in HOSTILE]
    for name, row in zip(names, rows, strict=False):
        folder.write(name, [row])
    folder.write("figures/lao.csv", rows[len(names) :])
    assert folder.night() == 0
    files = "select file, count(*) from marts.fct_reported_figure group by all"
    others = [("figures/khm.csv", 14), ("figures/lao.csv", 13 - len(names))]
    assert sorted(folder.rows(files)) == sorted([*others, *((name, 1) for name in names)])


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = engine.connect(memory_limit="1GB", threads=1, temp=tmp_path / "temp")
    engine.create(connection, tmp_path / "building.duckdb")
    connection.execute("create table marts.facts as select 1 as answer")
    engine.seal(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd', sep = '|', header = false)",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from read_parquet('/etc/passwd')",
        "select * from read_json('/etc/passwd')",
        "select * from read_csv('https://example.org/figures.csv')",
        "select * from query('select * from read_text(''/etc/passwd'')')",
        "copy marts.facts to '{}/stolen.csv'",
        "copy marts.facts from '/etc/passwd'",
        "copy (select 1) to '{}/stolen.parquet' (format parquet)",
        "export database '{}/stolen'",
        "import database '{}/stolen'",
        "attach '{}/other.duckdb' as other",
        "attach ':memory:' as other; copy from database warehouse to other; export database '{}'",
        "install httpfs",
        "load httpfs",
        "load '{}/mine.duckdb_extension'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set allowed_directories = ['/']",
        "set temp_directory = '/etc'",
        "set memory_limit = '1TB'",
        "set autoinstall_known_extensions = true",
        "reset enable_external_access",
        "pragma enable_external_access = true",
        "create secret (type s3, key_id 'a', secret 'b')",
        "set log_query_path = '{}/log'",
        "pragma enable_profiling; pragma profiling_output = '{}/profile'",
    ],
)
def test_a_sealed_engine_reaches_nothing_outside(
    sealed: duckdb.DuckDBPyConnection, tmp_path: Path, sql: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error):
        sealed.execute(sql.replace("{}", str(tmp_path))).fetchall()
    assert sorted(tmp_path.rglob("*")) == before
    assert sealed.execute("select * from marts.facts").fetchall() == [(1,)]


def test_a_sealed_engine_does_not_see_the_variables_of_the_program(
    sealed: duckdb.DuckDBPyConnection,
) -> None:
    secret = duckdb.sql("select 'hidden'")
    with pytest.raises(duckdb.Error):
        sealed.execute("select * from secret")
    assert secret is not None


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy (select 1) to '{}/stolen.csv'",
        "attach '{}/other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "select 1; copy (select 1) to '{}/stolen.csv'",
        "select 1 --\r; copy (select 1) to '{}/stolen.csv'",
    ],
)
def test_a_model_that_reaches_out_breaks_the_night(
    untouched: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.setattr("etl.plan.CACHE", tmp_path / "cache")
    sql = "-- One row.\n" + sql.replace("{}", str(tmp_path))
    assert untouched.night(models=untouched.models(stg_attack__figures=sql)) == 2
    assert not (tmp_path / "stolen.csv").exists()
    assert not (tmp_path / "other.duckdb").exists()
    (run_id,) = untouched.noted()
    report = untouched.warehouse / "reports" / run_id / "report.json"
    assert "stg_attack__figures.sql" in json.loads(report.read_text())["run"]["message"]
    assert "root:" not in report.read_text()
