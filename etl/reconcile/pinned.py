"""What plain arithmetic settles without a solver: most cells have a figure that pins them.

Most conflicts are a sum and the figures that it adds up. Which of them cannot all be true, whether
the rest can be once a figure is disbelieved, and what is left to it then, are a few subtractions
there, in exact numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from etl.reconcile.forest import (
    Forest,
    Impossible,
    Span,
    Tangled,
    is_empty,
    is_loose,
    misses,
)
from etl.reconcile.model import NONE, Number, Positions, Problem, Statement, Terms, quotient
from etl.reconcile.said import Sayings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NOTHING_MOVED: dict[int, Number] = {}
_MOST_SETTLED = 64  # sets of freed statements whose outcome is kept: a conflict's alternatives


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
        self._cells = problem.cells
        self._sayings = Sayings(problem)
        self._last: tuple[Positions, _View] | None = None
        self._settled: dict[Positions, Forest] = {}  # by what is freed

    def conflict(self, freed: Collection[int]) -> Positions | None:
        """A minimal conflict of one sum or two and of what is said of single cells.

        No statement can be left out: without any of them the others can all be true.

        Returns:
            Positions of its statements, none where all can be true; None where it is the solver's
            work.
        """
        freed = frozenset(freed)
        return NONE if freed in self._settled else self._conflict(freed)

    def _conflict(self, freed: Positions) -> Positions | None:
        view = self._freed(freed)
        for name in view.empty:
            if found := self._sayings.conflict(name, freed):
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
        self._keep(forest, freed)
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
        found = self._left(terms, frozenset(freed))
        return found and found[1]

    def bounds(
        self, terms: Terms, freed: Collection[int]
    ) -> tuple[Span, Positions, Positions] | None:
        """The same with the statements that hold either end there."""
        found = self._left(terms, frozenset(freed))
        if found is None:
            return None
        low, high = (self._holding(found[0], terms, freed, upwards=one) for one in (False, True))
        return found[1], low, high

    def _left(self, terms: Terms, freed: Positions) -> tuple[Forest, Span] | None:
        if not all(isinstance(factor, int) for _, factor in terms):
            return None
        forest = self._settled.get(freed)
        if forest is None:
            view = self._freed(freed)
            if not self._is_whole or view.empty or view.missed:
                return None
            forest = self._forest(view)
        try:
            span = forest.ends(terms)
        except (Impossible, Tangled):
            return None
        self._keep(forest, freed)
        return forest, span

    def _forest(self, view: _View) -> Forest:
        return Forest(view.spans, {n: self._statements[n] for n in view.loose})

    def _keep(self, forest: Forest, freed: Positions) -> None:
        """Keep what answers any further question at once; of a great block only the latest."""
        if forest.is_settled and freed not in self._settled:
            if len(self._settled) == _MOST_SETTLED:
                del self._settled[next(iter(self._settled))]
            self._settled[freed] = forest

    @cached_property
    def _is_whole(self) -> bool:
        return all(cell.whole for cell in self._cells)

    @cached_property
    def _about(self) -> dict[str, list[int]]:
        """By cell the sums that it is part of."""
        about: dict[str, list[int]] = {cell.name: [] for cell in self._cells}
        for position, one in enumerate(self._statements):
            for name, _ in one.terms if position not in self._sayings.cell_of else ():
                about[name].append(position)
        return about

    @cached_property
    def _start(self) -> _View:
        """The view with nothing freed."""
        spans = {
            cell.name: self._sayings.span(cell.name, (), _NOTHING_MOVED) for cell in self._cells
        }
        sums = [n for n in range(len(self._statements)) if n not in self._sayings.cell_of]
        return _View(
            spans,
            [name for name, span in spans.items() if is_empty(span)],
            [n for n in sums if misses(self._statements[n], spans)],
            [n for n in sums if any(is_loose(spans[c]) for c, _ in self._statements[n].terms)],
        )

    def _freed(self, freed: Positions) -> _View:
        """The view with these freed, which is asked for more than once on end."""
        if self._last is None or self._last[0] != freed:
            self._last = freed, self._view(freed, _NOTHING_MOVED)
        return self._last[1]

    def _view(self, freed: Collection[int], moved: Mapping[int, Number]) -> _View:
        start = self._start
        names = {
            self._sayings.cell_of[n]: None for n in (*freed, *moved) if n in self._sayings.cell_of
        }
        changed = {}
        for name in names:
            span = self._sayings.span(name, freed, moved)
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

    def _of_sum(self, position: int, freed: Collection[int]) -> Positions | None:
        """A sum and what is said of its cells; None where only whole numbers exclude each other."""
        found = self._sayings.needed(self._statements[position], freed)
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
        found = self._sayings.needed(_difference(name, below, above), freed)
        return None if found is None else found | {low, high}

    def _holding(
        self, forest: Forest, terms: Terms, freed: Collection[int], *, upwards: bool
    ) -> Positions:
        """The statements that hold an end of a sum of cells."""
        sums, ends = forest.holding(terms, upwards=upwards)
        said = (self._sayings.holding(name, freed, upwards=is_high) for name, is_high in ends)
        return frozenset(sums | {position for position in said if position is not None})


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
