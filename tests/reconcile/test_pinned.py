import subprocess
import sys
from itertools import combinations

import pytest

from etl.reconcile.bounds import bounds_of
from etl.reconcile.limits import Unknown
from etl.reconcile.model import Cell, Number, Problem, Statement, figure
from etl.reconcile.pinned import Pinned
from etl.reconcile.solver import Solver

TOTAL, SUM = 0, 4
PLAIN = """
import sys
from etl.reconcile.diagnose import diagnose
from etl.reconcile.model import Cell, Problem, Statement, figure
parts = {"a": 10, "b": 20, "total": 60}
terms = (("a", 1), ("b", 1), ("total", -1))
rows = (*(figure(name, value) for name, value in parts.items()), Statement("sum", terms, 0, 0))
(found,) = diagnose(Problem(tuple(map(Cell, parts)), rows), {})
print(found.status, sorted({"highspy", "numpy", "scipy"} & set(sys.modules)))
"""
SUM_OF_PARTS = (("a", 1), ("b", 1), ("c", 1), ("total", -1))


def block(*parts: int, total: int, low: int | None = 0, high: int | None = 0) -> Problem:
    values = zip("abc", parts, strict=True)
    return Problem(
        tuple(map(Cell, ("total", "a", "b", "c"))),
        (
            figure("total", total),
            *(figure(name, value) for name, value in values),
            Statement("sum", SUM_OF_PARTS, low, high),
        ),
    )


@pytest.mark.parametrize(
    ("freed", "moved", "is_refuted"),
    [
        (set(), {}, True),
        ({TOTAL}, {}, False),
        ({SUM}, {}, False),
        (set(), {TOTAL: 60}, False),
        (set(), {TOTAL: 61}, True),
        (set(), {1: 20, 2: 10}, True),
    ],
)
def test_a_sum_over_pinned_cells_refutes_what_it_does_not_allow(
    freed: set[int], moved: dict[int, Number], is_refuted: bool
) -> None:
    assert Pinned(block(10, 20, 30, total=50)).refutes(freed, moved) is is_refuted


