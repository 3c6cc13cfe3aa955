import random
from dataclasses import replace
from math import isclose

import pytest

from benchmarks.reconcile import simulate
from benchmarks.reconcile_blocks import KINDS, block, problem, slipped
from etl.reconcile.diagnose import (
    LIMITS,
    NEAR_CERTAIN,
    PROBABLE,
    Alternative,
    Context,
    band,
    diagnose,
)
from etl.reconcile.model import Cell, Number, Problem, Statement, figure

SURE = 4.6  # the weight of an error rate of 1 %


def listed(total: int, *parts: int, complete: bool = True) -> Problem:
    names = [f"p{n}" for n in range(len(parts))]
    terms = (("total", 1), *((name, -1) for name in names))
    adds_up = Statement("list", terms, 0, 0 if complete else None, SURE)
    figures = [figure(name, value, SURE) for name, value in zip(names, parts, strict=True)]
    cells = tuple(map(Cell, ["total", *names]))
    return Problem(cells, (adds_up, figure("total", total, SURE), *figures))


def first(one: Problem, contexts: dict[str, Context] | None = None) -> Alternative:
    parts = {each.id: each.low or 0 for each in one.statements if each.id.startswith("p")}
    (found,) = diagnose(one, {"list": Context(parts=parts)} | (contexts or {}))
    return found.alternatives[0]


def told(one: Alternative) -> list[tuple[str, Number | None, str | None]]:
    return [(suspect.statement, suspect.value, suspect.slip) for suspect in one.suspects]


def test_what_is_consistent_needs_no_explanation() -> None:
    assert diagnose(listed(60, 10, 20, 30), {}) == ()


@pytest.mark.parametrize(
    ("printed", "slip"),
    [
        (1_392, "digits_swapped"),
        (139, "digit_dropped"),
        (13_529, "digit_added"),
        (1_829, "digit_replaced"),
        (13_290, "scale"),
    ],
)
def test_the_figure_that_a_slip_explains_comes_first(printed: int, slip: str) -> None:
    one = listed(1_329 + 5_017 + 2_402, printed, 5_017, 2_402)
    assert told(first(one)) == [("p0", 1_329, slip)]


def test_last_years_number_is_recognised() -> None:
    one = listed(1_329 + 5_017 + 2_402, 1_277, 5_017, 2_402)
    contexts = {
        "p0": Context(previous=(1_277,)),
        "p1": Context(previous=(4_801,)),
        "p2": Context(previous=(2_588,)),
    }
    assert told(first(one, contexts)) == [("p0", 1_329, "previous_period")]


def test_a_running_total_printed_for_its_period_is_recognised() -> None:
    one = listed(1_329 + 5_017, 1_329, 9_614)
    contexts = {"p1": Context(running=(9_614,))}
    assert told(first(one, contexts)) == [("p1", 5_017, "running_total")]


@pytest.mark.parametrize(
    ("total", "slip"),
    [(8_748 - 2_402, "part_left_out"), (8_748 + 2_402, "part_counted_twice")],
)
def test_a_total_that_miscounts_one_part_is_recognised(total: int, slip: str) -> None:
    parts: dict[str, Number] = {"p0": 1_329, "p1": 5_017, "p2": 2_402}
    one = listed(total, 1_329, 5_017, 2_402)
    contexts = {"total": Context(parts=parts)}
    assert told(first(one, contexts)) == [("total", 8_748, slip)]


@pytest.mark.parametrize(
    ("total", "slip"),
    [(8_748 + 2_402, "part_left_out"), (8_748 - 2_402, "part_counted_twice")],
)
def test_a_list_that_is_not_complete_is_recognised(total: int, slip: str) -> None:
    parts: dict[str, Number] = {"p0": 1_329, "p1": 5_017, "p2": 2_402}
    one = listed(total, 1_329, 5_017, 2_402)
    sure = tuple(
        replace(each, weight=SURE if each.id == "list" else 2 * SURE) for each in one.statements
    )
    contexts = {"list": Context(parts=parts)}
    found = first(Problem(one.cells, sure), contexts)
    assert told(found) == [("list", total - 8_748, slip)]


