"""What sums leave to whole cells, exactly, where they do not run in circles.

A sum of which one cell is loose says what is left to that cell, which may leave one loose cell to
another sum. Of the rest, each cell is asked from the leaves of a tree inwards: what its other sums
leave it, by what theirs leave to their cells.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.model import Number, Statement, Terms, quotient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Span = tuple[Number | None, Number | None]  # the least and the greatest; None where open
End = tuple[str, bool]  # a cell, and whether it is its upper end
_DEEPEST = 100  # sums of one tree; more are the solver's work


class Tangled(Exception):
    """Sums run in circles, or in steps of several, and one pass does not settle them."""


class Impossible(Exception):
    """Nothing is left to a cell, the one named."""


class Forest:
    """Cells with what is said of each alone, and the sums that are to hold of them."""

    def __init__(self, spans: Mapping[str, Span], sums: Mapping[int, Statement]) -> None:
        """Takes up what to reason about; every cell is whole.

        Args:
            spans: What each cell can be, of itself; by itself no sum misses that.
            sums: Statements, by position.
        """
        self._spans = dict(spans)
        self._held_by: dict[End, int] = {}  # the sum that gives an end, if one does
        self._sums = sums
        self._seen: set[str | int] = set()
        self._about: dict[str, list[int]] = defaultdict(list)
        self.is_settled = False  # once no sum with several loose cells is left: the spans are final

    def ends(self, terms: Terms) -> Span:
        """The least and the greatest that a sum of cells can be.

        Raises:
            Impossible: the sums cannot all hold; the cell of which nothing is left.
            Tangled: it is not settled in one pass.
        """
        if self.is_settled:
            return reach(terms, self._spans)
        left = self._tighten()
        for position in left:
            for name in self._loose(position):
                self._about[name].append(position)
        if sum(map(len, self._about.values())) > _DEEPEST:
            raise Tangled
        for name, _ in terms:
            if is_loose(self._spans[name]):
                self._root(name, None)
        for name in self._about:
            if name not in self._seen:
                self._root(name, None)
        self.is_settled = not left
        return reach(terms, self._spans)

    def holding(self, terms: Terms, *, upwards: bool) -> tuple[set[int], set[End]]:
        """What holds an end of a sum of cells: sums, and ends that cells have of themselves."""
        sums: set[int] = set()
        ends: set[End] = set()
        pending = [(name, (factor > 0) == upwards) for name, factor in terms]
        while pending:
            end = pending.pop()
            if (position := self._held_by.get(end)) is None:
                ends.add(end)
            else:
                sums.add(position)
                pending += self._beside(position, end)
        return sums, ends

    def _beside(self, position: int, end: End) -> Iterator[End]:
        """The ends of a sum's other cells that hold one of its cells at an end."""
        cell, is_high = end
        terms = self._sums[position].terms
        at_most = (dict(terms)[cell] > 0) != is_high
        return ((name, (factor > 0) == at_most) for name, factor in terms if name != cell)

    def _tighten(self) -> list[int]:
        """Narrow cells by sums of which all else is pinned; those with several loose are left."""
        pending, is_new = list(self._sums), True
        while is_new:
            is_new, left = False, []
            for position in pending:
                loose = self._loose(position)
                if len(loose) > 1:
                    left.append(position)
                elif loose:
                    is_new |= self._narrow(loose[0], position)
                elif misses(self._sums[position], self._spans):
                    self._narrow(self._narrowed(position), position)
            pending = left
        return pending

    def _narrowed(self, position: int) -> str:
        """The first cell of a sum that another sum has narrowed."""
        narrowed = {name for name, _ in self._held_by}
        return next(name for name, _ in self._sums[position].terms if name in narrowed)

    def _loose(self, position: int) -> list[str]:
        return [name for name, _ in self._sums[position].terms if is_loose(self._spans[name])]

    def _root(self, name: str, above: int | None) -> None:
        """Narrow a cell by all its sums but the one above it, their other cells first."""
        self._see(name)
        for position in self._about.get(name, ()):
            if position == above:
                continue
            self._see(position)
            others = self._loose(position)
            factors = dict(self._sums[position].terms)
            for other in others:
                if abs(factors[other]) != 1:
                    raise Tangled
                if other != name:
                    self._root(other, position)
            self._narrow(name, position)

    def _see(self, one: str | int) -> None:
        if one in self._seen:
            raise Tangled
        self._seen.add(one)

    def _narrow(self, name: str, position: int) -> bool:
        """Narrow a cell to what a sum leaves it; whether that changed it."""
        one = self._sums[position]
        factor = dict(one.terms)[name]
        least, most = reach([term for term in one.terms if term[0] != name], self._spans)
        ends = (
            None if one.low is None or most is None else quotient(one.low - most, factor),
            None if one.high is None or least is None else quotient(one.high - least, factor),
        )
        left = ends if factor > 0 else ends[::-1]
        low, high = self._spans[name]
        if left[0] is not None and (low is None or left[0] > low):
            low, self._held_by[name, False] = ceil(left[0]), position
        if left[1] is not None and (high is None or left[1] < high):
            high, self._held_by[name, True] = floor(left[1]), position
        is_new = (low, high) != self._spans[name]
        self._spans[name] = low, high
        if is_empty(self._spans[name]):
            raise Impossible(name)
        return is_new


def is_empty(span: Span) -> bool:
    """Whether nothing is left to a cell."""
    return span[0] is not None and span[1] is not None and span[0] > span[1]


def is_loose(span: Span) -> bool:
    """Whether a cell can be more than one value."""
    return span[0] is None or span[0] != span[1]


def reach(terms: Iterable[tuple[str, Number]], spans: Mapping[str, Span]) -> Span:
    """The least and the greatest that a sum can be, each of its cells by itself."""
    least: Number | None = 0
    most: Number | None = 0
    for name, factor in terms:
        low, high = spans[name] if factor > 0 else spans[name][::-1]
        least = None if least is None or low is None else least + factor * low
        most = None if most is None or high is None else most + factor * high
    return least, most


def misses(one: Statement, spans: Mapping[str, Span]) -> bool:
    """Whether a statement's sum cannot lie within its ends, whatever its cells are."""
    least, most = reach(one.terms, spans)
    is_above = one.high is not None and least is not None and least > one.high
    return is_above or (one.low is not None and most is not None and most < one.low)
