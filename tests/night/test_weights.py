"""Error rates that cannot be used: each row is held and told, and its default counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.reconcile.reach import reach
from tests.worlds import World, claim, figure, year

if TYPE_CHECKING:
    from etl.plan import Plan
    from tests.night.conftest import Folder

WEIGHTS = "reference/weights.csv"


def test_rates_that_cannot_be_used_are_held_and_told(folder: Folder) -> None:
    rows = folder.read(WEIGHTS)
    rate = {"kind": "figure", "name": "exact", "error_rate": "0.01", "factor": "", "reason": ""}
    wrong = [
        rate | {"error_rate": "0.02"},  # a second rate for what has one
        rate | {"name": "roughly", "error_rate": "-0.1"},
        rate | {"kind": "gossip"},
        rate | {"name": "some", "error_rate": "often"},
    ]
    folder.write(WEIGHTS, [*rows, *wrong])
    assert folder.night() == 0
    held = dict(folder.rows("select check_name, count(*) from audit.quarantine group by all"))
    assert held == {
        "kind_name_is_unique": 2,
        "error_rate_is_positive": 1,
        "kind_is_known": 1,
        "weight_is_a_rate_or_a_factor": 1,
    }
    told = folder.rows("select message from audit.finding where file = ?", WEIGHTS)
    for row_number in range(len(rows) + 2, len(rows) + 2 + len(wrong)):
        assert any(f"{WEIGHTS}, row {row_number}" in message for (message,) in told)


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ("kind = 'figure'", {"figure": 0.01}),
        ("kind = 'claim'", {"claim": 0.1}),
        ("kind = 'structure'", {"structure": 0.003}),
        ("kind = 'completeness'", {"completeness": 0.1}),
        ("kind = 'sameness'", {"sameness": 0.05}),
        ("kind = 'distance'", {"lacking": 0.2, "apart": 0.18}),
        ("kind = 'figure' and name = 'exact'", {"figure": 0.01}),
        ("true", {"figure": 0.01, "claim": 0.1, "structure": 0.003, "sameness": 0.05}),
    ],
)
def test_a_rate_that_is_missing_has_the_default_of_its_kind(
    plan: Plan, lost: str, expected: dict[str, float]
) -> None:
    world = World.open(plan, duckdb.connect())
    said = {"source_id": "one", "breakdown_complete": "yes"}
    parts = [("CHN", 40), ("VNM", 20)]
    figures = [
        figure("now", 100, **said, **year(2019)),
        figure("before", 10, **year(2018)),
        figure("other", 90, source_id="two"),
        *(figure(code, n, dimension="nationality", category=code, **said) for code, n in parts),
    ]
    world.build(figures, [claim("absolute_change", "eq", "50")])
    world.engine.connection.execute(f"delete from staging.stg_weights where {lost}")
    reached = reach(world.engine.connection)
    assert reached is not None
    statements = {row["check_name"].partition("_")[0]: row for row in reached.statements}
    found = {
        "figure": reached.figures[0]["error_rate"],
        "claim": statements["claims"]["error_rate"],
        "structure": statements["subtotals"]["error_rate"],
        "completeness": statements["subtotals"]["completeness_rate"],
        "sameness": reached.sameness_rate,
        "lacking": reached.distances.lacking,
        "apart": reached.distances.apart,
    }
    assert {kind: found[kind] for kind in expected} == pytest.approx(expected)
