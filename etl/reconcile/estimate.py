"""Best values of what statements leave open, and their standard deviations: least squares.

After Stone, Champernowne & Meade (1942). A sum with one possible value is an equation; one that is
held from both sides is measured, with the mean square distance that any value between its ends has
from the printed number; one with an open end only limits. The covariance is the closed form
under the equations alone: ends that bind can only narrow it, so it errs on the side of doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from etl.reconcile.bounds import mean_square
from etl.reconcile.limits import Unknown
from etl.reconcile.model import (
    Cell,
    Number,
    Point,
    Problem,
    Statement,
    Terms,
    exactly,
    joined,
    quotient,
)

_MOST = 400  # cells that hang together, up to which their covariance is worked out
_SLACK = 1e-9  # share of its terms by which a sum may miss an end through the error of floats
_NEAR = 1e-6  # what a number that measures nothing weighs beside the least precise that does

Values = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A best value, and its standard deviation; None where nothing measures the cell."""

    value: float
    deviation: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A sum of loose cells that is held from both sides, and the value stated for it."""

    terms: Terms
    low: Number
    high: Number
    stated: Number

    @property
    def deviation(self) -> float:
        """How far the truth lies from it, any value between the ends being as likely."""
        return sqrt(mean_square(self.low, self.high, float(self.stated)))


def estimates(problem: Problem, printed: Values, start: Values) -> dict[str, Estimate]:
    """The best value of every cell.

    Ends are taken into account where the closed form oversteps them. Should Clarabel have no answer
    then, the closed form stands.

    Args:
        problem: Statements that can all be true.
        printed: By statement the number in print, where that is not the middle of its ends.
        start: By cell a value to stay near where nothing measures it.
    """
    known, measured = _settled(problem, printed)
    point: Point = {cell.name: start.get(cell.name, 0) for cell in problem.cells} | known
    found = {name: Estimate(float(value), 0.0) for name, value in known.items()}
    alone: set[str] = set()
    for cells, theirs in _parts([name for name in point if name not in known], measured):
        found |= _solved(cells, theirs, point, start)
        alone |= set(cells) if len(cells) == 1 else set()
    values = {name: one.value for name, one in found.items()}
    values |= _within_own_ends(problem, known, {name: values[name] for name in alone})
    if not _is_obeyed(problem, values):
        try:
            values = _limited(problem, measured, values)
        except Unknown:
            return found
    return {name: Estimate(values[name], one.deviation) for name, one in found.items()}


def _within_own_ends(
    problem: Problem, known: Point, alone: Mapping[str, float]
) -> dict[str, float]:
    """Cells that nothing measures together with others, moved to what settled cells leave them.

    Where all statements hold then, no point is nearer: each such cell by itself has to go so far.
    """
    moved = dict(alone)
    for one in problem.statements:
        terms, low, high, _ = _loosened(one, None, known)
        if len(terms) == 1 and terms[0][0] in moved:
            name = terms[0][0]
            moved[name] = moved[name] if low is None else max(moved[name], float(low))
            moved[name] = moved[name] if high is None else min(moved[name], float(high))
    return moved


def whole(problem: Problem, values: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers near these values that fit together; rounded one by one where none are found.

    Rounding may break a sum; then the nearest point in whole numbers is sought.
    """
    near = {cell.name: round(values[cell.name]) for cell in problem.cells}
    if all(one.allows(one.value(dict(near))) for one in problem.statements):
        return near
    from etl.reconcile.adjust import adjust

    try:
        moved = adjust(problem, near, {}, 1, is_whole=True)
    except Unknown:
        return near
    return {name: round(value) for name, value in moved.items()}


def _settled(problem: Problem, printed: Values) -> tuple[Point, list[Measured]]:
    """The cells that equations settle one after another; what measures the loose ones."""
    known: Point = {}
    while True:
        measured = list(_measured(problem, printed, known))
        settled = {
            one.terms[0][0]: one.stated
            for one in measured
            if len(one.terms) == 1 and one.low == one.high
        }
        if not settled:
            return known, measured
        known |= settled


