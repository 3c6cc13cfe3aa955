"""What plain arithmetic settles without a solver: where figures pin every cell, or all but one.

Most conflicts are a sum and the exact figures that it adds up. Whether they can be true once a
figure is disbelieved, and what is left to it then, is one subtraction there, in exact numbers.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.model import Cell, Number, Point, Problem, Statement, quotient

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

Terms = tuple[tuple[str, Number], ...]
Ends = tuple[Number | None, Number | None]


class Pinned:
    """One problem, its statements told apart: those that give a cell its value, and the rest."""

    def __init__(self, problem: Problem) -> None:
        self._cells = problem.cells
        self._is_whole = all(cell.whole for cell in problem.cells)
        self._stated: list[tuple[int, str, Number]] = []
        self._wider: list[tuple[int, Statement]] = []
        for position, one in enumerate(problem.statements):
            if (value := one.stated) is None:
                self._wider.append((position, one))
            else:
                self._stated.append((position, one.terms[0][0], value))

    def refutes(self, freed: Collection[int], moved: Mapping[int, Number]) -> bool:
        """Whether pinned cells alone break something; False says nothing.

        Args:
            freed: Positions of statements that do not hold.
            moved: Cells' values, by the position of the statement that gives them instead.
        """
        point = self._point(freed, moved)
        if point is None:
            return True
        sums = ((*_split(one.terms, point), one) for one in self._held(freed))
        return any(factor is None and not one.allows(rest) for rest, factor, one in sums)

    def ends(self, terms: Terms, freed: Collection[int]) -> Ends | None:
        """Both ends of a sum of cells, once some statements are freed; an open end is None.

        Returns:
            None where it is the solver's work: several cells are not pinned, or nothing is left.
        """
        point = self._point(freed, {}) if self._is_whole else None
        if point is None or len(self._cells) - len(point) > 1:
            return None
        loose = next((cell for cell in self._cells if cell.name not in point), None)
        left = _left(loose, point, self._held(freed))
        rest, factor = _split(terms, point)
        if left is None or not all(isinstance(one, int) for one in (rest, factor or 0)):
            return None
        if factor is None:
            return rest, rest
        low, high = (None if end is None else rest + factor * end for end in left)
        return (low, high) if factor > 0 else (high, low)

    def _point(self, freed: Collection[int], moved: Mapping[int, Number]) -> Point | None:
        """The pinned cells; None where one is pinned twice, or to what it cannot be."""
        point: Point = {}
        for position, name, value in self._stated:
            if position not in freed:
                told = moved.get(position, value)
                if point.setdefault(name, told) != told:
                    return None
        return point if all(_can_be(cell, point.get(cell.name)) for cell in self._cells) else None

    def _held(self, freed: Collection[int]) -> Iterator[Statement]:
        return (one for position, one in self._wider if position not in freed)


def _can_be(cell: Cell, value: Number | None) -> bool:
    if value is None:
        return True
    return (cell.low is None or value >= cell.low) and (isinstance(value, int) or not cell.whole)


def _split(terms: Iterable[tuple[str, Number]], point: Point) -> tuple[Number, Number | None]:
    """The sum over pinned cells, and the factor of one that is not; None where all are."""
    rest: Number = 0
    loose = None
    for name, factor in terms:
        if name in point:
            rest += factor * point[name]
        else:
            loose = factor
    return rest, loose


def _left(loose: Cell | None, point: Point, held: Iterable[Statement]) -> Ends | None:
    """Between which whole numbers the one loose cell is; None where nothing is left to it."""
    lows = [] if loose is None or loose.low is None else [loose.low]
    highs = []
    for one in held:
        rest, factor = _split(one.terms, point)
        if factor is None:
            if not one.allows(rest):
                return None
            continue
        ends = [
            None if end is None else quotient(end - rest, factor) for end in (one.low, one.high)
        ]
        low, high = ends if factor > 0 else reversed(ends)
        lows += [] if low is None else [low]
        highs += [] if high is None else [high]
    least = ceil(max(lows)) if lows else None
    most = floor(min(highs)) if highs else None
    is_empty = least is not None and most is not None and least > most
    return None if is_empty else (least, most)
