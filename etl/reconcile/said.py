"""What is said of single cells: the ends that it leaves them, and which of it a conflict needs."""

from __future__ import annotations

from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.forest import Span, is_empty, reach
from etl.reconcile.model import Number, Positions, Problem, Statement, quotient

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Said = tuple[int, Number | None, Number | None]  # position of a statement, and the ends it gives


class Sayings:
    """The statements of one problem that are about one cell."""

    def __init__(self, problem: Problem) -> None:
        self._statements = problem.statements
        self._cells = {cell.name: cell for cell in problem.cells}

    @cached_property
    def cell_of(self) -> dict[int, str]:
        """By position of a statement about one cell, that cell."""
        pairs = enumerate(self._statements)
        return {n: one.terms[0][0] for n, one in pairs if len(one.terms) == 1}

    @cached_property
    def _by_cell(self) -> dict[str, list[Said]]:
        """By cell what is said of it alone."""
        said: dict[str, list[Said]] = {name: [] for name in self._cells}
        for position, name in self.cell_of.items():
            said[name].append((position, *_divided(self._statements[position])))
        return said

    def span(self, name: str, freed: Collection[int], moved: Mapping[int, Number]) -> Span:
        """Both ends of a cell by what is said of it alone."""
        said = [
            (n, moved[n], moved[n]) if n in moved else (n, low, high)
            for n, low, high in self._by_cell[name]
            if n not in freed
        ]
        low, high = self._ends(name, said)
        if self._cells[name].whole:
            low, high = low if low is None else ceil(low), high if high is None else floor(high)
        return low, high

    def conflict(self, name: str, freed: Collection[int]) -> Positions | None:
        """What is said of one cell and cannot all be true; None where only whole numbers differ."""
        held = [said for said in self._by_cell[name] if said[0] not in freed]
        if not self._is_impossible(name, held):
            return None
        for said in sorted(held, key=self._cheapest):
            without = [other for other in held if other is not said]
            if self._is_impossible(name, without):
                held = without
        return frozenset(position for position, _, _ in held)

    def needed(self, one: Statement, freed: Collection[int]) -> Positions | None:
        """What has to be said of its cells for a sum to miss its ends; the cheapest goes first.

        Returns:
            None where the sum misses nothing but whole numbers.
        """
        held = {
            name: [said for said in self._by_cell[name] if said[0] not in freed]
            for name, _ in one.terms
        }
        upwards, excess = self._excess(one, held)
        factors = dict(one.terms)
        told = (said for some in held.values() for said in some)
        for said in sorted(told, key=self._cheapest):
            name = self.cell_of[said[0]]
            without = [other for other in held[name] if other is not said]
            is_high = (factors[name] > 0) == upwards
            loss = self._loss(name, held[name], without, upwards=is_high)
            lost = None if loss is None else factors[name] * (loss if factors[name] > 0 else -loss)
            if lost is not None and lost < excess:
                excess, held[name] = excess - lost, without
        found = frozenset(said[0] for some in held.values() for said in some)
        return found if excess > 0 else None

    def holding(self, name: str, freed: Collection[int], *, upwards: bool) -> int | None:
        """The first statement that gives a cell its end, if any does."""
        held = [said for said in self._by_cell[name] if said[0] not in freed]
        end = self._ends(name, held)[upwards]
        if end is None or (not upwards and end == self._cells[name].low):
            return None
        return next(n for n, *both in held if both[upwards] == end)

    def _ends(self, name: str, said: Iterable[Said]) -> Span:
        low, high = self._cells[name].low, None
        for _, least, most in said:
            if least is not None and (low is None or least > low):
                low = least
            if most is not None and (high is None or most < high):
                high = most
        return low, high

    def _is_impossible(self, name: str, held: Sequence[Said]) -> bool:
        return is_empty(self._ends(name, held))

    def _loss(
        self, name: str, before: Sequence[Said], after: Sequence[Said], *, upwards: bool
    ) -> Number | None:
        """How far an end of a cell moves out when less is said of it; None where it opens."""
        old, new = (self._ends(name, said)[upwards] for said in (before, after))
        if old is None or new is None:
            return 0 if old is new else None
        return new - old if upwards else old - new

    def _excess(self, one: Statement, held: Mapping[str, Sequence[Said]]) -> tuple[bool, Number]:
        """Whether the sum lacks something at its greatest, and by how much it misses its end."""
        spans = {name: self._ends(name, some) for name, some in held.items()}
        least, most = reach(one.terms, spans)
        if one.high is not None and least is not None and least > one.high:
            return False, least - one.high
        if one.low is not None and most is not None and most < one.low:
            return True, one.low - most
        return False, 0  # it is whole numbers that it misses

    def _cheapest(self, said: Said) -> tuple[float, int]:
        weight = self._statements[said[0]].weight
        return (-1.0 if weight is None else weight), said[0]


def _divided(one: Statement) -> Span:
    """What a statement about one cell leaves to it."""
    factor = one.terms[0][1]
    if factor == 1:
        return one.low, one.high
    low, high = (None if end is None else quotient(end, factor) for end in (one.low, one.high))
    return (low, high) if factor > 0 else (high, low)
