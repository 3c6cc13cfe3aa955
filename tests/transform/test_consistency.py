from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandera.pandas as pa
import pytest
import sqlglot
from sqlglot import exp

from etl.plan import prepare
from etl.settings import ROOT
from etl.transform import read_models

if TYPE_CHECKING:
    import duckdb

SQL = ROOT / "sql"
MODELS = sorted(SQL.glob("*/*.sql"))
SCHEMA_FILES = sorted((ROOT / "etl" / "schemas").glob("[!_]*.py"))
NOT_OF_MODELS = ("audit", "declare", "raw")
THE_DAY_IT_RUNS = r"\b(now|today|random|uuid|get_current_\w+|current_\w+|localtime\w*)\b"

each_model = pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)


def classes(file: Path) -> list[type[pa.DataFrameModel]]:
    module = importlib.import_module(f"etl.schemas.{file.stem}")
    return [
        found
        for found in vars(module).values()
        if inspect.isclass(found)
        and issubclass(found, pa.DataFrameModel)
        and found.__module__ == module.__name__
    ]


def parsed(file: Path) -> exp.Query:
    tree = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


CLASSES = [found for file in SCHEMA_FILES for found in classes(file)]
each_class = pytest.mark.parametrize("schema", CLASSES, ids=lambda found: found.__name__)


def test_every_table_of_sql_has_a_schema_file_and_the_reverse() -> None:
    tables = {model.union or model.stem for model in read_models([SQL])}
    assert len(tables) > 20
    filled = {table.stem for table in prepare([SQL]).models if table.is_filled}
    assert tables | filled == {file.stem for file in SCHEMA_FILES} - set(NOT_OF_MODELS)


@pytest.mark.parametrize(
    "file",
    [file for file in SCHEMA_FILES if file.stem not in NOT_OF_MODELS],
    ids=lambda file: file.stem,
)
def test_a_schema_file_holds_the_one_class_that_it_is_named_for(file: Path) -> None:
    (schema,) = classes(file)
    assert schema.Config.name == file.stem
    assert schema.__name__ == "".join(word.capitalize() for word in file.stem.split("_"))


@each_class
def test_a_schema_and_each_of_its_columns_are_described(schema: type[pa.DataFrameModel]) -> None:
    assert re.match(r".+\.", vars(schema).get("__doc__") or "")
    for name, column in schema.to_schema().columns.items():
        assert re.fullmatch(r".+[.]", column.description or ""), name


@each_class
def test_only_raw_and_audit_tables_may_have_undeclared_columns(
    schema: type[pa.DataFrameModel],
) -> None:
    of_model = schema.__module__.rpartition(".")[2] not in NOT_OF_MODELS
    assert bool(schema.to_schema().strict) == of_model


@each_model
def test_a_model_says_first_what_one_row_is(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith("-- One row per ")


@each_model
def test_a_model_of_steps_ends_with_the_last_one(file: Path) -> None:
    steps = [step.alias for step in parsed(file).ctes]
    if steps:
        assert file.read_text(encoding="utf-8").endswith(f"\nselect *\nfrom {steps[-1]}\n")


@each_model
def test_a_model_of_tables_imports_each_once(file: Path) -> None:
    (model,) = [model for model in read_models([SQL]) if model.file == file]
    names = [
        f"{table.db}.{table.name}" if table.db else table.name
        for table in parsed(file).find_all(exp.Table)
    ]
    parents = [f"{ref.schema}.{ref.name}" if ref.schema else ref.name for ref in model.references]
    assert [name for name in parents if names.count(name) > 1] == []


@each_model
def test_no_model_reads_the_notes(file: Path) -> None:
    names = {identifier.name.lower() for identifier in parsed(file).find_all(exp.Identifier)}
    assert names.isdisjoint({"note", "notes"})


def test_no_table_of_a_model_has_the_notes() -> None:
    columns = {column.name for table in prepare((SQL,)).models for column in table.columns}
    assert "figure_id" in columns
    assert "note" not in columns


@each_model
def test_a_model_gives_the_same_every_day_and_joins_on_conditions(file: Path) -> None:
    text = re.sub(r"--.*", "", file.read_text(encoding="utf-8").lower())
    assert not re.search(THE_DAY_IT_RUNS, text)
    assert not re.search(r"\busing\s*\(", text)
    assert not re.search(r"\b(un)?pivot\b", text)


@each_model
def test_an_alias_is_a_word(file: Path) -> None:
    aliases = [alias.name for alias in parsed(file).find_all(exp.TableAlias)]
    assert [alias for alias in aliases if len(alias) == 1] == []


def test_every_table_and_column_of_a_warehouse_has_a_comment(
    published: duckdb.DuckDBPyConnection,
) -> None:
    tables = published.execute("select schema_name, table_name, comment from duckdb_tables()")
    bare = [(schema, name) for schema, name, comment in tables.fetchall() if not comment]
    assert bare == []
    columns = published.execute(
        "select table_name, column_name, comment from duckdb_columns() where not internal"
    )
    described = columns.fetchall()
    assert len(described) > 250
    assert [(table, name) for table, name, comment in described if not comment] == []


def test_a_warehouse_has_the_declared_tables_and_no_other(
    published: duckdb.DuckDBPyConnection,
) -> None:
    plan = prepare((SQL,))
    built = [table for table in plan.models if table.is_checked]
    declared = {table.name for table in (*plan.raw, *built, *plan.audit)}
    found = published.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " union all select schema_name || '.' || view_name from duckdb_views() where not internal"
    )
    assert {name for (name,) in found.fetchall()} == declared
