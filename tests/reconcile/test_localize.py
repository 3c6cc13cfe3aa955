import random
from itertools import combinations, product

import pytest

from etl.reconcile.bounds import bounds
from etl.reconcile.diagnose import diagnose
from etl.reconcile.limits import Limits
from etl.reconcile.localize import localize
from etl.reconcile.mend import sets
from etl.reconcile.model import Cell, Number, Problem, Statement, components, figure

MOST = 4  # cells of the random problems lie in 0..MOST


def sum_of(parts: int, printed: list[int]) -> Problem:
    names = [f"x{n}" for n in range(parts)]
    adds_up = Statement("adds up", (*((name, 1) for name in names), ("total", -1)), 0, 0, None)
    figures = [figure(name, value) for name, value in zip([*names, "total"], printed, strict=True)]
    return Problem(tuple(map(Cell, [*names, "total"])), (adds_up, *figures))


def random_problem(seed: int) -> Problem:
    rng = random.Random(seed)  # an example, no secret
    names = ["a", "b", "c"]
    cells = tuple(map(Cell, names))
    caps = [Statement(f"cap {name}", ((name, 1),), None, MOST, None) for name in names]
    found = []
    for n in range(rng.randint(3, 7)):
        chosen = rng.sample(names, rng.randint(1, 3))
        terms: tuple[tuple[str, Number], ...] = tuple(
            (name, rng.choice([-2, -1, 1, 1, 1, 2])) for name in chosen
        )
        low = rng.randint(-3, 8)
        high = rng.choice([None, low, low, low + 1])
        found.append(Statement(f"s{n}", terms, low, high, rng.choice([1.0, 1.0, 2.0, 1.5])))
    return Problem(cells, (*caps, *found))


def points(problem: Problem) -> list[dict[str, Number]]:
    names = [cell.name for cell in problem.cells]
    every = product(range(MOST + 1), repeat=len(names))
    found: list[dict[str, Number]] = [dict(zip(names, values, strict=True)) for values in every]
    return [
        point for point in found if all(one.allows(one.value(point)) for one in problem.statements)
    ]


def cheapest_by_trying_all(problem: Problem) -> tuple[float, set[frozenset[str]]]:
    soft = {one.id: one.weight for one in problem.statements if one.weight is not None}
    mending = [
        (sum(soft[name] for name in chosen), frozenset(chosen))
        for size in range(len(soft) + 1)
        for chosen in combinations(soft, size)
        if points(problem.without(frozenset(chosen)))
    ]
    least = min(cost for cost, _ in mending)
    return least, {chosen for cost, chosen in mending if cost == least}


@pytest.mark.parametrize("seed", range(150))
def test_the_sets_are_the_cheapest_and_the_ties_complete(seed: int) -> None:
    problem = random_problem(seed)
    diagnosis = localize(problem)
    cost, ties = cheapest_by_trying_all(problem)
    assert diagnosis.ties_complete, diagnosis.reason
    assert (diagnosis.cost, {frozenset(one) for one in sets(diagnosis)}) == (cost, ties)


@pytest.mark.parametrize("seed", range(150))
def test_every_conflict_is_minimal(seed: int) -> None:
    whole = random_problem(seed)
    problem = Problem(tuple(Cell(one.name, whole=False) for one in whole.cells), whole.statements)
    for cluster in localize(problem).clusters:
        for conflict in cluster.conflicts:
            others = {one.id for one in problem.statements} - set(conflict.statements)
            assert not points(problem.without(others))
            for one in conflict.statements:
                assert localize(problem.without({*others, one})).status == "consistent"


@pytest.mark.parametrize("seed", range(150))
def test_bounds_are_those_of_trying_every_value(seed: int) -> None:
    problem = random_problem(seed)
    rest = problem.without(set(sets(localize(problem))[0]))
    possible = points(rest)
    for name, found in bounds(rest, ["a", "b", "c"]).items():
        values = [point[name] for point in possible]
        assert (found.low, found.high) == (min(values), max(values))


