"""Bounds against every point of a box: whole numbers, open ends, claims of a ratio."""

from __future__ import annotations

import random

import numpy as np
import pytest

from etl.reconcile.bounds import bounds
from etl.reconcile.limits import Unknown
from etl.reconcile.model import Cell, Number, Problem, Statement

BOX = 40
NAMES = "abc"


def points(problem: Problem, size: int) -> np.ndarray:
    """Every point in whole numbers up to a size that obeys all statements; one row for each."""
    many = len(problem.cells)
    every = np.indices((size + 1,) * many).reshape(many, -1).T
    obeys = np.ones(len(every), bool)
    for one in problem.statements:
        sums = sum(int(factor) * every[:, problem.index[name]] for name, factor in one.terms)
        obeys &= sums >= (-np.inf if one.low is None else float(one.low))
        obeys &= sums <= (np.inf if one.high is None else float(one.high))
    return every[obeys]


def open_problem(seed: int) -> Problem:
    rng = random.Random(seed)  # an example, no secret
    found = []
    for n in range(rng.randint(1, 4)):
        chosen = rng.sample(NAMES, rng.randint(1, 3))
        terms: tuple[tuple[str, Number], ...] = tuple(
            (name, rng.choice([-2, -1, 1, 2])) for name in chosen
        )
        low = rng.choice([None, rng.randint(-3, 7)])
        high = rng.choice([None, (low or 0) + rng.randint(0, 3)])
        found.append(Statement(f"s{n}", terms, low, high))
    return Problem(tuple(map(Cell, NAMES)), tuple(found))


@pytest.mark.parametrize("seed", range(150))
def test_an_end_is_open_just_where_no_point_of_the_box_is_the_last(seed: int) -> None:
    problem = open_problem(seed)
    wide, narrow = points(problem, BOX), points(problem, BOX // 2)
    if not len(wide):
        with pytest.raises(Unknown):
            bounds(problem, NAMES)
        return
    for name, found in bounds(problem, NAMES).items():
        values, fewer = wide[:, problem.index[name]], narrow[:, problem.index[name]]
        assert found.low == values.min()
        if found.high is None:
            assert values.max() > fewer.max(initial=-1)
        else:
            assert found.high == values.max()


@pytest.mark.parametrize("seed", range(150))
def test_the_bounds_of_what_a_ratio_is_claimed_of_are_whole_and_tight(seed: int) -> None:
    rng = random.Random(seed)  # an example, no secret
    percent, most = rng.randint(40, 260), rng.randint(8, BOX)
    up = rng.choice([None, rng.randint(0, 30)])
    statements = [
        Statement("base", (("b", 1),), 1, most, None),
        Statement("least", (("a", 200), ("b", -(2 * percent - 1))), 0, None),
        Statement("most", (("a", 200), ("b", -(2 * percent + 1))), None, 0),
    ]
    if up is not None:
        statements.append(Statement("up", (("a", 1), ("b", -1)), up, up))
    problem = Problem((Cell("a"), Cell("b")), tuple(statements))
    every = points(problem, 3 * BOX)
    if not len(every):
        with pytest.raises(Unknown):
            bounds(problem, "ab")
        return
    for name, found in bounds(problem, "ab").items():
        values = every[:, problem.index[name]]
        assert (found.low, found.high) == (values.min(), values.max())
