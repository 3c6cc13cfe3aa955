"""Two figures of one breakdown printed in each other's place: one slip, two wrong figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from etl.reconcile.likelihood import Context
    from etl.reconcile.localize import Cluster, Proven
    from etl.reconcile.model import Number, Problem
    from etl.reconcile.solver import Solver

_MOST = 400  # pairs of one component that are tried
Pair = tuple[tuple[str, "Number"], tuple[str, "Number"]]  # statements, each with the other's value
Places = dict[str, "Set[tuple[str, Number]]"]  # by statement: others about its cell, and factors


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two figures that mend what they touch once each has the other's value.

    Attributes:
        values: By statement, the value that it should give.
        clusters: Positions of the clusters that this mends.
    """

    values: Pair
    clusters: frozenset[int]


def exchanges(
    problem: Problem,
    clusters: Sequence[Cluster],
    contexts: Mapping[str, Context],
    solver: Solver,
) -> list[Exchange]:
    """The pairs that mend every conflict that either figure is part of.

    Args:
        problem: What the solver holds.
        clusters: Its conflicts; those a pair does not touch count as mended in their best way.
        contexts: By statement, the figures that it could have been exchanged with.
        solver: Holds the problem.
    """
    positions = {one.id: n for n, one in enumerate(problem.statements)}
    best = [one.suspects[0].statements if one.suspects else () for one in clusters]
    places = [[_places(problem, positions, one) for one in some.conflicts] for some in clusters]
    found = []
    for pair, touched in islice(_pairs(problem, clusters, contexts), _MOST):
        if any(_is_even(pair, one) for n in touched for one in places[n]):
            continue
        freed = {positions[name] for n, one in enumerate(best) if n not in touched for name in one}
        moved = {positions[name]: value for name, value in pair}
        if _mends(problem, solver, frozenset(freed), moved):
            found.append(Exchange(pair, touched))
    return found


def _places(problem: Problem, positions: Mapping[str, int], conflict: Proven) -> Places:
    """By statement about one cell: where in a conflict that stands besides, with what factor."""
    rows = [problem.statements[positions[name]] for name in conflict.statements]
    about: defaultdict[str, set[tuple[str, Number]]] = defaultdict(set)
    for one in rows:
        for cell, factor in one.terms:
            about[cell].add((one.id, factor))
    return {
        one.id: about[one.terms[0][0]] - {(one.id, one.terms[0][1])}
        for one in rows
        if len(one.terms) == 1
    }


def _is_even(pair: Pair, places: Places) -> bool:
    """Whether nothing else in a conflict tells two cells apart: it stays one, once exchanged."""
    (first, _), (second, _) = pair
    return first in places and places[first] == places.get(second)


def _pairs(
    problem: Problem,
    clusters: Sequence[Cluster],
    contexts: Mapping[str, Context],
) -> Iterator[tuple[Pair, frozenset[int]]]:
    """Pairs of which every conflict of the clusters that they touch holds one, values exchanged."""
    conflicts = [[frozenset(one.statements) for one in cluster.conflicts] for cluster in clusters]
    reached = {name: None for some in conflicts for one in some for name in sorted(one)}
    stated = {problem.statements[n].id: value for n, value in problem.stated.items()}
    seen: set[frozenset[str]] = set()
    for first in reached:
        for second in contexts[first].siblings if first in contexts else ():
            pair = frozenset((first, second))
            values = stated.get(first), stated.get(second)
            if pair in seen or values[0] is None or values[1] is None or values[0] == values[1]:
                continue
            seen.add(pair)
            touched = frozenset(
                n for n, some in enumerate(conflicts) if not all(map(pair.isdisjoint, some))
            )
            if not any(pair.isdisjoint(one) for n in touched for one in conflicts[n]):
                yield ((first, values[1]), (second, values[0])), touched


def _mends(
    problem: Problem, solver: Solver, freed: frozenset[int], moved: Mapping[int, Number]
) -> bool:
    """Whether the rest can be true with these values, in exact numbers."""
    if solver.pinned.refutes(freed, moved):
        return False
    answer = solver.program.solve(freed, moved)
    if not answer.feasible:
        return False
    point, rows = solver.program.moved(answer.distance), problem.statements
    if any(solver.origin.sum(rows[n].terms, point) != value for n, value in moved.items()):
        return False
    return solver.origin.holds(point, freed | moved.keys())