def test_two_figures_in_each_others_place_are_one_slip() -> None:
    rows = {"a": (311, 1_207), "b": (845, 92)}
    names = [f"{row}{n}" for row in rows for n in (0, 1)]
    cells = [*names, "a", "b"]
    rules = [
        Statement(f"row {row}", ((row, 1), (f"{row}0", -1), (f"{row}1", -1)), 0, 0, SURE)
        for row in rows
    ]
    true = {f"{row}{n}": rows[row][n] for row in rows for n in (0, 1)}
    true |= {row: sum(values) for row, values in rows.items()}
    printed = true | {"a0": true["b0"], "b0": true["a0"]}
    figures = [figure(name, value, SURE) for name, value in printed.items()]
    contexts = {"a0": Context(siblings={"b0": 311}), "b0": Context(siblings={"a0": 845})}
    found = first(Problem(tuple(map(Cell, cells)), (*rules, *figures)), contexts)
    assert told(found) == [("a0", 311, "cells_swapped"), ("b0", 845, "cells_swapped")]


def test_a_claim_over_the_wrong_base_is_blamed_with_its_slip() -> None:
    claim = Statement("half", (("new", 2), ("old", -3)), 0, 0, 2.9)
    figures = (figure("old", 50, SURE), figure("new", 100, SURE))
    one = Problem((Cell("old"), Cell("new")), (claim, *figures))
    found = first(one, {"half": Context(known_slip="change_over_new_base")})
    assert [(each.statement, each.slip) for each in found.suspects] == [
        ("half", "change_over_new_base")
    ]


def test_a_claim_that_comes_down_to_one_cell_is_no_figure() -> None:
    claim = Statement("half more than 17 less", (("new", -1),), None, -51, 2.9)
    one = Problem((Cell("new"),), (claim, figure("new", 50, SURE)))
    found = first(one, {claim.id: Context(known_slip="change_over_new_base")})
    assert told(found) == [(claim.id, -50, "change_over_new_base")]


def test_where_nothing_tells_the_alternatives_are_as_likely() -> None:
    one = Problem((Cell("x"),), (figure("x", 5_011, SURE, "one"), figure("x", 9_857, SURE, "two")))
    (found,) = diagnose(one, {})
    assert found.ties_complete
    assert [each.band for each in found.alternatives] == ["open", "open"]
    assert isclose(sum(each.probability for each in found.alternatives), 1)
    assert {told(each)[0][:2] for each in found.alternatives} == {("one", 9_857), ("two", 5_011)}


def test_a_wide_interval_names_the_slip_and_not_more_than_it_knows() -> None:
    one = listed(5_000, 4_000, 9_100, complete=False)
    (found,) = diagnose(one, {})
    ends = {each.suspects[0].statement: each.suspects[0] for each in found.alternatives}
    assert (ends["p1"].low, ends["p1"].high) == (0, 1_000)
    assert (ends["total"].low, ends["total"].high) == (13_100, None)
    assert (ends["p1"].value, ends["p1"].slip) == (910, "scale")


@pytest.mark.parametrize("seed", range(3))
def test_two_runs_tell_the_same(seed: int) -> None:
    rng = random.Random(seed)  # an example, no secret
    one = slipped(block(rng), "random", rng)
    assert one is not None
    assert diagnose(one.problem, one.contexts) == diagnose(one.problem, one.contexts)


@pytest.mark.parametrize("seed", range(10))
def test_a_block_without_slip_is_consistent(seed: int) -> None:
    one = block(random.Random(seed))  # an example, no secret
    assert diagnose(problem(one, one.printed), {}) == ()


def test_what_was_cut_short_is_told() -> None:
    (found,) = diagnose(listed(61, 10, 20, 30), {}, replace(LIMITS, seconds=-1))
    assert (found.status, found.alternatives, found.ties_complete) == ("cut short", (), False)
    assert found.reason == "the limit of -1 seconds was reached"


@pytest.mark.parametrize(
    ("probability", "name"),
    [(1.0, "near-certain"), (NEAR_CERTAIN, "near-certain"), (PROBABLE, "probable"), (0.2, "open")],
)
def test_a_band_starts_at_its_threshold(probability: float, name: str) -> None:
    assert band(probability) == name


def test_on_simulated_slips_the_first_place_keeps_its_word() -> None:
    noticed = [one for one in simulate(11, 30 * len(KINDS)) if one.place is not None]
    sure = [one for one in noticed if one.probability >= NEAR_CERTAIN]
    assert sum(one.place == 1 for one in noticed) >= 0.85 * len(noticed)
    assert sum(one.place == 1 for one in sure) >= 0.97 * len(sure)
