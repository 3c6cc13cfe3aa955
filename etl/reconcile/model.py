"""What is reasoned about: unknown cells, and statements that limit them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Number = int | Fraction
Point = dict[str, Number]
Terms = tuple[tuple[str, Number], ...]  # pairs of cell name and coefficient
Positions = frozenset[int]  # of statements in their problem
NONE: Positions = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """An unknown true quantity: at least ``low`` (None: may be negative), usually whole."""

    name: str
    low: Number | None = 0
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """``low <= sum of coefficient * cell <= high``; an end that is None is open.

    Attributes:
        id: What the statement is called in every answer.
        terms: Pairs of cell name and coefficient, each cell once; those of nothing are dropped.
        low: Lower end, or None.
        high: Upper end, or None.
        weight: What it costs to disbelieve it, above 0; None where it cannot be wrong.
    """

    id: str
    terms: Terms
    low: Number | None
    high: Number | None
    weight: float | None = 1.0

    def __post_init__(self) -> None:
        if not all(factor for _, factor in self.terms):  # "0 % of" says nothing about the whole
            object.__setattr__(self, "terms", tuple(term for term in self.terms if term[1]))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"statement {self.id}: {self.low} is above {self.high}")
        if self.weight is not None and self.weight <= 0:
            raise ValueError(f"statement {self.id}: weight {self.weight} is not above 0")

    @property
    def is_hard(self) -> bool:
        """Whether nothing may retract it."""
        return self.weight is None

    @property
    def stated(self) -> Number | None:
        """The one value of a statement that gives one cell exactly, else None."""
        if len(self.terms) != 1 or self.low is None or self.low != self.high:
            return None
        return quotient(self.low, self.terms[0][1])

    def value(self, point: Point) -> Number:
        """The statement's sum at a point, exactly."""
        return total(self.terms, point)

    def allows(self, value: Number) -> bool:
        """Whether a sum lies within the statement's ends."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


def total(terms: Terms, point: Point) -> Number:
    """A sum of cells at a point, exactly."""
    return sum((factor * point[name] for name, factor in terms), start=0)


@dataclass(frozen=True)
class Problem:
    """Cells and the statements about them; every cell of a statement is among the cells."""

    cells: tuple[Cell, ...]
    statements: tuple[Statement, ...]
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {cell.name: position for position, cell in enumerate(self.cells)}
        object.__setattr__(self, "index", index)

    @cached_property
    def stated(self) -> dict[int, Number]:
        """By position of a statement that gives one cell exactly, the value that it gives."""
        pairs = ((n, one.stated) for n, one in enumerate(self.statements))
        return {n: value for n, value in pairs if value is not None}

    def without(self, ids: frozenset[str] | set[str]) -> Problem:
        """The same problem once these statements are disbelieved."""
        return Problem(self.cells, tuple(one for one in self.statements if one.id not in ids))


def figure(cell: str, value: Number, weight: float | None = 1.0, name: str = "") -> Statement:
    """The statement that a cell has one value."""
    return Statement(name or cell, ((cell, 1),), value, value, weight)


def exactly(value: float | str | Fraction) -> Number:
    """The number as it is printed, without the error of its binary form: 0.1 is 1/10."""
    return _plain(value if isinstance(value, Fraction) else Fraction(str(value)))


def quotient(value: Number, divisor: Number) -> Number:
    """An exact quotient, an int where it is whole."""
    if isinstance(value, int) and isinstance(divisor, int):
        whole, rest = divmod(value, divisor)
        return Fraction(value, divisor) if rest else whole
    return _plain(Fraction(value) / divisor)


def components(problem: Problem) -> Iterator[Problem]:
    """Split into the parts that hang together through cells, in the order of their first cell."""
    roots = joined(
        len(problem.cells),
        ([problem.index[name] for name, _ in one.terms] for one in problem.statements),
    )
    members: dict[int, list[Cell]] = defaultdict(list)
    for position, cell in enumerate(problem.cells):
        members[roots[position]].append(cell)
    about: dict[int, list[Statement]] = defaultdict(list)
    for statement in problem.statements:
        home = roots[problem.index[statement.terms[0][0]]] if statement.terms else -1
        about[home].append(statement)
    if -1 in about:  # statements about no cell: 0 <= 0, or one that cannot be true
        yield Problem((), tuple(about[-1]))
    for root, cells in members.items():
        yield Problem(tuple(cells), tuple(about[root]))


def joined(size: int, groups: Iterable[Sequence[int]]) -> list[int]:
    """By position the first of all that hang together with it, in whatever groups they share."""
    parent = list(range(size))
    for group in groups:
        roots = {_root(parent, position) for position in group}
        for root in roots:
            parent[root] = min(roots)
    return [_root(parent, position) for position in range(size)]


def _plain(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def _root(parent: list[int], position: int) -> int:
    while parent[position] != position:
        parent[position] = parent[parent[position]]
        position = parent[position]
    return position
