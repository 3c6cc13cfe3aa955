from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from etl import plan
from etl.build import Build
from etl.console import Console
from etl.errors import ModelError
from etl.night import Night
from etl.run import work
from etl.settings import ROOT, Settings
from etl.transform import create_statement, read_models, union_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.transform.conftest import Models

SQL = ROOT / "sql"
COLUMNS = ("name", "size")


@pytest.fixture
def build(tmp_path: Path, models: Models) -> Iterator[Build]:
    models.put({"stg_good__things": "select 'a' as name, 1 as size"})
    real = plan.prepare((SQL,))
    begun = Build(Settings(warehouse=tmp_path), real, Night.begin(), tmp_path / "new.duckdb")
    begun.load([], lambda _: None)
    yield begun
    begun.abandon()


def failure(build: Build, models: Models) -> ModelError:
    """What building these models and their union, `stg_things`, fails with."""
    pattern = build._plan.table("stg_reported__figures")
    found = read_models([models.folder])
    views = [
        replace(
            pattern, stem=m.stem, file=str(m.file), statement=create_statement(m), parents=m.parents
        )
        for m in found
    ]
    sources = [model.stem for model in found if model.union]
    statement = union_statement("stg_things", sources, COLUMNS)
    union = replace(pattern, stem="stg_things", file="", statement=statement, parents=())
    build._plan = replace(build._plan, models=(*views, union))
    with pytest.raises(ModelError) as caught:
        _build_all(build)
    return caught.value


def _build_all(build: Build) -> None:
    for table in build._plan.models:
        for parent in table.parents:
            build._fingerprints._of.setdefault(parent, "")
    for table in build._plan.models:
        build.model(table)


@pytest.mark.parametrize(
    ("sql", "line", "words"),
    [
        ("select nope from range(3)", 1, '"nope" not found'),
        ("-- One row.\nselect\n    nope\nfrom range(3)", 3, '"nope" not found'),
        ("\n\n-- One row.\nselect nope from range(3)\n", 4, '"nope" not found'),
        ("select\n  1 as x,\n  no_function(x)\nfrom raw.figures", 3, "no_function"),
        ("select 1 as x\nfrom raw.nothing", 2, "nothing does not exist"),
        ("select 1 as x\nfrom stg_good__things__held", 2, "does not exist"),
        ("select\n cast(range * 99999999999 as integer) as x\nfrom range(3)", 2, "out of range"),
        ("select error('said')", 1, "said"),
        ("-- One row.\nselect 1 as x\nfrom from raw.figures", 3, "from"),
        ("-- One row.\nselect *\nfrom read_csv('data/raw/figures/khm.csv')", 3, "disabled"),
    ],
)
def test_a_model_that_the_engine_refuses_is_named_with_its_line(
    build: Build, models: Models, sql: str, line: int, words: str
) -> None:
    file = models.put_file("intermediate/int_a.sql", sql)
    error = failure(build, models)
    assert (error.file, error.line) == (file, line)
    assert words in str(error)
    assert "LINE" not in str(error)


def test_a_source_that_the_engine_refuses_is_named_with_its_line(
    build: Build, models: Models
) -> None:
    sql = "-- One row.\nselect\n    nope as name,\n    1 as size\nfrom raw.figures"
    file = models.put_file("staging/stg_mine__things.sql", sql)
    error = failure(build, models)
    assert (error.file, error.line) == (file, 3)


@pytest.mark.parametrize("stem", ["stg_a__things", "stg_z__things"])
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 'a' as name", '"size" not found'),
        ("-- One row.\nselect 'a' as name,\n cast('b' as integer) as size", "convert string 'b'"),
        ("-- One row.\nselect\n  'a' as name,\n  error('said') as size", "said"),
    ],
)
def test_a_source_that_cannot_be_read_into_its_union_is_named(
    build: Build, models: Models, stem: str, sql: str, words: str
) -> None:
    file = models.put_file(f"staging/{stem}.sql", sql)
    error = failure(build, models)
    assert words in str(error)
    assert error.file == file


def test_sources_of_types_that_do_not_go_together_are_told_of_their_union(
    build: Build, models: Models
) -> None:
    models.put({"stg_mine__things": "select 'a' as name, [1] as size"})
    error = failure(build, models)
    assert (str(error.file), error.line) == ("staging.stg_things", 1)
    assert "INTEGER[]" in str(error)


def test_a_night_with_a_broken_source_says_where(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CACHE", tmp_path / "cache")
    (tmp_path / "raw").mkdir()
    file = models.put_file("staging/stg_mine__figures.sql", "-- One row.\nselect 1 as figure_id")
    settings = Settings(
        raw=tmp_path / "raw", warehouse=tmp_path / "warehouse", models=(SQL, models.folder)
    )
    settings.warehouse.mkdir()
    with pytest.raises(ModelError, match=r"stg_mine__figures\.sql:1: .* not found") as caught:
        work(settings, Night.begin(), Console())
    assert caught.value.file == file
