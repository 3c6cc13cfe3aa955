"""Proofs in whole numbers and fractions: what the solver says in floats is checked here."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from etl.reconcile.model import Cell, Number, Point, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR = 1e-9
Row = tuple[dict[int, Number], Number]  # sum of coefficient * x >= bound, all x >= 0


def refutes(cells: dict[str, Cell], statements: Sequence[Statement], ray: Iterable[float]) -> bool:
    """Whether these multipliers, rounded to small fractions, add up to a contradiction.

    Statements times their multipliers add up to one sum of cells. Where the least value that
    the statements leave to that sum is above the greatest that the cells' bounds allow, they
    cannot all be true (Farkas).
    """
    multipliers = list(ray)
    unit = min((abs(value) for value in multipliers if value), default=None)
    if unit is None:
        return False
    rounded = [_rounded(value / unit) for value in multipliers]
    return any(
        _contradiction(cells, statements, [sign * value for value in rounded]) for sign in (1, -1)
    )


def _rounded(value: float) -> Number:
    """The small fraction that a float stands for; most are whole, which adds up much faster."""
    nearest = round(value)
    if abs(value - nearest) <= _NEAR:
        return nearest
    return Fraction(value).limit_denominator(100_000)


def _contradiction(
    cells: dict[str, Cell], statements: Sequence[Statement], multipliers: Sequence[Number]
) -> bool:
    least: Number = 0
    sums: dict[str, Number] = {}
    for statement, multiplier in zip(statements, multipliers, strict=True):
        if not multiplier:
            continue
        end = statement.low if multiplier > 0 else statement.high
        if end is None:
            return False
        least += multiplier * end
        for name, factor in statement.terms:
            sums[name] = sums.get(name, 0) + multiplier * factor
    greatest: Number = 0
    for name, total in sums.items():
        low = cells[name].low
        if total > 0 or (total < 0 and low is None):
            return False
        if total < 0 and low is not None:
            greatest += total * low
    return least > greatest


def solution(cells: Sequence[Cell], statements: Sequence[Statement]) -> Point | None:
    """A point that obeys all of it, or None where there is none; for small systems.

    The first phase of the simplex method with Bland's rule, in fractions. Whole numbers are
    not asked for.
    """
    columns: dict[tuple[str, int], int] = {}
    for cell in cells:
        columns[cell.name, 1] = len(columns)
        if cell.low is None:
            columns[cell.name, -1] = len(columns)
    lows = {cell.name: cell.low or 0 for cell in cells}
    values = _feasible(list(_rows(columns, lows, statements)), len(columns))
    if values is None:
        return None
    point: Point = dict(lows)
    for (name, sign), column in columns.items():
        point[name] += sign * values[column]
    return {name: int(value) if value == int(value) else value for name, value in point.items()}


def _rows(
    columns: dict[tuple[str, int], int], lows: dict[str, Number], statements: Sequence[Statement]
) -> Iterable[Row]:
    for statement in statements:
        shift = statement.value(lows)
        for end, side in ((statement.low, 1), (statement.high, -1)):
            if end is None:
                continue
            sums = {
                columns[name, sign]: side * sign * factor
                for name, factor in statement.terms
                for sign in (1, -1)
                if (name, sign) in columns
            }
            yield sums, side * (end - shift)


def _feasible(rows: list[Row], width: int) -> list[Fraction] | None:
    """A point of ``row >= bound, x >= 0`` by minimising one artificial amount of violation."""
    violation = width  # the column that makes up for what any row lacks
    table: list[dict[int, Fraction]] = []
    basis = list(range(width + 1, width + 1 + len(rows)))
    right: list[Fraction] = []
    for position, (sums, bound) in enumerate(rows):
        line = {column: -Fraction(value) for column, value in sums.items() if value}
        table.append(line | {violation: Fraction(-1), basis[position]: Fraction(1)})
        right.append(-Fraction(bound))
    if not rows or min(right) >= 0:
        return [Fraction(0)] * width
    goal: dict[int, Fraction] = {violation: Fraction(-1)}
    _pivot(table, right, basis, goal, right.index(min(right)), violation)
    while violation in basis:
        entering = min((column for column, gain in goal.items() if gain > 0), default=None)
        if entering is None:
            break
        leaving = _leaving(table, right, basis, entering, violation)
        _pivot(table, right, basis, goal, leaving, entering)
    if violation in basis and right[basis.index(violation)] > 0:
        return None
    values = dict(zip(basis, right, strict=True))
    return [values.get(column, Fraction(0)) for column in range(width)]


def _leaving(
    table: list[dict[int, Fraction]],
    right: list[Fraction],
    basis: list[int],
    entering: int,
    violation: int,
) -> int:
    ratios = [
        (right[row] / line[entering], basis[row] != violation, basis[row], row)
        for row, line in enumerate(table)
        if line.get(entering, 0) > 0
    ]
    return min(ratios)[-1]


def _pivot(
    table: list[dict[int, Fraction]],
    right: list[Fraction],
    basis: list[int],
    goal: dict[int, Fraction],
    row: int,
    column: int,
) -> None:
    scale = table[row][column]
    line = table[row] = {name: value / scale for name, value in table[row].items()}
    right[row] /= scale
    basis[row] = column
    for other, target in enumerate([*table, goal]):
        factor = target.get(column)
        if target is line or not factor:
            continue
        for name, value in line.items():
            changed = target.get(name, Fraction(0)) - factor * value
            if changed:
                target[name] = changed
            else:
                target.pop(name, None)
        if target is not goal:
            right[other] -= factor * right[row]
