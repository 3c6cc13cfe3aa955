"""What remains possible for a cell, and its best value, once the likeliest suspects are left out.

Possible is whatever one of the explanations that cannot be told apart leaves: with two figures of
which nothing says which is wrong, both worlds count. The best value is that of the most probable
world; where it leaves several, the one nearest to what was printed (least squares, each number
weighed by how exact it is).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.block import name
from etl.reconcile.bounds import Bounds, bounds_of
from etl.reconcile.limits import CutShort, Unknown

if TYPE_CHECKING:
    from etl.reconcile.block import Block
    from etl.reconcile.diagnose import Explanation
    from etl.reconcile.model import Number
    from etl.reconcile.solver import Solver

_MOST_WORLDS = 12
_PLAUSIBLE = 0.1  # probability from which on another explanation counts as possible
_DISBELIEVED = 1e-6  # weight of a number that is thought wrong, beside 1 for an exact one

World = frozenset[str]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Both ends of what a cell can be, None where open, with what holds it there."""

    best: int | None
    low: int | None
    high: int | None
    low_by: tuple[str, ...]
    high_by: tuple[str, ...]
    is_in_conflict: bool


def remaining(
    block: Block, explanations: Sequence[Explanation], solver: Solver
) -> dict[int, Remaining]:
    """By cell what is left of it: of cells in conflict, and of those that no figure states.

    Empty where the block could not be made consistent.
    """
    if any(not one.alternatives for one in explanations):
        return {}
    doubted = _doubted(block, explanations)
    asked = [cell for cell, told in block.figures.items() if not told or cell in doubted]
    if not asked:
        return {}
    worlds = list(_worlds(explanations))
    try:
        left = [_left(block, world, asked, solver) for world in worlds]
        best = _best(block, worlds[0], left[0], solver)
    except (CutShort, Unknown):
        return {}
    return {
        cell: _together(best[cell], [one[cell] for one in left], is_in_conflict=cell in doubted)
        for cell in asked
    }


def _doubted(block: Block, explanations: Sequence[Explanation]) -> set[int]:
    """Cells that a conflict reaches: those of its lines and of what they are about."""
    found = set()
    for explanation in explanations:
        for proof in explanation.proofs:
            for statement in proof.statements:
                found |= block.about(statement)
    return found


def _worlds(explanations: Sequence[Explanation]) -> Iterator[World]:
    """What to disbelieve: the most probable of each conflict, then one by one what rivals it."""
    first = [frozenset(s.statement for s in one.alternatives[0].suspects) for one in explanations]
    yield frozenset().union(*first)
    rivals = [
        (place, rival)
        for place, one in enumerate(explanations)
        for rival in one.alternatives[1:_MOST_WORLDS]
        if rival.probability >= _PLAUSIBLE
    ]
    for place, rival in rivals:
        others = [chosen for n, chosen in enumerate(first) if n != place]
        yield frozenset(suspect.statement for suspect in rival.suspects).union(*others)


def _left(block: Block, world: World, cells: Sequence[int], solver: Solver) -> dict[int, Bounds]:
    """The bounds of each cell in a world; a figure that is believed and exact needs no solving."""
    if solver.problem is not block.problem:
        solver.load(block.problem)
    freed = _positions(block, world)
    known = {
        one.terms[0][0]: Bounds(one.stated, one.stated, (one.id,), (one.id,), is_exact=True)
        for one in block.problem.statements
        if one.stated is not None and one.id not in world
    }
    return {
        cell: known.get(name(cell)) or bounds_of(solver, ((name(cell), 1),), freed)
        for cell in cells
    }


def _positions(block: Block, world: World) -> frozenset[int]:
    """Where what a world disbelieves stands among the problem's statements."""
    return frozenset(n for n, one in enumerate(block.problem.statements) if one.id in world)


def _best(
    block: Block, world: World, left: dict[int, Bounds], solver: Solver
) -> dict[int, int | None]:
    """The value of each cell in a world; none where it is open and nobody printed one."""
    best = {cell: one.low if one.low == one.high else None for cell, one in left.items()}
    unsettled = [cell for cell, value in best.items() if value is None and block.figures[cell]]
    if unsettled:
        nearest = _nearest(block, world, left, solver)
        for cell in unsettled:
            best[cell] = _within(nearest[name(cell)], left[cell])
    return {cell: None if value is None else int(value) for cell, value in best.items()}


def _nearest(
    block: Block, world: World, left: dict[int, Bounds], solver: Solver
) -> Mapping[str, float]:
    """The values nearest to what is printed: where all can be so at once, each one's nearest."""
    printed, weights = _printed(block, world)
    ends = {name(cell): one for cell, one in left.items()}
    each = {
        unknown: _within(value, ends[unknown]) if unknown in ends else value
        for unknown, value in printed.items()
    }
    freed = _positions(block, world)
    if solver.pinned.allows(each, freed):
        return each
    from etl.reconcile.adjust import adjust

    return adjust(block.problem.without(world), printed, weights)


def _printed(block: Block, world: World) -> tuple[dict[str, Number], dict[str, float]]:
    """What is printed of each unknown that is most to be trusted, and how much."""
    printed: dict[str, Number] = {}
    weights: dict[str, float] = {}
    for statement in block.problem.statements:
        line = block.lines[statement.id]
        if line.kind != "figure" or line.value is None or line.cell is None:
            continue
        trust = _DISBELIEVED if statement.id in world else _precision(statement.low, statement.high)
        for unknown in {statement.terms[0][0], name(line.cell)}:
            if trust > weights.get(unknown, 0):
                printed[unknown], weights[unknown] = line.value, trust
    return printed, weights


def _precision(low: Number | None, high: Number | None) -> float:
    """One over the variance of a number anywhere in its interval; half as much where it is open."""
    width = 1 if low is None or high is None else float(high - low)
    return 0.5 if low is None or high is None else 1 / (1 + width * width / 12)


def _within(value: Number | float, ends: Bounds) -> int:
    """The nearest whole number that the ends allow."""
    found = round(value)
    if ends.low is not None:
        found = max(found, ceil(ends.low))
    return found if ends.high is None else min(found, floor(ends.high))


def _together(best: int | None, worlds: Sequence[Bounds], *, is_in_conflict: bool) -> Remaining:
    lows, highs = [one.low for one in worlds], [one.high for one in worlds]
    low = None if None in lows else min(ceil(one) for one in lows if one is not None)
    high = None if None in highs else max(floor(one) for one in highs if one is not None)
    low_by = next((one.low_bound_by for one in worlds if one.low == low), ())
    high_by = next((one.high_bound_by for one in worlds if one.high == high), ())
    return Remaining(best, low, high, low_by, high_by, is_in_conflict)