def _measured(problem: Problem, printed: Values, known: Point) -> Iterator[Measured]:
    """Sums that one statement holds from both sides, or several at one value."""
    lows: dict[Terms, list[Number]] = {}
    highs: dict[Terms, list[Number]] = {}
    for one in problem.statements:
        terms, low, high, stated = _loosened(one, printed.get(one.id), known)
        if not terms:
            continue
        if low is not None and high is not None:
            if stated is None or low == high:
                stated = _middle(low, high)
            yield Measured(terms, low, high, stated)
        elif low is not None:
            lows.setdefault(terms, []).append(low)
        elif high is not None:
            highs.setdefault(terms, []).append(high)
    for terms, ends in lows.items():
        if terms in highs and max(ends) == min(highs[terms]):
            yield Measured(terms, max(ends), max(ends), max(ends))


def _middle(low: Number, high: Number) -> Number:
    return low + quotient(high - low, 2)


def _loosened(
    one: Statement, printed: Number | None, known: Point
) -> tuple[Terms, Number | None, Number | None, Number | None]:
    """A statement about its loose cells, the first of them taken once; and its printed number."""
    loose = sorted(term for term in one.terms if term[0] not in known)
    if not loose:
        return (), None, None, None
    rest = sum((factor * known[name] for name, factor in one.terms if name in known), start=0)
    first = loose[0][1]
    ends = [
        None if end is None else quotient(end - rest, first) for end in (one.low, one.high, printed)
    ]
    low, high = ends[:2] if first > 0 else ends[1::-1]
    return tuple((name, quotient(factor, first)) for name, factor in loose), low, high, ends[2]


def _parts(
    cells: Sequence[str], measured: Sequence[Measured]
) -> Iterator[tuple[list[str], list[Measured]]]:
    """The loose cells that hang together through what measures them, with that."""
    index = {name: position for position, name in enumerate(cells)}
    roots = joined(len(cells), ([index[name] for name, _ in one.terms] for one in measured))
    members: dict[int, tuple[list[str], list[Measured]]] = {}
    for name, position in index.items():
        members.setdefault(roots[position], ([], []))[0].append(name)
    for one in measured:
        members[roots[index[one.terms[0][0]]]][1].append(one)
    yield from members.values()


def _solved(
    cells: Sequence[str], measured: Sequence[Measured], point: Point, start: Values
) -> dict[str, Estimate]:
    """The best values of cells that hang together."""
    if not measured or len(cells) > _MOST:
        return {name: Estimate(float(point[name]), None) for name in cells}
    from etl.reconcile.least_squares import moves

    return {
        name: Estimate(float(point[name]) + moved, deviation)
        for name, moved, deviation in moves(cells, measured, point, start)
    }


def _is_obeyed(problem: Problem, values: Mapping[str, float]) -> bool:
    if any(cell.low is not None and values[cell.name] < cell.low for cell in problem.cells):
        return False
    for one in problem.statements:
        terms = [float(factor) * values[name] for name, factor in one.terms]
        slack = _SLACK * (1 + sum(map(abs, terms)))
        if one.low is not None and sum(terms) < float(one.low) - slack:
            return False
        if one.high is not None and sum(terms) > float(one.high) + slack:
            return False
    return True


def _limited(
    problem: Problem, measured: Sequence[Measured], values: Mapping[str, float]
) -> dict[str, float]:
    """The same where ends bind: each measured sum is a cell of its own, near what is stated."""
    from etl.reconcile.adjust import adjust

    cells, rows = list(problem.cells), list(problem.statements)
    near: dict[str, Number] = {name: exactly(value) for name, value in values.items()}
    weights: dict[str, float] = {}
    for place, one in enumerate(measured):
        if one.low != one.high:
            name = f"sum {place}"
            cells.append(Cell(name, None, whole=False))
            rows.append(Statement(name, (*one.terms, (name, -1)), 0, 0, None))
            near[name], weights[name] = one.stated, one.deviation**-2
    least = _NEAR * min(weights.values(), default=1.0)
    return adjust(Problem(tuple(cells), tuple(rows)), near, dict.fromkeys(values, least) | weights)
