"""Where the reasoning about a problem starts: a first guess of every cell, in exact numbers.

What a solver finds is told as the cells that leave the origin. The others, and the statements
about them alone, need no second look, so a check costs what has changed and not what there is.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from etl.reconcile.model import Number, Point, Problem, Statement, quotient

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Origin:
    """The printed figure of each cell, or what one sum of figures leaves to it."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    @cached_property
    def point(self) -> Point:
        """The cells' values; those of whole cells are whole."""
        return _first_guess(self._problem)

    @cached_property
    def values(self) -> list[Number]:
        """The sum of each statement there."""
        return [one.value(self.point) for one in self._problem.statements]

    def is_feasible(self) -> bool:
        """Whether the origin itself obeys everything."""
        pairs = zip(self._problem.statements, self.values, strict=True)
        return not self._below and all(one.allows(value) for one, value in pairs)

    def holds(self, moved: Point, freed: Collection[int]) -> bool:
        """Whether everything but the freed statements holds once these cells have moved."""
        if any(name not in moved for name in self._below):
            return False
        shifts: defaultdict[int, Number] = defaultdict(int)
        for name, value in moved.items():
            cell = self._problem.cells[self._problem.index[name]]
            if cell.whole and not isinstance(value, int):
                return False
            if cell.low is not None and value < cell.low:
                return False
            shift = value - self.point[name]
            if shift:
                for position, factor in self._about[name]:
                    shifts[position] += factor * shift
        statements = self._problem.statements
        return all(
            position in freed or statements[position].allows(self.values[position] + shift)
            for position, shift in shifts.items()
        ) and all(position in shifts or position in freed for position in self._broken)

    def sum(self, terms: Iterable[tuple[str, Number]], moved: Point) -> Number:
        """A sum of cells once these have moved."""
        return sum((factor * moved.get(name, self.point[name]) for name, factor in terms), start=0)

    @cached_property
    def _broken(self) -> list[int]:
        """The statements that do not hold at the origin."""
        pairs = zip(self._problem.statements, self.values, strict=True)
        return [n for n, (one, value) in enumerate(pairs) if not one.allows(value)]

    @cached_property
    def _below(self) -> list[str]:
        """The cells whose value at the origin is below what they can be."""
        return [
            cell.name
            for cell in self._problem.cells
            if cell.low is not None and self.point[cell.name] < cell.low
        ]

    @cached_property
    def _about(self) -> dict[str, list[tuple[int, Number]]]:
        """By cell, the statements that it is part of, with its factor."""
        about: defaultdict[str, list[tuple[int, Number]]] = defaultdict(list)
        for position, statement in enumerate(self._problem.statements):
            for name, factor in statement.terms:
                about[name].append((position, factor))
        return about


def _first_guess(problem: Problem) -> Point:
    point: Point = {}
    for position, stated in problem.stated.items():
        point.setdefault(problem.statements[position].terms[0][0], stated)
    missing = len(problem.cells) - len(point)
    while missing:
        for statement in problem.statements:
            _derive(statement, point)
        if len(problem.cells) - len(point) == missing:
            break
        missing = len(problem.cells) - len(point)
    for cell in problem.cells:
        value = point.setdefault(cell.name, cell.low or 0)
        if cell.whole and not isinstance(value, int):
            point[cell.name] = round(value)
    return point


def _derive(statement: Statement, point: Point) -> None:
    unknown = [(name, factor) for name, factor in statement.terms if name not in point]
    if len(unknown) == 1 and statement.low is not None and statement.low == statement.high:
        name, factor = unknown[0]
        known = sum(
            coefficient * point[other] for other, coefficient in statement.terms if other != name
        )
        point[name] = quotient(statement.low - known, factor)
