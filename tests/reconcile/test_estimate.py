import random
from math import isclose, sqrt

import numpy as np
import pytest

from etl.reconcile.estimate import Estimate, estimates, whole
from etl.reconcile.model import Cell, Number, Problem, Statement, figure

UNIFORM = 1 / sqrt(12)  # the deviation of any value of an interval of length 1


def about(cell: str, value: Number, reach: Number, name: str = "") -> Statement:
    return Statement(name or cell, ((cell, 1),), value - reach, value + reach)


def adds_up(total: str, *parts: str) -> Statement:
    return Statement(f"sum {total}", ((total, 1), *((part, -1) for part in parts)), 0, 0)


def problem(*statements: Statement) -> Problem:
    names = dict.fromkeys(name for one in statements for name, _ in one.terms)
    return Problem(tuple(map(Cell, names)), statements)


def estimated(*statements: Statement, **start: Number) -> dict[str, Estimate]:
    return estimates(problem(*statements), {}, start)


def test_two_numbers_for_one_cell_are_averaged_by_their_precision() -> None:
    found = estimated(about("x", 5_900, 50, "one"), about("x", 5_880, 25, "two"))["x"]
    one, two = (100 * UNIFORM) ** -2, (50 * UNIFORM) ** -2
    assert isclose(found.value, (one * 5_900 + two * 5_880) / (one + two))
    assert found.deviation == pytest.approx(sqrt(1 / (one + two)))


def test_a_total_shares_what_it_misses_among_rounded_parts_by_their_variance() -> None:
    found = estimated(
        figure("total", 1_000), about("a", 600, 50), about("b", 430, 5), adds_up("total", "a", "b")
    )
    a, b = (100 * UNIFORM) ** 2, (10 * UNIFORM) ** 2
    assert found["total"] == Estimate(1_000, 0)
    assert found["a"].value == pytest.approx(600 - 30 * a / (a + b))
    assert found["b"].value == pytest.approx(430 - 30 * b / (a + b))
    assert found["a"].deviation == found["b"].deviation
    assert found["a"].deviation == pytest.approx(sqrt(a * b / (a + b)))


def test_a_part_that_exact_numbers_leave_one_value_has_no_deviation() -> None:
    found = estimated(figure("total", 341), figure("a", 315), adds_up("total", "a", "b"), b=926)
    assert found["b"] == Estimate(26, 0)


def test_the_remainder_of_rounded_numbers_inherits_their_variances() -> None:
    found = estimated(about("total", 6_000, 500), about("a", 2_000, 50), adds_up("total", "a", "b"))
    assert found["b"].value == pytest.approx(4_000)
    assert found["b"].deviation == pytest.approx(UNIFORM * sqrt(1_000**2 + 100**2))


def test_a_number_at_one_end_of_its_interval_is_as_unsure_as_it_is_lopsided() -> None:
    nearly = Statement("nearly", (("x", 1),), 850, 900)
    found = estimates(problem(nearly), {"nearly": 900}, {})["x"]
    assert found.value == 900
    assert found.deviation == pytest.approx(50 / sqrt(3))


@pytest.mark.parametrize("end", [(3_001, None), (None, 2_999)])
def test_what_only_an_open_end_limits_is_not_measured(end: tuple[int | None, int | None]) -> None:
    found = estimated(Statement("x", (("x", 1),), *end), x=3_000)["x"]
    assert found.deviation is None
    assert found.value == pytest.approx(end[0] or end[1])


def test_two_ends_that_meet_are_an_equation() -> None:
    terms = (("total", 1), ("a", -1), ("b", -1))
    found = estimated(
        figure("total", 10),
        figure("a", 4),
        Statement("not above", terms, 0, None),
        Statement("complete", terms, None, 0),
    )
    assert found["b"] == Estimate(6, 0)


def test_what_an_equation_follows_from_another_in_counts_once() -> None:
    twice = Statement("again", (("total", 2), ("a", -2), ("b", -2)), 0, 0)
    rules = (about("total", 100, 6), about("a", 60, 3), adds_up("total", "a", "b"))
    assert estimated(*rules, twice)["b"].deviation == pytest.approx(
        estimated(*rules)["b"].deviation
    )


def test_a_share_of_a_cell_that_nothing_measures_leaves_both_unmeasured() -> None:
    half = Statement("half", (("part", 2), ("whole", -1)), 0, 0)
    found = estimated(half, figure("other", 3), whole=10)
    assert [found[name].deviation for name in ("part", "whole", "other")] == [None, None, 0]
    assert (found["part"].value, found["whole"].value) == pytest.approx((5, 10))


@pytest.mark.parametrize("scale", [1, 10**6, 10**12])
def test_precisions_that_lie_far_apart_are_both_heeded(scale: int) -> None:
    found = estimated(
        about("total", 5 * scale, scale, "rough"), about("a", 20, 3), adds_up("total", "a", "b")
    )
    assert found["a"].value == pytest.approx(20, abs=1e-3)
    assert found["a"].deviation == pytest.approx(6 * UNIFORM)
    assert found["b"].deviation == pytest.approx(UNIFORM * sqrt((2 * scale) ** 2 + 6**2), rel=1e-4)


def test_ends_that_bind_are_obeyed_and_do_not_narrow_the_deviation() -> None:
    below = Statement("rank", (("a", 1), ("b", -1)), 1, None)
    measured = about("a", 100, 6), about("b", 104, 3)
    found = estimated(*measured, below)
    assert found["a"].value == pytest.approx(found["b"].value + 1, abs=1e-6)
    assert found["a"].value == pytest.approx(104, abs=1e-3)
    assert found["a"].deviation == estimated(*measured)["a"].deviation


def test_whole_numbers_add_up_where_rounding_each_would_not() -> None:
    one = problem(figure("total", 21), adds_up("total", "a", "b"))
    found = whole(one, {"total": 21, "a": 10.5, "b": 10.5})
    assert sorted((found["a"], found["b"])) == [10, 11]


def test_rounded_one_by_one_where_no_whole_numbers_add_up() -> None:
    odd = Statement("odd", (("a", 2), ("b", 2)), 21, 21)
    assert whole(problem(odd), {"a": 5.2, "b": 5.3}) == {"a": 5, "b": 5}


def test_deviations_are_those_of_drawing_the_errors_many_times() -> None:
    cells = {"a": 500.0, "b": 300.0, "c": 200.0, "ab": 800.0, "total": 1_000.0}
    widths = {"a": 40, "b": 20, "c": 60, "ab": 30, "total": 50}
    rng = random.Random(8)  # a simulation, no secret
    drawn = []
    for _ in range(2_000):
        printed = {name: round(rng.gauss(value, widths[name])) for name, value in cells.items()}
        measured = [
            about(name, value, round(widths[name] * sqrt(3))) for name, value in printed.items()
        ]
        free = Problem(
            tuple(Cell(name, None) for name in cells),
            (*measured, adds_up("ab", "a", "b"), adds_up("total", "ab", "c")),
        )
        drawn.append(estimates(free, {}, {}))
    for name, true in cells.items():
        errors = [one[name].value - true for one in drawn]
        assert np.std(errors) == pytest.approx(drawn[0][name].deviation, rel=0.06)
        assert np.mean(errors) == pytest.approx(0, abs=3)
