from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandera.pandas as pa
import pytest

from etl import plan
from etl.errors import ModelError, SchemaError
from etl.fingerprint import CODE
from etl.schemas.declare import references

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Models

ROOT = Path(__file__).parents[2]
SQL = ROOT / "sql"


class IntA(pa.DataFrameModel):
    """One row per x."""

    x: int = pa.Field(unique=True, description="X.")

    class Config:
        name = "int_a"


class IntB(pa.DataFrameModel):
    """One row per y."""

    y: int = references("int_a.x", description="Y.")

    class Config:
        name = "int_b"


class RawThings(pa.DataFrameModel):
    """One row per thing."""

    x: str = pa.Field(description="X.")

    class Config:
        name = "things"


Schemas = dict[str, type[pa.DataFrameModel]]
TWO: Schemas = {"int_a": IntA, "int_b": IntB, "raw.things": RawThings}
SQL_OF_TWO = {"int_a": "select 1 as x", "int_b": "select 1 as y from raw.things, raw.others"}


@pytest.fixture
def schemas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Schemas:
    declared = dict(TWO)
    monkeypatch.setattr(plan, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(plan, "_schemas", declared.items)
    return declared


@pytest.fixture
def worked_out(schemas: Schemas, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []
    really: Callable[..., plan.Plan] = plan._work_out

    def work_out(folders: Any) -> plan.Plan:
        calls.append(folders)
        return really(folders)

    assert schemas
    monkeypatch.setattr(plan, "_work_out", work_out)
    return calls


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    copy = tmp_path / "etl"
    shutil.copytree(CODE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(plan, "CODE", copy)
    return copy


def caches(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").iterdir())


def test_a_plan_has_the_tables_in_the_order_of_building(schemas: Schemas, models: Models) -> None:
    made = plan.prepare([models.put(SQL_OF_TWO)])
    assert schemas
    assert [table.name for table in made.models] == ["intermediate.int_a", "intermediate.int_b"]
    assert [table.name for table in made.raw] == ["raw.things"]
    assert made.datasets == ("others",)
    assert made.table("int_b").checks.table == "intermediate.int_b"


@pytest.mark.usefixtures("schemas")
def test_a_plan_from_the_cache_equals_the_one_worked_out(models: Models) -> None:
    folder = models.put(SQL_OF_TWO)
    assert plan.prepare([folder]) == plan.prepare([folder]) == plan._work_out([folder])


def test_the_real_plan_survives_its_way_through_json() -> None:
    worked_out = plan._work_out([SQL])
    assert len(worked_out.models) > 20
    assert plan._from_json(json.loads(json.dumps(asdict(worked_out)))) == worked_out


def test_the_same_models_are_worked_out_once(models: Models, worked_out: list[object]) -> None:
    folder = models.put(SQL_OF_TWO)
    for _ in range(3):
        plan.prepare([folder])
    assert len(worked_out) == 1


@pytest.mark.parametrize("sql", ["select 2 as x", "select 1 as x ", "-- One.\nselect 1 as x"])
def test_a_model_that_changed_is_worked_out_again(
    models: Models, worked_out: list[object], sql: str
) -> None:
    folder = models.put(SQL_OF_TWO)
    plan.prepare([folder])
    models.put({"int_a": sql})
    again = plan.prepare([folder])
    assert len(worked_out) == 2
    assert again.table("int_a").statement.endswith(sql.rstrip())


def test_only_the_newest_plans_are_kept(
    models: Models, worked_out: list[object], tmp_path: Path
) -> None:
    for number in range(plan.KEPT_PLANS + 3):
        plan.prepare([models.put({**SQL_OF_TWO, "int_a": f"select {number} as x"})])
    assert len(worked_out) == plan.KEPT_PLANS + 3
    assert len(caches(tmp_path)) == plan.KEPT_PLANS + 1


def test_a_model_that_is_new_gone_or_elsewhere_is_seen(
    models: Models, worked_out: list[object], schemas: Schemas, tmp_path: Path
) -> None:
    folder = models.put(SQL_OF_TWO)
    plan.prepare([folder])
    (folder / "intermediate" / "int_b.sql").unlink()
    with pytest.raises(SchemaError, match="describes no table"):
        plan.prepare([folder])
    del schemas["int_b"]
    moved = folder.rename(tmp_path / "moved")
    assert plan.prepare([moved]).table("int_a").file == str(moved / "intermediate" / "int_a.sql")
    assert len(worked_out) == 3


@pytest.mark.parametrize(
    "name",
    [
        "schemas/stg_figures.py",
        "schemas/new.py",
        "schemas/declare.py",
        "validate/count.py",
        "plan.py",
        "transform.py",
    ],
)
def test_code_that_shapes_the_plan_works_it_out_again(
    models: Models, worked_out: list[object], code: Path, name: str
) -> None:
    folder = models.put(SQL_OF_TWO)
    plan.prepare([folder])
    with (code / name).open("a") as stream:
        stream.write("\n")
    plan.prepare([folder])
    assert len(worked_out) == 2


def test_other_code_leaves_the_plan_as_it_is(
    models: Models, worked_out: list[object], code: Path
) -> None:
    folder = models.put(SQL_OF_TWO)
    plan.prepare([folder])
    (code / "gate.py").write_text("")
    plan.prepare([folder])
    assert len(worked_out) == 1


def test_another_version_of_a_library_works_it_out_again(
    models: Models, worked_out: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = models.put(SQL_OF_TWO)
    for number, library in enumerate(["none", "duckdb", "pandera", "sqlglot"], start=1):
        monkeypatch.setattr(plan, "version", lambda name, new=library: f"9.{name == new}")
        plan.prepare([folder])
        assert len(worked_out) == number


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"raw": [], "models": [{}], "audit": [], "datasets": []}',
        b'{"raw": [], "models": "none", "audit": [], "datasets": []}',
    ],
)
def test_a_damaged_cache_is_ignored_and_mended(
    models: Models, worked_out: list[object], tmp_path: Path, damage: bytes
) -> None:
    folder = models.put(SQL_OF_TWO)
    made = plan.prepare([folder])
    (cache,) = caches(tmp_path)
    whole = cache.read_bytes()
    for content in (damage, whole[: len(whole) // 2]):
        cache.write_bytes(content)
        assert plan.prepare([folder]) == made
        assert cache.read_bytes() == whole
    assert len(worked_out) == 3


@pytest.mark.usefixtures("schemas")
def test_a_cache_that_cannot_be_written_is_done_without(models: Models, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert len(plan.prepare([models.put(SQL_OF_TWO)]).models) == 2


@pytest.mark.parametrize(
    ("sql", "without", "message"),
    [
        ({"int_c": "select 1"}, "", "schema of int_c: there is none; declare it in etl/schemas"),
        ({"stg_a__things": "select 1"}, "", "schema of stg_things: there is none"),
        ({}, "int_b", "schema of int_b: there is none"),
    ],
)
def test_a_table_without_a_schema_is_refused(
    models: Models, schemas: Schemas, sql: dict[str, str], without: str, message: str
) -> None:
    schemas.pop(without, None)
    with pytest.raises(SchemaError, match=message):
        plan.prepare([models.put(SQL_OF_TWO | sql)])


def test_a_schema_that_refers_to_no_table_is_refused(models: Models, schemas: Schemas) -> None:
    class Lost(pa.DataFrameModel):
        """One row per y."""

        y: int = references("int_lost.x", description="Y.")

        class Config:
            name = "int_b"

    schemas["int_b"] = Lost
    with pytest.raises(SchemaError, match="int_b: it refers to `int_lost`, which is no table"):
        plan.prepare([models.put(SQL_OF_TWO)])


@pytest.mark.usefixtures("schemas")
def test_a_cycle_through_a_check_is_refused(models: Models) -> None:
    with pytest.raises(ModelError, match="a cycle"):
        plan.prepare([models.put(SQL_OF_TWO | {"int_a": "select y as x from int_b"})])
