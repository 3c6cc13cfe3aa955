from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.engine import duckdb as engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Doors beside those of tests/night/test_security.py.
DOORS = (
    "call enable_logging('QueryLog', storage='file', storage_config={'path': '[]/log'})",
    "call enable_logging(storage='stdout')",
    "call enable_profiling(save_location='[]/profile')",
    "pragma profiling_output='[]/profile'",
    "set secret_directory='[]'",
    "set home_directory='[]'",
    "set extension_directory='[]'",
    "set custom_extension_repository='http://example.org'",
    "set allow_community_extensions=true",
    "set http_proxy='example.org'",
    "set file_search_path='/etc'",
    "set allowed_paths=['/etc/passwd']",
    "set python_enable_replacements=true",
    "attach 'dbname=x' as pg (type postgres)",
    "attach '[]/s.db' as s (type sqlite)",
    "attach 'https://example.org/x.duckdb' as remote",
    "force install httpfs",
    "install spatial from community",
    "update extensions",
    "from st_read('/etc/passwd')",
    "from 's3://bucket/figures.parquet'",
    "from read_duckdb('/etc/passwd')",
    "create temp table stolen as from read_csv('/dev/stdin')",
    "copy (select 1) to '/dev/stdout'",
    "copy (select 1) to 's3://bucket/stolen.parquet'",
    "create persistent secret s (type http)",
    "select getenv('HOME')",
    "prepare steal as select * from read_text('/etc/passwd'); execute steal",
    "create macro steal() as table select * from read_text('/etc/passwd'); from steal()",
    "create view stolen as select * from read_text('/etc/passwd')",
)


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = engine.connect(memory_limit="1GB", threads=1, temp=tmp_path / "temp")
    engine.create(connection, tmp_path / "building.duckdb")
    connection.execute("create table marts.facts as select 1 as answer")
    engine.seal(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(("limit", "share"), [("1GB", 0.75e9), ("2GiB", 1.5 * 2**30)])
def test_the_engine_leaves_a_quarter_of_the_memory_to_the_rest_of_the_night(
    tmp_path: Path, limit: str, share: float
) -> None:
    allowed = "select parse_formatted_bytes(current_setting('memory_limit'))"
    with engine.connect(memory_limit=limit, threads=1, temp=tmp_path) as connection:
        assert engine.number(connection, allowed) == pytest.approx(share, rel=0.001)


@pytest.mark.parametrize("sql", DOORS)
def test_a_door_of_the_sealed_engine_is_shut(
    sealed: duckdb.DuckDBPyConnection, tmp_path: Path, sql: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error):
        sealed.execute(sql.replace("[]", str(tmp_path))).fetchall()
    assert sorted(tmp_path.rglob("*")) == before
    assert capfd.readouterr().out == ""
    assert sealed.execute("from marts.facts").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/passwd')",
        "copy (select 1) to '[]/stolen.csv'",
        "attach '[]/other.duckdb' as other",
        "load httpfs",
        "set enable_external_access = true",
        "create table stolen as select 1",
    ],
)
def test_a_published_warehouse_is_read_through_a_sealed_engine(tmp_path: Path, sql: str) -> None:
    file = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(file)).close()
    with engine.read_only(file) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.replace("[]", str(tmp_path)))
    assert list(tmp_path.iterdir()) == [file]


def test_no_setting_of_the_sealed_engine_can_be_changed_but_where_names_are_looked_up(
    sealed: duckdb.DuckDBPyConnection,
) -> None:
    names = [name for (name,) in sealed.execute("select name from duckdb_settings()").fetchall()]
    assert len(names) > 100
    for name in {*names} - {"schema", "search_path"}:
        for sql in (f"set global {name} = '1'", f"set session {name} = '1'", f"reset {name}"):
            with pytest.raises(duckdb.Error):
                sealed.execute(sql)


def test_secrets_kept_by_the_user_are_not_read(sealed: duckdb.DuckDBPyConnection) -> None:
    assert sealed.execute("from duckdb_secrets()").fetchall() == []
    assert sealed.execute("select current_setting('allow_persistent_secrets')").fetchone() == (
        False,
    )


def test_no_variable_of_python_is_a_table_even_before_the_doors_are_shut(tmp_path: Path) -> None:
    import pandas as pd

    secret = pd.DataFrame({"password": ["hidden"]})
    with (
        engine.connect(memory_limit="1GB", threads=1, temp=tmp_path) as connection,
        pytest.raises(duckdb.CatalogException),
    ):
        connection.execute("from secret")
    assert len(secret) == 1
