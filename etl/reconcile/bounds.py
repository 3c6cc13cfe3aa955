"""What remains possible: the least and greatest value of a cell, and the statements that bind."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from etl.reconcile.limits import Unknown
from etl.reconcile.model import NONE, Number, Problem, Statement, Terms, quotient
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from etl.reconcile.forest import Span
    from etl.reconcile.model import Positions
    from etl.reconcile.program import Floats

_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both ends of what a sum of cells can be, with the statements that hold each end there.

    An end that is None is open. ``is_exact`` says that a point in whole numbers or fractions
    attains every closed end and obeys every statement; otherwise the solver's word stands.
    """

    low: Number | None
    high: Number | None
    low_bound_by: tuple[str, ...]
    high_bound_by: tuple[str, ...]
    is_exact: bool


def bounds(
    problem: Problem, cells: Iterable[str], solver: Solver | None = None
) -> dict[str, Bounds]:
    """The bounds of some cells of a consistent problem.

    Raises:
        Unknown: The problem is not consistent, or HiGHS gave no answer.
    """
    solver = solver or Solver()
    solver.load(problem)
    return {name: bounds_of(solver, ((name, 1),)) for name in cells}


def bounds_of(solver: Solver, terms: Terms, freed: frozenset[int] = NONE) -> Bounds:
    """The bounds of a sum of cells in the problem that the solver holds, some statements freed.

    Raises:
        Unknown: The problem is not consistent, or HiGHS gave no answer.
    """
    if (plain := solver.pinned.bounds(terms, freed)) is not None:
        return _plain(solver.problem, *plain)
    low, low_by, is_low_exact = _end(solver, terms, -1, freed)
    high, high_by, is_high_exact = _end(solver, terms, 1, freed)
    return Bounds(low, high, low_by, high_by, is_low_exact and is_high_exact)


def corroboration(problem: Problem, statement: Statement, solver: Solver) -> Bounds:
    """What all other evidence leaves to the sum that a statement is about."""
    solver.load(problem.without({statement.id}))
    return bounds_of(solver, statement.terms)


def mean_square(low: Number, high: Number, value: float) -> float:
    """Mean square distance from a value of a number as likely anywhere from low to high."""
    return float(high - low) ** 2 / 12 + (float(low) + float(high - low) / 2 - value) ** 2


def _end(
    solver: Solver, terms: Terms, sense: int, freed: frozenset[int]
) -> tuple[Number | None, tuple[str, ...], bool]:
    found = solver.program.extreme(terms, sense, freed)
    if found is None:
        return None, (), True
    value, distance, duals = found
    cells = solver.problem.cells
    is_whole = all(cells[solver.problem.index[name]].whole for name, _ in terms)
    end = _printed(solver, value, terms, sense, whole=is_whole)
    is_exact = _attains(solver, distance, terms, end, freed)
    if is_whole and not is_exact:
        whole = solver.program.extreme(terms, sense, freed, whole=True)
        if whole is None:
            raise Unknown("HiGHS finds an end in fractions and none in whole numbers")
        value, distance, _ = whole
        end = _printed(solver, value, terms, sense, whole=True)
        is_exact = _attains(solver, distance, terms, end, freed)
    return end, _binding(solver.problem, duals), is_exact


def _attains(
    solver: Solver, distance: Floats, terms: Terms, end: Number, freed: frozenset[int]
) -> bool:
    """Whether the point, made exact, obeys everything and has just this sum."""
    point = solver.program.moved(distance)
    return solver.origin.sum(terms, point) == end and solver.origin.holds(point, freed)


def _printed(solver: Solver, distance: float, terms: Terms, sense: int, *, whole: bool) -> Number:
    """The end as a fraction; for a whole sum, the last whole number within it."""
    value = solver.origin.sum(terms, {}) + Fraction(distance).limit_denominator(1_000_000)
    if whole and all(isinstance(factor, int) for _, factor in terms):
        near = Fraction(_NEAR)
        return floor(value + near) if sense > 0 else ceil(value - near)
    return quotient(value, 1)


def _binding(problem: Problem, duals: Floats) -> tuple[str, ...]:
    return _ids(problem, (abs(duals) > _NEAR).nonzero()[0].tolist())


def _plain(problem: Problem, span: Span, low: Positions, high: Positions) -> Bounds:
    return Bounds(*span, _ids(problem, low), _ids(problem, high), is_exact=True)


def _ids(problem: Problem, positions: Iterable[int]) -> tuple[str, ...]:
    return tuple(problem.statements[n].id for n in sorted(positions))
