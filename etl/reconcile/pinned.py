"""What plain arithmetic settles without a solver: most cells have a figure that pins them.

Most conflicts are a sum and the figures that it adds up. Which of them cannot all be true, whether
the rest can be once a figure is disbelieved, and what is left to it then, are a few subtractions
there, in exact numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.forest import (
    Forest,
    Impossible,
    Span,
    Tangled,
    Terms,
    is_empty,
    is_loose,
    misses,
    reach,
)
from etl.reconcile.model import Number, Problem, Statement, quotient

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Said = tuple[int, Number | None, Number | None]  # position of a statement, and the ends it gives
Positions = frozenset[int]
NONE: Positions = frozenset()
_NOTHING_MOVED: dict[int, Number] = {}


@dataclass(frozen=True, slots=True)
class _View:
    """What is said of single cells once some statements are freed, and which sums miss that."""

    spans: dict[str, Span]
    empty: list[str]
    missed: list[int]
    loose: list[int]


class Pinned:
    """One problem, its statements told apart: those about one cell, and sums of several."""

    def __init__(self, problem: Problem) -> None:
        self._statements = problem.statements
        self._cells = {cell.name: cell for cell in problem.cells}
        self._last: tuple[Collection[int], _View] | None = None

    def conflict(self, freed: Collection[int]) -> Positions | None:
        """A minimal conflict of one sum or two and of what is said of single cells.

        No statement can be left out: without any of them the others can all be true.

        Returns:
            Positions of its statements, none where all can be true; None where it is the solver's
            work.
        """
        view = self._freed(freed)
        for name in view.empty:
            if found := self._of_cell(name, freed):
                return found
        for position in () if view.empty else view.missed:
            if found := self._of_sum(position, freed):
                return found
        if view.empty or view.missed or not self._is_whole:
            return None
        forest = self._forest(view)
        try:
            forest.ends(())
        except Impossible as impossible:
            return self._of_two(forest, str(impossible), freed)
        except Tangled:
            return None
        return NONE

    def refutes(self, freed: Collection[int], moved: Mapping[int, Number]) -> bool:
        """Whether one sum, or one cell, cannot be what is said of it; False says nothing.

        Args:
            freed: Positions of statements that do not hold.
            moved: Cells' values, by the position of the statement that gives them instead.
        """
        view = self._view(freed, moved)
        return bool(view.empty or view.missed)

    def ends(self, terms: Terms, freed: Collection[int]) -> Span | None:
        """Both ends of a sum of cells, once some statements are freed; an open end is None.

        Returns:
            None where it is the solver's work: sums run in circles, or nothing is left.
        """
        found = self._left(terms, self._freed(freed))
        return found and found[1]

    def bounds(
        self, terms: Terms, freed: Collection[int]
    ) -> tuple[Span, Positions, Positions] | None:
        """The same with the statements that hold either end there."""
        found = self._left(terms, self._freed(freed))
        if found is None:
            return None
        low, high = (self._holding(found[0], terms, freed, upwards=one) for one in (False, True))
        return found[1], low, high

    def _left(self, terms: Terms, view: _View) -> tuple[Forest, Span] | None:
        if not self._is_whole or view.empty or view.missed:
            return None
        if not all(isinstance(factor, int) for _, factor in terms):
            return None
        forest = self._forest(view)
        try:
            return forest, forest.ends(terms)
        except (Impossible, Tangled):
            return None

    def _forest(self, view: _View) -> Forest:
        return Forest(view.spans, {n: self._statements[n] for n in view.loose})

    @cached_property
    def _is_whole(self) -> bool:
        return all(cell.whole for cell in self._cells.values())

    @cached_property
    def _single(self) -> dict[int, str]:
        """By position of a statement about one cell, that cell."""
        pairs = enumerate(self._statements)
        return {n: one.terms[0][0] for n, one in pairs if len(one.terms) == 1}

    @cached_property
    def _said(self) -> dict[str, list[Said]]:
        """By cell what is said of it alone."""
        said: dict[str, list[Said]] = {name: [] for name in self._cells}
        for position, name in self._single.items():
            said[name].append((position, *_divided(self._statements[position])))
        return said

    @cached_property
    def _about(self) -> dict[str, list[int]]:
        """By cell the sums that it is part of."""
        about: dict[str, list[int]] = {name: [] for name in self._cells}
        for position, one in enumerate(self._statements):
            for name, _ in one.terms if position not in self._single else ():
                about[name].append(position)
        return about

    @cached_property
    def _start(self) -> _View:
        """The view with nothing freed."""
        spans = {name: self._span(name, (), _NOTHING_MOVED) for name in self._cells}
        sums = [n for n in range(len(self._statements)) if n not in self._single]
        return _View(
            spans,
            [name for name, span in spans.items() if is_empty(span)],
            [n for n in sums if misses(self._statements[n], spans)],
            [n for n in sums if any(is_loose(spans[c]) for c, _ in self._statements[n].terms)],
        )

    def _freed(self, freed: Collection[int]) -> _View:
        """The view with these freed, which is asked for more than once on end."""
        if self._last is None or self._last[0] != freed:
            self._last = freed, self._view(freed, _NOTHING_MOVED)
        return self._last[1]

    def _view(self, freed: Collection[int], moved: Mapping[int, Number]) -> _View:
        start = self._start
        names = {self._single[n]: None for n in (*freed, *moved) if n in self._single}
        changed = {}
        for name in names:
            span = self._span(name, freed, moved)
            if span != start.spans[name]:
                changed[name] = span
        near = {n for name in changed for n in self._about[name]}
        spans = start.spans | changed
        missed = [n for n in start.missed if n not in near and n not in freed]
        missed += [n for n in near if n not in freed and misses(self._statements[n], spans)]
        return _View(
            spans,
            [name for name in start.empty if name not in changed]
            + [name for name, span in changed.items() if is_empty(span)],
            sorted(missed),
            sorted(n for n in near.union(start.loose) if n not in freed),
        )

    def _span(self, name: str, freed: Collection[int], moved: Mapping[int, Number]) -> Span:
        """Both ends of a cell by what is said of it alone."""
        said = [
            (n, moved[n], moved[n]) if n in moved else (n, low, high)
            for n, low, high in self._said[name]
            if n not in freed
        ]
        low, high = self._end(name, said, upwards=False), self._end(name, said, upwards=True)
        if self._cells[name].whole:
            low, high = low if low is None else ceil(low), high if high is None else floor(high)
        return low, high

    def _end(self, name: str, said: Sequence[Said], *, upwards: bool) -> Number | None:
        if upwards:
            return min((high for _, _, high in said if high is not None), default=None)
        least = self._cells[name].low
        lows = [low for _, low, _ in said if low is not None]
        return max(lows if least is None else (*lows, least), default=None)

    def _of_cell(self, name: str, freed: Collection[int]) -> Positions | None:
        """What is said of one cell and cannot all be true."""
        held = [said for said in self._said[name] if said[0] not in freed]
        if not self._is_impossible(name, held):
            return None  # but for whole numbers
        for said in sorted(held, key=self._cheapest):
            without = [other for other in held if other is not said]
            if self._is_impossible(name, without):
                held = without
        return frozenset(position for position, _, _ in held)

    def _is_impossible(self, name: str, held: Sequence[Said]) -> bool:
        low, high = self._end(name, held, upwards=False), self._end(name, held, upwards=True)
        return is_empty((low, high))

    def _of_sum(self, position: int, freed: Collection[int]) -> Positions | None:
        """A sum and what is said of its cells; None where only whole numbers exclude each other."""
        found = self._needed(self._statements[position], freed)
        return None if found is None else found | {position}

    def _of_two(self, forest: Forest, name: str, freed: Collection[int]) -> Positions | None:
        """Two sums that leave nothing to a cell, the only one that they share, and what is said.

        One from the other, the cell drops out, and what is left is a sum like any other.
        """
        sums = [forest.holding(((name, 1),), upwards=upwards)[0] for upwards in (False, True)]
        if any(len(one) != 1 for one in sums):
            return None
        (low,), (high,) = sums
        below, above = self._statements[low], self._statements[high]
        if {cell for cell, _ in below.terms} & {cell for cell, _ in above.terms} != {name}:
            return None
        found = self._needed(_difference(name, below, above), freed)
        return None if found is None else found | {low, high}

    def _needed(self, one: Statement, freed: Collection[int]) -> Positions | None:
        """What has to be said of its cells for a sum to miss its ends; the cheapest is left out."""
        held = {
            name: [said for said in self._said[name] if said[0] not in freed]
            for name, _ in one.terms
        }
        upwards, excess = self._excess(one, held)
        factors = dict(one.terms)
        told = (said for some in held.values() for said in some)
        for said in sorted(told, key=self._cheapest):
            name = self._single[said[0]]
            without = [other for other in held[name] if other is not said]
            is_high = (factors[name] > 0) == upwards
            loss = self._loss(name, held[name], without, upwards=is_high)
            lost = None if loss is None else factors[name] * (loss if factors[name] > 0 else -loss)
            if lost is not None and lost < excess:
                excess, held[name] = excess - lost, without
        found = frozenset(said[0] for some in held.values() for said in some)
        return found if excess > 0 else None

    def _loss(
        self, name: str, before: Sequence[Said], after: Sequence[Said], *, upwards: bool
    ) -> Number | None:
        """How far an end of a cell moves out when less is said of it; None where it opens."""
        old, new = (self._end(name, said, upwards=upwards) for said in (before, after))
        if old is None or new is None:
            return 0 if old is new else None
        return new - old if upwards else old - new

    def _excess(self, one: Statement, held: Mapping[str, Sequence[Said]]) -> tuple[bool, Number]:
        """Whether the sum lacks something at its greatest, and by how much it misses its end."""
        spans = {
            name: (self._end(name, some, upwards=False), self._end(name, some, upwards=True))
            for name, some in held.items()
        }
        least, most = reach(one.terms, spans)
        if one.high is not None and least is not None and least > one.high:
            return False, least - one.high
        if one.low is not None and most is not None and most < one.low:
            return True, one.low - most
        return False, 0  # it is whole numbers that it misses

    def _cheapest(self, said: Said) -> tuple[float, int]:
        weight = self._statements[said[0]].weight
        return (-1.0 if weight is None else weight), said[0]

    def _holding(
        self, forest: Forest, terms: Terms, freed: Collection[int], *, upwards: bool
    ) -> Positions:
        """The statements that hold an end of a sum of cells."""
        sums, ends = forest.holding(terms, upwards=upwards)
        said = (self._said_at(name, freed, upwards=is_high) for name, is_high in ends)
        return frozenset(sums | {position for position in said if position is not None})

    def _said_at(self, name: str, freed: Collection[int], *, upwards: bool) -> int | None:
        """The first statement that gives a cell its end, if any does."""
        held = [said for said in self._said[name] if said[0] not in freed]
        end = self._end(name, held, upwards=upwards)
        if end is None or (not upwards and end == self._cells[name].low):
            return None
        return next(n for n, *both in held if both[upwards] == end)


def _difference(name: str, below: Statement, above: Statement) -> Statement:
    """The sum left of two: what the one leaves to a cell at least, the other has to allow it."""
    factors, ends = [], []
    for one, is_high in ((below, False), (above, True)):
        factor = dict(one.terms)[name]
        end = one.high if (factor > 0) == is_high else one.low
        ends.append(quotient(end or 0, factor))
        factors.append(factor if not is_high else -factor)
    terms = [
        (cell, quotient(part, factor))
        for one, factor in zip((below, above), factors, strict=True)
        for cell, part in one.terms
        if cell != name
    ]
    return Statement(name, tuple(terms), ends[0] - ends[1], None)


def _divided(one: Statement) -> Span:
    """What a statement about one cell leaves to it."""
    factor = one.terms[0][1]
    if factor == 1:
        return one.low, one.high
    low, high = (None if end is None else quotient(end, factor) for end in (one.low, one.high))
    return (low, high) if factor > 0 else (high, low)
