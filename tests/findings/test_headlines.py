from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.findings import offenders, periods
from etl.validate.count import count
from tests.worlds import World, claim, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.plan import Plan

HALF = {"period_start": "2019-01-01", "period_end": "2019-06-30"}


@pytest.fixture(scope="module")
def world(plan: Plan) -> Iterator[World]:
    with duckdb.connect() as connection:
        yield World.open(plan, connection)


@pytest.mark.parametrize(
    ("halves", "said"),
    [
        ({"a": 20}, "20 (a)"),
        ({"a": 20, "b": 20}, "20 (a, b)"),
        ({"a": 20, "b": 20, "c": 20}, "20 (a and 2 more)"),
        ({"a": 20, "b": 30}, "20 (a) or 30 (b)"),
    ],
)
def test_a_headline_names_two_pages_or_counts_them(
    world: World, halves: dict[str, int], said: str
) -> None:
    parts = [figure(page, value, source_id=page, **HALF) for page, value in halves.items()]
    world.build([figure("year", 10), *parts])
    (finding,) = periods.tell(world.engine.connection, "raw")
    assert finding.headline.endswith(f": 10 (one) for 2019 cannot be if it is {said} for H1 2019.")
    assert len(finding.figures) == 1 + len(halves)


def test_a_page_that_prints_two_values_is_named_once(world: World) -> None:
    about = figure("about", 30, value_qualifier="about", **HALF)
    world.build([figure("year", 10, source_id="two"), figure("half", 20, **HALF), about])
    (finding,) = periods.tell(world.engine.connection, "raw")
    assert "if it is 20 or about 30 (one) for H1 2019." in finding.headline


def test_a_row_is_told_by_its_place_its_value_and_what_was_expected(world: World) -> None:
    row = {**claim("change_absolute", "eq", "10"), "file": "claims/a.csv", "row_number": 4}
    world.build([figure("before", 20)], claims=[row])
    connection, table = world.engine.connection, world.plan.table("stg_claims")
    results = count(connection, table.checks)
    (finding,) = offenders.tell_reported(connection, world.plan, results, "raw")
    assert finding.headline == (
        "raw/claims/a.csv, row 4, subject_figure_id `now`:"
        " expected the figure_id of a figure that is not held back."
    )


def test_what_is_in_no_row_of_a_file_is_told_by_its_name(world: World) -> None:
    world.build([figure("new", 20, measure="dogs_licensed")])
    connection, table = world.engine.connection, world.plan.table("dim_measure")
    results = count(connection, table.checks)
    (finding,) = offenders.tell_reported(connection, world.plan, results, "raw")
    assert finding.headline == (
        "The measure `dogs_licensed`: expected a row for it in reference/measures.csv."
    )
    assert finding.detail.startswith("Nobody says whether it is a flow")
