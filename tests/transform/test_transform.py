from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.errors import ModelError
from etl.transform import create_statement, in_order, read_models, union_statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.transform.conftest import Models


def order(folder: Path, needs: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    return list(in_order(read_models([folder]), needs or {}))


def references(models: Models, sql: str) -> list[tuple[str, str, int]]:
    (model,) = read_models([models.put({"int_a": sql})])
    return [(ref.schema, ref.name, ref.line) for ref in model.references]


def refused(models: Models, name: str, sql: str | bytes) -> tuple[str, int, str]:
    models.put_file(name, sql)
    with pytest.raises(ModelError) as caught:
        order(models.folder)
    error = caught.value
    assert str(error).startswith(f"{error.file}:{error.line}: ")
    return error.file.name, error.line, str(error)


def test_a_model_is_built_after_all_that_it_reads(models: Models) -> None:
    models.put(
        {
            "dim_a": "select * from int_b inner join int_c on true",
            "int_b": "select * from stg_d",
            "int_c": "select * from int_b",
            "stg_d": "select * from raw.figures",
        }
    )
    assert order(models.folder) == ["stg_d", "int_b", "int_c", "dim_a"]


def test_a_table_that_only_a_check_looks_into_is_built_before(models: Models) -> None:
    models.put({"int_a": "select 1 as x", "int_b": "select 1 as x"})
    assert order(models.folder, {"int_a": ("int_b",)}) == ["int_b", "int_a"]
    assert order(models.folder, {"int_b": ("int_a", "int_b")}) == ["int_a", "int_b"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1 as x", []),
        ("\n\nselect *\nfrom int_b", [("", "int_b", 4)]),
        ("-- One row per x.\nselect *\nfrom int_b,\n raw.x", [("", "int_b", 3), ("raw", "x", 4)]),
        ("select int_c.x from int_b as int_c", [("", "int_b", 1)]),
        ("select * from int_b union all select * from int_c", [("", "int_b", 1), ("", "int_c", 1)]),
        ("select (select x from int_b), exists (select 1 from raw.c)", None),
        ("select 1 from raw.c where x in (select x from int_b)", None),
        ("select * from int_b__held", [("", "int_b__held", 1)]),
        ("select * from range(3) as numbers, unnest([1]) as more", []),
        ("select * from int_b inner join int_b as other on true", [("", "int_b", 1)]),
        ('select * from "int_b";', [("", "int_b", 1)]),
    ],
)
def test_references_are_the_tables_that_a_query_reads(
    models: Models, sql: str, expected: list[tuple[str, str, int]] | None
) -> None:
    in_any_order = {("", "int_b", 1), ("raw", "c", 1)}
    assert set(references(models, sql)) == (in_any_order if expected is None else set(expected))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("with b as (select 1), c as (select * from b) select * from c", []),
        ("with b as (select * from raw.b) select * from b", [("raw", "b", 1)]),
        ("with int_b as (select * from int_b) select * from int_b", [("", "int_b", 1)]),
        ("with c as (select * from b), b as (select 1) select * from b, c", [("", "b", 1)]),
        ("with b as (select 1) select * from (with c as (select * from b) select * from c)", []),
        ("select * from (with b as (select 1) select * from b) as c, b", [("", "b", 1)]),
        ("with recursive b as (select 1 union all select * from b) select * from b", []),
        ("with b as (select 1) select (select max(x) from b), * from raw.b", [("raw", "b", 1)]),
    ],
)
def test_a_step_is_no_parent_where_it_can_be_read(
    models: Models, sql: str, expected: list[tuple[str, str, int]]
) -> None:
    assert references(models, sql) == expected


def test_raw_datasets_are_no_parents_but_known(models: Models) -> None:
    models.put({"stg_a": "select * from raw.figures, raw.anything"})
    (model,) = read_models([models.folder])
    assert model.raw_datasets == {"figures", "anything"}
    assert order(models.folder) == ["stg_a"]


def test_rows_held_back_come_after_the_table_that_holds_them(models: Models) -> None:
    models.put({"int_a": "select * from stg_b__held", "stg_b": "select 1 as x"})
    assert order(models.folder) == ["stg_b", "int_a"]


def test_sources_of_one_table_are_built_before_it_and_it_before_its_readers(
    models: Models,
) -> None:
    models.put(
        {
            "int_a": "select * from stg_figures inner join stg_figures__held on true",
            "stg_z__figures": "select * from stg_b",
            "stg_c__figures": "select * from raw.figures",
            "stg_b": "select 1 as x",
        }
    )
    found = order(models.folder)
    assert found.index("stg_b") < found.index("stg_z__figures") < found.index("stg_figures")
    assert found.index("stg_c__figures") < found.index("stg_figures") < found.index("int_a")


def test_a_source_may_lie_in_a_folder_of_its_own(models: Models, tmp_path: Path) -> None:
    own = tmp_path / "own" / "staging"
    own.mkdir(parents=True)
    (own / "stg_mine__figures.sql").write_text("select 2 as x")
    models.put({"stg_reported__figures": "select 1 as x"})
    found = read_models([models.folder, tmp_path / "own"])
    assert in_order(found, {})[-1] == "stg_figures"
    assert {model.union for model in found} == {"stg_figures"}