@pytest.mark.parametrize("seed", range(100))
def test_what_the_rest_leaves_to_a_suspect_is_that_of_trying_every_value(seed: int) -> None:
    problem = random_problem(seed)
    by_id = {one.id: one for one in problem.statements}
    found = diagnose(problem, {})
    for alternative in found[0].alternatives if len(found) == 1 else ():
        chosen = {suspect.statement for suspect in alternative.suspects}
        possible = points(problem.without(chosen))
        for suspect in alternative.suspects:
            sums = [by_id[suspect.statement].value(point) for point in possible]
            assert (suspect.low, suspect.high) == (min(sums), max(sums))


@pytest.mark.parametrize(
    ("parts", "slip"), [([4_000_000, 20], 33), ([10**12, 5], 33), ([10**12, 10**15], 1)]
)
def test_a_small_slip_beside_a_great_figure_is_found(parts: list[int], slip: int) -> None:
    assert localize(sum_of(2, [*parts, sum(parts)])).status == "consistent"
    diagnosis = localize(sum_of(2, [*parts, sum(parts) + slip]))
    assert sets(diagnosis) == [("total",), ("x0",), ("x1",)]
    assert diagnosis.clusters[0].conflicts[0].proof == "exact"


def test_up_by_33_with_plus_166_percent_is_no_whole_number() -> None:
    claims = (
        Statement("up by 33", (("new", 1), ("old", -1)), 33, 33),
        Statement("+166 %", (("new", 1000), ("old", -2655)), 0, None),
        Statement("+166 % at most", (("new", 1000), ("old", -2665)), None, 0),
    )
    whole = localize(Problem((Cell("new"), Cell("old")), claims))
    broken = localize(Problem((Cell("new", whole=False), Cell("old", whole=False)), claims))
    assert (whole.status, whole.clusters[0].conflicts[0].proof) == ("localized", "whole numbers")
    assert broken.status == "consistent"


def test_hard_statements_that_exclude_each_other_are_unresolvable() -> None:
    both = (figure("x", 1, None, "one"), figure("x", 2, None, "two"))
    diagnosis = localize(Problem((Cell("x"),), both))
    assert diagnosis.status == "unresolvable"
    assert diagnosis.clusters[0].conflicts[0].statements == ("one", "two")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(statements=3), "4 statements: more than the limit of 3"),
        (Limits(solves=1), "the limit of 1 linear programs was reached"),
        (Limits(seconds=-1), "the limit of -1 seconds was reached"),
    ],
)
def test_a_limit_that_was_reached_is_told(limits: Limits, reason: str) -> None:
    caps = (Statement(f"cap {name}", ((name, 1),), None, 9) for name in "ab")
    both = Statement("sum", (("a", 1), ("b", 1)), 3, 3)
    apart = Statement("difference", (("a", 1), ("b", -1)), 9, 9)
    problem = Problem((Cell("a"), Cell("b")), (*caps, both, apart))
    diagnosis = localize(problem, limits)
    assert (diagnosis.status, diagnosis.reason) == ("cut short", reason)
    assert not diagnosis.ties_complete


def test_more_ties_than_the_limit_are_told() -> None:
    diagnosis = localize(sum_of(2, [1, 2, 4]), Limits(ties=2))
    assert not diagnosis.ties_complete
    assert "2 ties" in diagnosis.reason


def test_dearer_alternatives_are_named_when_asked_for() -> None:
    problem = sum_of(2, [1, 2, 4])
    dear = figure("x1", 2, 3.0)
    problem = Problem(problem.cells, (*problem.statements[:2], dear, problem.statements[3]))
    costs = [one.cost for one in localize(problem, Limits(alternatives=9)).clusters[0].suspects]
    assert costs == [1.0, 1.0, 3.0]


def test_blocks_that_share_no_cell_are_components() -> None:
    one, other = sum_of(1, [1, 1]), figure("y", 2)
    problem = Problem((*one.cells, Cell("y")), (*one.statements, other))
    names = [[cell.name for cell in part.cells] for part in components(problem)]
    assert names == [["x0", "total"], ["y"]]
