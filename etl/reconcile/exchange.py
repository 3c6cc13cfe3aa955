"""Two figures of one breakdown printed in each other's place: one slip, two wrong figures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from etl.reconcile.likelihood import Context
    from etl.reconcile.localize import Cluster
    from etl.reconcile.model import Number, Problem
    from etl.reconcile.solver import Solver

_MOST = 400  # pairs of one component that are tried


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two figures that mend what they touch once each has the other's value.

    Attributes:
        values: By statement, the value that it should give.
        clusters: Positions of the clusters that this mends.
    """

    values: tuple[tuple[str, Number], tuple[str, Number]]
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
    found = []
    for pair, touched in islice(_pairs(problem, clusters, contexts, positions), _MOST):
        freed = {positions[name] for n, one in enumerate(best) if n not in touched for name in one}
        moved = {positions[name]: value for name, value in pair}
        if _mends(problem, solver, frozenset(freed), moved):
            found.append(Exchange(pair, touched))
    return found


def _pairs(
    problem: Problem,
    clusters: Sequence[Cluster],
    contexts: Mapping[str, Context],
    positions: Mapping[str, int],
) -> Iterator[tuple[tuple[tuple[str, Number], tuple[str, Number]], frozenset[int]]]:
    """Pairs of which every conflict of the clusters that they touch holds one, values exchanged."""
    conflicts = [[frozenset(one.statements) for one in cluster.conflicts] for cluster in clusters]
    reached = {name: None for some in conflicts for one in some for name in sorted(one)}
    seen: set[frozenset[str]] = set()
    for first in reached:
        for second in contexts[first].siblings if first in contexts else ():
            pair = frozenset((first, second))
            if pair in seen or second not in positions:
                continue
            seen.add(pair)
            touched = frozenset(
                n for n, some in enumerate(conflicts) if any(pair & one for one in some)
            )
            values = [problem.statements[positions[name]].stated for name in (first, second)]
            if values[0] is None or values[1] is None or values[0] == values[1]:
                continue
            if all(pair & one for n in touched for one in conflicts[n]):
                yield ((first, values[1]), (second, values[0])), touched


def _mends(
    problem: Problem, solver: Solver, freed: frozenset[int], moved: Mapping[int, Number]
) -> bool:
    """Whether the rest can be true with these values, in exact numbers."""
    if solver.pinned.refutes(freed, moved):
        return False
    answer = solver.solve(freed, moved)
    if not answer.feasible:
        return False
    point, rows = solver.moved(answer.distance), problem.statements
    if any(solver.origin.sum(rows[n].terms, point) != value for n, value in moved.items()):
        return False
    return solver.origin.holds(point, freed | moved.keys())
