from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlglot
from sqlglot import exp

from etl.engine.spark_sql import not_portable
from etl.plan import prepare
from etl.settings import ROOT

if TYPE_CHECKING:
    from etl.plan import Table

_PLAN = prepare((ROOT / "sql",))
_QUERIES = {
    **{f"model {table.stem}": table.select for table in _PLAN.models if not table.is_filled},
    **{
        f"{what} {check.name} of {table.stem}": f"select {condition}"
        for table in _PLAN.models
        for check in table.checks.checks
        for what, condition in (("check", check.sql), ("scope of", check.where))
        if condition
    },
}
# What they join so is few: files with formats, periods with periods, a row that could not be read
# with the sources or categories that it may name, a membership that is held with parts, two rows.
_COMPARES_ALL = {
    "stg_date_readings", "stg_number_readings", "int_periods_nested", "int_dimensions_completed",
    "int_breakdowns_damaged", "int_claim_readings", "int_claim__statement_terms",
    "int_memberships_doubted",
}  # fmt: skip


@pytest.mark.parametrize("name", _QUERIES)
def test_every_model_and_check_means_the_same_to_both_engines(name: str) -> None:
    assert list(not_portable(_QUERIES[name])) == []


def test_the_example_rule_does_too() -> None:
    (model,) = Path(ROOT, "docs", "examples", "rule").rglob("*.sql")
    assert list(not_portable(model.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("table", _PLAN.models, ids=lambda table: table.stem)
def test_no_model_has_spark_compare_every_row_with_every_other(table: Table) -> None:
    is_known = table.stem in _COMPARES_ALL
    assert (not table.is_filled and compares_all(table.select)) == is_known


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from t inner join u on t.x = u.x", False),
        ("select * from t inner join u on t.x = u.x and t.y < u.y", False),
        ("select * from t left join u on t.x is not distinct from u.x", False),
        ("select * from t where x in (1, 2)", False),
        ("select * from t inner join u on t.x = u.x or t.y = u.y", True),
        ("select * from t inner join u on t.x < u.x", True),
        ("select * from t left join u on t.x = 1", True),
        ("select * from t cross join u", True),
        ("select * from t, u", True),
        ("select * from t where x not in (select x from u)", True),
    ],
)
def test_such_a_join_is_known_by_its_condition(sql: str, expected: bool) -> None:
    assert compares_all(sql) == expected


def compares_all(sql: str) -> bool:
    tree = sqlglot.parse_one(sql, read="duckdb")
    joins = any(not has_key(join.args.get("on")) for join in tree.find_all(exp.Join))
    return joins or any(
        isinstance(node.this, exp.In) and node.this.args.get("query")
        for node in tree.find_all(exp.Not)
    )


def has_key(condition: exp.Expr | None) -> bool:
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return any(
        isinstance(part, (exp.EQ, exp.NullSafeEQ))
        and part.left.find(exp.Column)
        and part.right.find(exp.Column)
        for part in parts
    )
