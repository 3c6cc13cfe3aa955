import pytest

from etl.reconcile.bounds import bounds_of
from etl.reconcile.limits import Unknown
from etl.reconcile.model import Cell, Number, Problem, Statement, figure
from etl.reconcile.pinned import Pinned
from etl.reconcile.solver import Solver

TOTAL, SUM = 0, 4
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
    problem: Problem, freed: int, terms: tuple[tuple[str, Number], ...]
) -> None:
    solver = Solver()
    solver.load(problem)
    found = solver.pinned.ends(terms, {freed})
    try:
        asked = bounds_of(solver, terms, frozenset({freed}))
    except Unknown:
        assert found is None
    else:
        assert found == (asked.low, asked.high)


def test_a_cell_is_a_whole_number_where_a_factor_leaves_a_fraction() -> None:
    cells = (Cell("a"), Cell("b"))
    twice = Statement("twice", (("a", 2), ("b", -1)), None, 0)
    pinned = Pinned(Problem(cells, (figure("b", 7), twice)))
    assert pinned.ends((("a", 1),), set()) == (0, 3)


def test_two_cells_that_nothing_pins_are_left_to_the_solver() -> None:
    pinned = Pinned(block(10, 20, 30, total=60))
    assert pinned.ends((("a", 1),), {1, 2}) is None


def test_two_figures_of_one_cell_that_differ_refute_each_other() -> None:
    problem = Problem((Cell("a"),), (figure("a", 1, name="one"), figure("a", 2, name="two")))
    assert Pinned(problem).refutes(set(), {})
    assert Pinned(problem).ends((("a", 1),), {0}) == (2, 2)
