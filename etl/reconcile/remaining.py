"""What remains possible for a cell, and its best value, once the likeliest suspects are left out.

Possible is whatever one of the explanations that cannot be told apart leaves: with two figures of
which nothing says which is wrong, both worlds count. The best value is that of the most probable
world; its standard deviation is the root of the mean square distance that the truth has from it,
in every such world by least squares, the worlds weighed by their probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

from etl.reconcile.block import name
from etl.reconcile.bounds import Bounds, bounds_of, mean_square
from etl.reconcile.limits import CutShort, Unknown

if TYPE_CHECKING:
    from etl.reconcile.block import Block
    from etl.reconcile.diagnose import Explanation
    from etl.reconcile.estimate import Estimate
    from etl.reconcile.model import Number
    from etl.reconcile.solver import Solver

_MOST_WORLDS = 12
_PLAUSIBLE = 0.1  # probability from which on another explanation counts as possible


@dataclass(frozen=True, slots=True)
class Remaining:
    """Both ends of what a cell can be, None where open, with what holds it there.

    Attributes:
        best: best value, None where only bounds are known.
        deviation: of the truth from it, or where there is none from the mean; None where open.
    """

    best: int | None
    deviation: float | None
    low: int | None
    high: int | None
    low_by: tuple[str, ...]
    high_by: tuple[str, ...]
    is_in_conflict: bool


@dataclass(frozen=True, slots=True)
class _World:
    """One explanation: what it disbelieves, how probable it is beside the first, what it leaves.

    Attributes:
        left: by cell both ends.
        seen: estimates of all cells, none where what figures state is settled without.
    """

    disbelieved: frozenset[str]
    odds: float
    left: dict[int, Bounds]
    seen: dict[str, Estimate]

    def spread(self, cell: int, *, is_stated: bool) -> tuple[float, float] | None:
        """The mean of a cell and its variance; None where nothing limits it.

        Where figures state it and it is measured, by least squares, but never more than its ends
        leave.
        """
        ends, found = self.left[cell], self.seen.get(name(cell)) if is_stated else None
        value = None if found is None else _between(found.value, ends)
        measured = None if found is None or found.deviation is None else found.deviation**2
        if ends.low is None or ends.high is None:
            return None if value is None or measured is None else (value, measured)
        if value is None or measured is None:
            middle = float(ends.low + ends.high) / 2
            return middle, mean_square(ends.low, ends.high, middle)
        return value, min(measured, mean_square(ends.low, ends.high, value))


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
    try:
        worlds = [
            _world(block, disbelieved, odds, asked, solver)
            for disbelieved, odds in _explained(explanations)
        ]
        best = _best(block, worlds[0])
    except (CutShort, Unknown):
        return {}
    return {
        cell: _together(
            best[cell],
            _deviation(cell, best[cell], worlds, is_stated=bool(block.figures[cell])),
            [one.left[cell] for one in worlds],
            is_in_conflict=cell in doubted,
        )
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


def _explained(explanations: Sequence[Explanation]) -> Iterator[tuple[frozenset[str], float]]:
    """What to disbelieve: the most probable of each conflict, then one by one what rivals it."""
    first = [frozenset(s.statement for s in one.alternatives[0].suspects) for one in explanations]
    yield frozenset().union(*first), 1.0
    rivals = [
        (place, rival, rival.probability / one.alternatives[0].probability)
        for place, one in enumerate(explanations)
        for rival in one.alternatives[1:_MOST_WORLDS]
        if rival.probability >= _PLAUSIBLE
    ]
    for place, rival, odds in rivals:
        others = [chosen for n, chosen in enumerate(first) if n != place]
        yield frozenset(suspect.statement for suspect in rival.suspects).union(*others), odds


def _world(
    block: Block, disbelieved: frozenset[str], odds: float, cells: Sequence[int], solver: Solver
) -> _World:
    left = _left(block, disbelieved, cells, solver)
    is_settled = all(
        one.low is not None and one.low == one.high
        for cell, one in left.items()
        if block.figures[cell]
    )
    return _World(disbelieved, odds, left, {} if is_settled else _seen(block, disbelieved))


def _left(
    block: Block, disbelieved: frozenset[str], cells: Sequence[int], solver: Solver
) -> dict[int, Bounds]:
    """The bounds of each cell in a world; a figure that is believed and exact needs no solving."""
    if solver.problem is not block.problem:
        solver.load(block.problem)
    statements, stated = block.problem.statements, block.problem.stated
    freed = frozenset(n for n, one in enumerate(statements) if one.id in disbelieved)
    exact = {statements[n].terms[0][0]: n for n in stated if n not in freed}
    left = {}
    for cell in cells:
        if (n := exact.get(name(cell))) is None:
            left[cell] = bounds_of(solver, ((name(cell), 1),), freed)
        else:
            by = (statements[n].id,)
            left[cell] = Bounds(stated[n], stated[n], by, by, is_exact=True)
    return left


def _seen(block: Block, disbelieved: frozenset[str]) -> dict[str, Estimate]:
    """Every cell by least squares; near a number that is disbelieved where nothing else tells."""
    from etl.reconcile.estimate import estimates

    printed: dict[str, Number] = {}
    start: dict[str, Number] = {}
    for is_believed in (False, True):
        for one in block.problem.statements:
            line = block.lines[one.id]
            if (
                line.value is not None
                and line.cell is not None
                and is_believed == (one.id not in disbelieved)
            ):
                printed[one.id] = line.value
                above = line.value if one.low is None else max(line.value, one.low)
                within = above if one.high is None else min(above, one.high)
                start |= dict.fromkeys((one.terms[0][0], name(line.cell)), within)
    return estimates(block.problem.without(disbelieved), printed, start)


def _best(block: Block, world: _World) -> dict[int, int | None]:
    """The value of each cell in a world; none where it is open and nobody printed one."""
    near: dict[str, int] = {}
    if world.seen:
        from etl.reconcile.estimate import whole

        values = {unknown: one.value for unknown, one in world.seen.items()}
        near = whole(block.problem.without(world.disbelieved), values)
    best: dict[int, int | None] = {}
    for cell, ends in world.left.items():
        if ends.low is not None and ends.low == ends.high:
            best[cell] = int(ends.low)
        else:
            best[cell] = int(_between(near[name(cell)], ends)) if block.figures[cell] else None
    return best


def _between(value: float, ends: Bounds) -> float:
    """The nearest value that the ends allow."""
    above = value if ends.low is None else max(value, ceil(ends.low))
    return above if ends.high is None else min(above, floor(ends.high))


def _together(
    best: int | None, deviation: float | None, ends: Sequence[Bounds], *, is_in_conflict: bool
) -> Remaining:
    lows, highs = [one.low for one in ends], [one.high for one in ends]
    low = None if None in lows else min(ceil(one) for one in lows if one is not None)
    high = None if None in highs else max(floor(one) for one in highs if one is not None)
    low_by = next((one.low_bound_by for one in ends if one.low == low), ())
    high_by = next((one.high_bound_by for one in ends if one.high == high), ())
    return Remaining(best, deviation, low, high, low_by, high_by, is_in_conflict)


def _deviation(
    cell: int, best: int | None, worlds: Sequence[_World], *, is_stated: bool
) -> float | None:
    """The root of the mean square distance from the best value, or from the mean without one."""
    spreads = [one.spread(cell, is_stated=is_stated) for one in worlds]
    known = [(one.odds, *spread) for one, spread in zip(worlds, spreads, strict=True) if spread]
    if len(known) < len(worlds):
        return None
    odds = sum(one for one, _, _ in known)
    centre = sum(one * mean for one, mean, _ in known) / odds if best is None else best
    return sqrt(sum(one * (var + (mean - centre) ** 2) for one, mean, var in known) / odds)
