"""`tests/sql/<model>/<case>/`: what the model makes of the given tables.

Each CSV but `expected.csv` is a table that the model reads, named as the model names it, with only
the columns that matter; a table without a CSV is empty. Of the result only the columns of
`expected.csv` are compared, in whatever order the rows come.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etl.settings import ROOT
from etl.transform import HELD_SUFFIX, Model, create_statement, read_models

if TYPE_CHECKING:
    from etl.plan import Plan, Table
    from tests.conftest import Engine

HERE = Path(__file__).parent
CASES = sorted(file.parent for file in HERE.glob("*/*/expected.csv"))
NOT_WORTH_A_CASE = {"dim_geography", "dim_nationality"}


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return {model.stem: model for model in read_models([ROOT / "sql"])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_model_makes_of_the_given_tables_what_is_expected(
    case: Path, plan: Plan, models: dict[str, Model], engine: Engine
) -> None:
    model = models[case.parent.name]
    parents = [f"{ref.schema}.{ref.name}".strip(".") for ref in model.references]
    given = {file.stem: file for file in case.glob("*.csv") if file.stem != "expected"}
    assert given.keys() <= set(parents)
    for name in parents:
        engine.create(parent(plan, name), name, given.get(name))
    engine.connection.execute(create_statement(model))
    result = plan.table(model.union or model.stem)
    columns = engine.create(result, "main.expected", case / "expected.csv")
    compare(engine.rows("main.expected", columns), engine.rows(model.stem, columns))


def test_every_intermediate_and_mart_model_has_a_case(plan: Plan) -> None:
    tested = ("intermediate", "marts")
    worth_it = {table.stem for table in plan.models if table.file and table.schema in tested}
    assert worth_it - NOT_WORTH_A_CASE <= {case.parent.name for case in CASES}


def test_every_folder_below_a_model_is_a_case() -> None:
    assert {path for path in HERE.glob("*/*") if path.is_dir()} == set(CASES)


def parent(plan: Plan, name: str) -> Table:
    schema, _, stem = name.rpartition(".")
    if schema:
        return next(table for table in plan.raw if table.stem == stem)
    return plan.table(stem.removesuffix(HELD_SUFFIX))


def compare(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    missing = [row for row in expected if expected.count(row) > found.count(row)]
    surplus = [row for row in found if found.count(row) > expected.count(row)]
    if missing or surplus:
        lines = [*(f"expected  {row}" for row in missing), *(f"found     {row}" for row in surplus)]
        pytest.fail("\n".join(lines), pytrace=False)