@pytest.mark.parametrize(
    "problem",
    [
        block(10, 20, 30, total=50),
        block(10, 20, 30, total=90, high=None),
        block(10, 20, 30, total=5, low=None),
        block(10, 20, 30, total=50, low=-7, high=9),
    ],
)
@pytest.mark.parametrize("freed", [TOTAL, 1, 2, SUM])
@pytest.mark.parametrize("terms", [(("total", 1),), (("a", 1),), SUM_OF_PARTS, (("b", -3),)])
def test_what_is_left_is_what_the_solver_says(
    problem: Problem,
    freed: int,
    terms: tuple[tuple[str, Number], ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solver = Solver()
    solver.load(problem)
    found = solver.pinned.ends(terms, {freed})
    monkeypatch.setattr(Pinned, "bounds", lambda *_: None)  # so that HiGHS is asked
    try:
        asked = bounds_of(solver, terms, frozenset({freed}))
    except Unknown:
        assert found is None
    else:
        assert found == (asked.low, asked.high)


def test_what_was_asked_before_changes_no_answer() -> None:
    values = dict(zip("abcdefg", (10, 20, 30, 40, 50, 60, 70), strict=True))
    problem = Problem(
        tuple(map(Cell, ("total", *values))),
        (
            figure("total", 290),
            *(figure(name, value) for name, value in values.items()),
            Statement("sum", (*((name, 1) for name in values), ("total", -1)), 0, 0),
        ),
    )
    asked_often = Pinned(problem)
    positions = range(len(problem.statements))
    sets = [frozenset(one) for size in range(5) for one in combinations(positions, size)]
    for freed in (*sets, *sets):
        asked_once = Pinned(problem)
        assert asked_often.ends((("a", 1),), freed) == asked_once.ends((("a", 1),), freed)
        assert asked_often.conflict(freed) == Pinned(problem).conflict(freed)
        assert asked_often.bounds((("b", 1),), freed) == Pinned(problem).bounds((("b", 1),), freed)


def test_a_plain_conflict_is_explained_without_the_solver() -> None:
    done = subprocess.run([sys.executable, "-c", PLAIN], check=True, capture_output=True, text=True)
    assert done.stdout == "localized []\n"


def test_a_cell_is_a_whole_number_where_a_factor_leaves_a_fraction() -> None:
    cells = (Cell("a"), Cell("b"))
    twice = Statement("twice", (("a", 2), ("b", -1)), None, 0)
    pinned = Pinned(Problem(cells, (figure("b", 7), twice)))
    assert pinned.ends((("a", 1),), set()) == (0, 3)


def test_two_cells_of_two_sums_run_in_a_circle_and_are_left_to_the_solver() -> None:
    one = block(10, 20, 30, total=60)
    again = Statement("difference", (("a", 1), ("b", -1)), -10, None)
    assert Pinned(one).ends((("a", 1),), {1, 2}) == (0, 30)
    crossed = Pinned(Problem(one.cells, (*one.statements, again)))
    assert crossed.ends((("a", 1),), {1, 2}) is None
    assert crossed.ends((("c", 1),), {3}) == (30, 30)


def test_a_conflict_of_one_sum_leaves_out_what_it_can_do_without_the_cheapest_first() -> None:
    weights = {"total": 2.0, "a": 3.0, "b": 1.0, "c": 2.0}
    figures = [
        figure(name, value, weights[name])
        for name, value in {"total": 50, "a": 40, "b": 20, "c": 30}.items()
    ]
    cells = tuple(map(Cell, weights))
    problem = Problem(cells, (*figures, Statement("sum", SUM_OF_PARTS, None, 0)))
    assert Pinned(problem).conflict(()) == frozenset({TOTAL, 1, 3, SUM})
    assert Pinned(problem).conflict({3}) == frozenset({TOTAL, 1, 2, SUM})
    assert Pinned(problem).conflict({1}) == frozenset()


def test_the_dearest_of_several_that_say_the_same_is_the_one_of_the_conflict() -> None:
    said = [figure("a", 1, weight, f"{weight}") for weight in (1.0, 3.0, 2.0)]
    other = figure("a", 5, 1.0, "other")
    pinned = Pinned(Problem((Cell("a"),), (*said, other)))
    assert pinned.conflict(()) == frozenset({1, 3})
    assert pinned.conflict({1}) == frozenset({2, 3})
    assert pinned.conflict({3}) == frozenset()


def test_two_sums_that_leave_nothing_to_their_cell_are_a_conflict_with_what_they_need() -> None:
    doubled = Statement("doubled", (("total", 1), ("year before", -2)), 0, None)
    one = block(10, 20, 30, total=50)
    problem = Problem(
        (*one.cells, Cell("year before")), (*one.statements, doubled, figure("year before", 31))
    )
    assert Pinned(problem).conflict({TOTAL}) == frozenset({1, 2, 3, SUM, 5, 6})
    assert Pinned(problem).conflict({TOTAL, 1}) == frozenset()
    shared = Statement("shared", (("total", 1), ("a", -1)), 51, None)
    assert Pinned(Problem(one.cells, (*one.statements, shared))).conflict({TOTAL}) is None


def test_what_fractions_would_do_is_left_to_the_search_through_whole_numbers() -> None:
    half = Statement("half", (("a", 2),), 1, 1)
    pinned = Pinned(Problem((Cell("a"),), (half,)))
    assert pinned.conflict(()) is None
    assert pinned.ends((), ()) is None


def test_a_bound_names_the_sums_and_figures_that_hold_it() -> None:
    below = Statement("below", (("b", 1), ("d", -1)), None, 0)
    both = Statement("both", (("a", 1), ("b", 1), ("c", -1)), 0, 0)
    cells = tuple(map(Cell, "abcd"))
    pinned = Pinned(Problem(cells, (figure("c", 7), below, both, figure("d", 3))))
    expected = (4, 7), frozenset({0, 1, 2, 3}), frozenset({0, 2})
    assert pinned.bounds((("a", 1),), ()) == expected


def test_two_figures_of_one_cell_that_differ_refute_each_other() -> None:
    problem = Problem((Cell("a"),), (figure("a", 1, name="one"), figure("a", 2, name="two")))
    assert Pinned(problem).refutes(set(), {})
    assert Pinned(problem).ends((("a", 1),), {0}) == (2, 2)
