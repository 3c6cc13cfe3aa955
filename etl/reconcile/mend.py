"""What would mend a diagnosis: values, slips that explain them, signs and places exchanged."""

from __future__ import annotations

from itertools import islice, pairwise, product
from math import log
from typing import TYPE_CHECKING

from etl.reconcile.bounds import bounds_of
from etl.reconcile.limits import CutShort
from etl.reconcile.model import Number, Point, Problem, Statement, quotient
from etl.reconcile.slips import Slip, likeliest
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from etl.reconcile.localize import Diagnosis

Move = tuple[str, ...]  # one cell: its sign turned; two: their values exchanged
_MOST = 1_000  # combinations of ties, and ties of moves
_MOST_TRIES = 200_000
_UNEXPLAINED = -20.0  # log-likelihood of a wrong value that no known slip explains


def sets(diagnosis: Diagnosis) -> list[tuple[str, ...]]:
    """All cheapest sets over all clusters together; one empty set where nothing is wrong."""
    ties = [[one.statements for one in cluster.ties] for cluster in diagnosis.clusters]
    combined = islice(product(*ties), _MOST)
    return [tuple(id_ for one in combination for id_ in one) for combination in combined]


def values(problem: Problem, suspects: Sequence[str]) -> dict[str, Number]:
    """By suspect, the one value that the rest leaves to it; those with several are left out."""
    solver = Solver()
    solver.load(problem.without(set(suspects)))
    by_id = {one.id: one for one in problem.statements}
    found = {}
    for suspect in suspects:
        limits = bounds_of(solver, by_id[suspect].terms)
        if limits.low is not None and limits.low == limits.high:
            found[suspect] = limits.low
    return found


def explained(
    problem: Problem, ties: Sequence[Sequence[str]], printed: Mapping[str, Number]
) -> dict[str, tuple[Number, Slip]]:
    """Of the tied sets the one that slips explain best: by cell the true value and the slip."""
    by_id = {one.id: one for one in problem.statements}
    best: dict[str, tuple[Number, Slip]] = {}
    best_score = float("-inf")
    for suspects in ties:
        found = {}
        for suspect, value in values(problem, suspects).items():
            name = by_id[suspect].terms[0][0]
            slip = likeliest(value, printed[name])
            if slip is not None:
                found[name] = (value, slip)
        score = sum(log(slip.likelihood) for _, slip in found.values())
        score += _UNEXPLAINED * (len(suspects) - len(found))
        if score > best_score:
            best, best_score = found, score
    return best


def fewest_moves(
    statements: Sequence[Statement], printed: Point, moves: Sequence[Move]
) -> list[tuple[Move, ...]]:
    """All smallest sets of moves after which every statement holds; none where none do."""
    tries = [0]
    for size in range(len(moves) + 1):
        found = {tuple(sorted(one)) for one in _mending(statements, printed, moves, size, tries)}
        if found:
            return sorted(found, key=lambda one: [moves.index(move) for move in one])
    return []


def running_totals(statements: Sequence[Statement], printed: Point) -> Point | None:
    """What the parts of a sum are where they were printed as running totals.

    Returns:
        The cells that change, with their true values; None where that mends nothing.
    """
    for statement in statements:
        for names in _addends(statement):
            changed = {after: printed[after] - printed[before] for before, after in pairwise(names)}
            fix = {name: value for name, value in changed.items() if value != printed[name]}
            if fix and not _failed(statements, printed | fix):
                return fix
    return None


def _addends(statement: Statement) -> Iterator[list[str]]:
    """The parts of a sum in their order: the terms of equal factors, if there are several."""
    for factor in sorted({factor for _, factor in statement.terms}):
        names = [name for name, one in statement.terms if one == factor]
        if len(names) > 1:
            yield names


def _mending(
    statements: Sequence[Statement],
    point: Point,
    moves: Sequence[Move],
    size: int,
    tries: list[int],
) -> Iterator[tuple[Move, ...]]:
    """Sets of this size; each mends what fails first, since nothing else could."""
    tries[0] += 1
    if tries[0] > _MOST_TRIES:
        raise CutShort(f"the limit of {_MOST_TRIES:,} tries was reached")
    failed = _failed(statements, point)
    if failed is None:
        if size == 0:
            yield ()
        return
    if size == 0:
        return
    touched = {name for name, _ in failed.terms}
    for move in moves:
        if touched & set(move):
            left = [one for one in moves if one != move]
            for rest in _mending(statements, _moved(point, move), left, size - 1, tries):
                yield (move, *rest)


def _failed(statements: Sequence[Statement], point: Point) -> Statement | None:
    return next((one for one in statements if not one.allows(one.value(point))), None)


def _moved(point: Point, move: Move) -> Point:
    if len(move) == 1:
        return point | {move[0]: quotient(-point[move[0]], 1)}
    first, second = move
    return point | {first: point[second], second: point[first]}
