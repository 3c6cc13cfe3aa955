"""Plain arithmetic and the solver alone tell the same."""

import random
from typing import Any

import pytest

from benchmarks.reconcile_blocks import KINDS, block, slipped
from etl.reconcile.bounds import bounds
from etl.reconcile.diagnose import diagnose
from etl.reconcile.limits import Unknown
from etl.reconcile.localize import localize
from etl.reconcile.mend import sets
from etl.reconcile.model import Cell, Problem, Statement, figure
from etl.reconcile.pinned import Pinned


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Undone, plain arithmetic is asked again; until then it leaves all to the solver."""
    for name in ("conflict", "ends", "bounds"):
        monkeypatch.setattr(Pinned, name, lambda *_: None)
    monkeypatch.setattr(Pinned, "refutes", lambda *_: False)
    return monkeypatch


def tree(rng: random.Random) -> Problem:
    """Sums of sums, some figures missing, some wide, some wrong; now and then a circle."""
    names = ["all"]
    rules: list[Statement] = []
    for place in range(rng.randint(1, 4)):
        parts = [f"{place}{letter}" for letter in "abc"[: rng.randint(2, 3)]]
        whole = rng.choice(names)
        names += parts
        terms = ((whole, -1), *((part, 1) for part in parts))
        rules.append(Statement(f"sum {place}", terms, rng.choice([0, None]), 0, 6.0))
    if rng.random() < 0.3:
        pair = rng.sample(names, 2)
        rules.append(Statement("pair", ((pair[0], 1), (pair[1], -1)), None, rng.randint(0, 9), 2.0))
    figures = []
    for name in names:
        value = rng.randint(0, 30)
        if rng.random() < 0.8:
            figures.append(figure(name, value, rng.choice([2.0, 4.0])))
        elif rng.random() < 0.5:
            ends = value, rng.choice([None, value + 4])
            figures.append(Statement(f"over {name}", ((name, 1),), *ends, 3.0))
    return Problem(tuple(map(Cell, names)), (*rules, *figures))


def told(problem: Problem, contexts: Any) -> Any:
    return [
        (
            one.status,
            one.ties_complete,
            [(each.suspects, round(each.probability, 9)) for each in one.alternatives],
        )
        for one in diagnose(problem, contexts)
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_slip_in_a_block_has_the_same_explanations(
    kind: str, seed: int, alone: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)  # an example, no secret
    one = slipped(block(rng), kind, rng)
    if one is None:
        pytest.skip("nothing in this block can slip that way")
    expected = told(one.problem, one.contexts)
    alone.undo()
    assert told(one.problem, one.contexts) == expected


@pytest.mark.parametrize("seed", range(100))
def test_sums_of_sums_are_mended_in_the_same_ways(seed: int, alone: pytest.MonkeyPatch) -> None:
    problem = tree(random.Random(seed))  # an example, no secret
    expected = localize(problem)
    alone.undo()
    found = localize(problem)
    assert (found.status, found.cost) == (expected.status, expected.cost)
    assert set(map(frozenset, sets(found))) == set(map(frozenset, sets(expected)))


@pytest.mark.parametrize("seed", range(100))
def test_what_is_left_to_cells_of_sums_of_sums_is_the_same(
    seed: int, alone: pytest.MonkeyPatch
) -> None:
    problem = tree(random.Random(seed))  # an example, no secret
    rest = problem.without(frozenset(sets(localize(problem))[0]))
    names = [cell.name for cell in rest.cells]
    expected = ends(rest, names)
    alone.undo()
    assert expected in (None, ends(rest, names))  # of a few HiGHS tells nothing


def ends(problem: Problem, names: list[str]) -> Any:
    try:
        return {name: (one.low, one.high) for name, one in bounds(problem, names).items()}
    except Unknown:
        return None
