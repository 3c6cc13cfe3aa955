from __future__ import annotations

from pathlib import Path

import pytest

from etl.engine.spark_sql import not_portable
from etl.plan import prepare
from etl.settings import ROOT

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


@pytest.mark.parametrize("name", _QUERIES)
def test_every_model_and_check_means_the_same_to_both_engines(name: str) -> None:
    assert list(not_portable(_QUERIES[name])) == []


def test_the_example_rule_does_too() -> None:
    (model,) = Path(ROOT, "docs", "examples", "rule").rglob("*.sql")
    assert list(not_portable(model.read_text(encoding="utf-8"))) == []