def test_several_sources_become_one_table_whatever_the_order_of_their_columns(
    models: Models,
) -> None:
    models.put(
        {
            "stg_a__things": "-- One row.\nselect 'a' as name, 1 as size, true as is_extra",
            "stg_b__things": "select 2 as size, 'b' as name;",
        }
    )
    with duckdb.connect() as connection:
        connection.execute("create schema staging")
        for model in read_models([models.folder]):
            connection.execute(create_statement(model))
        sources = ["stg_b__things", "stg_a__things"]
        connection.execute(union_statement("staging.stg_things", sources, ["size", "name"]))
        rows = connection.execute("select * from staging.stg_things order by all").fetchall()
    assert rows == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    ("sql", "line", "words"),
    [
        ("select 1\n\nfrom x where (y", 3, "Expecting )"),
        ("select 1 as x\nfrom x\nwhere and", 3, "at `and`"),
        ("select\n'x", 2, "not closed"),
        ("select 1 /* x", 1, "not closed"),
        ("", 1, "one select"),
        ("-- nothing", 1, "one select"),
        ("select 1; select 2", 1, "one select"),
        ("drop table x", 1, "one select"),
        ("create table x as select 1", 1, "one select"),
        ("copy x to 'y'", 1, "one select"),
        ("pivot x on y using sum(z)", 1, "one select"),
        (b"select\n\n'\xff'", 3, "UTF-8"),
    ],
)
def test_sql_that_is_not_one_select_is_refused_where_it_stands(
    models: Models, sql: str | bytes, line: int, words: str
) -> None:
    file, found, message = refused(models, "intermediate/int_a.sql", sql)
    assert (file, found) == ("int_a.sql", line)
    assert words in message


@pytest.mark.parametrize(
    "name",
    [
        "intermediate/stg_a.sql",
        "marts/int_a.sql",
        "marts/stg_a__figures.sql",
        "staging/figures.sql",
        "mart/dim_a.sql",
        "raw/stg_a.sql",
    ],
)
def test_a_model_in_the_wrong_layer_is_refused(models: Models, name: str) -> None:
    file, line, message = refused(models, name, "select 1 as x")
    assert (f"/{file}", line) == (name[name.index("/") :], 1)
    assert "marts/dim_|fct_" in message


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("select *\nfrom int_b", "int_b"),
        ("select *\nfrom int_a__heldx", "int_a__heldx"),
        ("select *\nfrom intermediate.int_a", "intermediate.int_a"),
        ("select *\nfrom audit.finding", "audit.finding"),
        ("select *\nfrom 'data/raw/figures/khm.csv'", "data/raw/figures/khm.csv"),
        ("select *\nfrom figures", "figures"),
    ],
)
def test_a_reference_to_no_table_is_refused_at_its_line(
    models: Models, sql: str, name: str
) -> None:
    file, line, message = refused(models, "intermediate/int_a.sql", sql)
    assert (file, line) == ("int_a.sql", 2)
    assert f"`{name}` is neither a model nor a raw table" in message


def test_a_cycle_is_refused_with_its_members_at_a_line_of_one(models: Models) -> None:
    models.put({"int_b": "select *\nfrom\n  int_c", "int_c": "select *\nfrom\n  int_a"})
    file, line, message = refused(models, "intermediate/int_a.sql", "select *\nfrom\n  int_b")
    assert file in {"int_a.sql", "int_b.sql", "int_c.sql"}
    assert line == 3
    assert all(name in message for name in ("a cycle", "int_a", "int_b", "int_c"))


@pytest.mark.parametrize(
    "sql", ["select * from int_a", "with int_a as (select * from int_a) select * from int_a"]
)
def test_a_model_that_reads_itself_is_a_cycle(models: Models, sql: str) -> None:
    assert "a cycle" in refused(models, "intermediate/int_a.sql", sql)[2]


def test_a_source_that_reads_its_own_union_is_a_cycle(models: Models) -> None:
    name, sql = "staging/stg_a__figures.sql", "select 1 as x\nfrom stg_figures"
    file, line, message = refused(models, name, sql)
    assert (file, line) == ("stg_a__figures.sql", 2)
    assert "a cycle" in message


def test_two_models_of_one_name_are_refused(models: Models, tmp_path: Path) -> None:
    models.put({"int_a": "select 1 as x"})
    other = tmp_path / "other" / "intermediate" / "int_a.sql"
    other.parent.mkdir(parents=True)
    other.write_text("select 2 as x")
    with pytest.raises(ModelError, match="is a model of that name too") as caught:
        read_models([models.folder, tmp_path / "other"])
    assert (caught.value.file, caught.value.line) == (other, 1)
    assert str(models.folder / "intermediate" / "int_a.sql") in str(caught.value)


def test_a_model_with_the_name_of_a_union_is_refused_and_not_its_source_left_out(
    models: Models,
) -> None:
    models.put({"stg_figures": "select 1 as x"})
    file, line, message = refused(models, "staging/stg_mine__figures.sql", "select 2 as x")
    assert (file, line) == ("stg_mine__figures.sql", 1)
    assert "`stg_figures` is a model of its own" in message
