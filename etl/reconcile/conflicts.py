"""Minimal conflicts: statements that cannot all be true, and can once any of them is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from etl.reconcile import exact
from etl.reconcile.limits import Budget, Unknown
from etl.reconcile.model import Cell, Positions, Problem, Statement
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reconcile.program import Answer

Proof = Literal["exact", "whole numbers"]
_SMALL = 60  # statements of a conflict that the exact simplex is asked about
_LONG = 24  # statements from which on a ray's own support is taken as it is: it is all but minimal


@dataclass(frozen=True, slots=True)
class Conflict:
    """Positions of statements that exclude each other, and what proves it.

    ``exact`` is a proof in fractions, and minimal among those: of a few of its statements whole
    numbers alone may still ask too much, such as ``2 a + 2 b = 1``. ``whole numbers`` means that
    fractions would do and only the search through whole numbers found none.
    """

    statements: Positions
    proof: Proof


class Oracle:
    """Says of any set of statements whether the rest is consistent, or shows a conflict."""

    def __init__(self, solver: Solver, problem: Problem, budget: Budget) -> None:
        self._solver = solver
        self._problem = problem
        self._budget = budget
        solver.load(problem)

    @cached_property
    def _inner(self) -> Solver:
        return Solver()

    @cached_property
    def _cells(self) -> dict[str, Cell]:
        return {cell.name: cell for cell in self._problem.cells}

    @cached_property
    def _all(self) -> Positions:
        return frozenset(range(len(self._problem.statements)))

    def starts_feasible(self) -> bool:
        """Whether the printed figures, as they stand, obey everything."""
        return self._solver.origin.is_feasible()

    def conflict(self, freed: Positions) -> Conflict | None:
        """A minimal conflict among the statements that are not freed; None: the rest can be true.

        Raises:
            Unknown: Nothing can be proven either way.
            CutShort: A limit was reached.
        """
        self._budget.check_clock()
        plain = self._solver.pinned.conflict(freed)
        if plain is None:
            return self._solved(freed)
        return Conflict(plain, "exact") if plain else None

    def _solved(self, freed: Positions) -> Conflict | None:
        """The same where plain arithmetic does not tell."""
        answer = self._solve(freed)
        if not answer.feasible:
            return self._minimal(freed, answer)
        if self._holds(answer, freed):
            return None
        if not any(cell.whole for cell in self._problem.cells):
            self._settle(freed)
            return None
        answer = self._solve(freed, whole=True)
        if not answer.feasible:
            return self._minimal_whole(freed)
        if self._holds(answer, freed):
            return None
        raise Unknown("the solver's whole numbers do not obey the statements")

    def _holds(self, answer: Answer, freed: Positions) -> bool:
        return self._solver.origin.holds(self._solver.program.moved(answer.distance), freed)

    def _solve(self, freed: Positions, *, whole: bool = False) -> Answer:
        self._budget.spend_solve()
        return self._solver.program.solve(freed, whole=whole)

    def _minimal(self, freed: Positions, answer: Answer) -> Conflict:
        support = frozenset(answer.ray.nonzero()[0].tolist()) or self._all
        found = self._part(support - freed, whole=False)
        rows, ray = found.minimal()
        if not self._proven(rows, ray):
            raise Unknown("the solver calls it impossible, and fractions do not prove it")
        return Conflict(found.positions(rows), "exact")

    def _part(self, kept: Positions, *, whole: bool) -> _Part:
        positions = sorted(kept)
        rows = [self._problem.statements[n] for n in positions]
        part = Problem(tuple(self._touched(rows)), tuple(rows))
        return _Part(part, positions, self._inner, self._budget, whole=whole)

    def _proven(self, rows: Sequence[Statement], ray: Sequence[float]) -> bool:
        if len(ray) == len(rows) and exact.refutes(self._cells, rows, ray):
            return True
        return len(rows) <= _SMALL and exact.solution(self._touched(rows), rows) is None

    def _touched(self, rows: Sequence[Statement]) -> list[Cell]:
        names = {name: None for one in rows for name, _ in one.terms}
        return [self._cells[name] for name in names]

    def _settle(self, freed: Positions) -> None:
        """Fractions have the last word where the solver's point is off by its tolerance.

        Cells that are not whole have points that floats only come near to.
        """
        rows = [self._problem.statements[n] for n in sorted(self._all - freed)]
        if len(rows) > _SMALL or exact.solution(self._touched(rows), rows) is None:
            raise Unknown("the solver's point does not obey the statements exactly")

    def _minimal_whole(self, freed: Positions) -> Conflict:
        found = self._part(self._all - freed, whole=True)
        return Conflict(found.positions(found.minimal()[0]), "whole numbers")


class _Part:
    """Statements known to exclude each other, in a small program of their own."""

    def __init__(
        self, part: Problem, names: list[int], solver: Solver, budget: Budget, *, whole: bool
    ) -> None:
        self._part = part
        self._names = names
        self._solver = solver
        self._budget = budget
        self._whole = whole
        self._all = frozenset(range(len(part.statements)))
        self._kept = self._all
        self._ray: list[float] = []
        solver.load(part)

    def minimal(self) -> tuple[list[Statement], list[float]]:
        """Drop statements, the cheapest first and in shrinking chunks, while it stays a conflict.

        A ray of the dual simplex is a circuit: it is minimal but for what the cells' bounds add.
        Long ones, of which a dense table has hundreds, are left at that.

        Returns:
            The statements that are left and their multipliers, as far as there are any.
        """
        self._excludes(self._all)
        is_long = len(self._kept) > _LONG and not self._whole
        pending = [] if is_long else sorted(self._kept, key=self._weight)
        size = max(1, len(pending) // 8)
        while pending:
            chunk = frozenset(pending[:size])
            if self._excludes(self._kept - chunk) or len(chunk) == 1:
                pending = [n for n in pending[size:] if n in self._kept]
            else:
                size //= 2
        left = sorted(self._kept)
        ray = [self._ray[n] for n in left] if self._ray else []
        return [self._part.statements[n] for n in left], ray

    def positions(self, rows: Sequence[Statement]) -> Positions:
        """Where these statements stand in the whole problem."""
        left = {one.id for one in rows}
        return frozenset(
            name
            for name, one in zip(self._names, self._part.statements, strict=True)
            if one.id in left
        )

    def _excludes(self, kept: Positions) -> bool:
        """Whether these alone still exclude each other; if so, go on with what the ray needs."""
        self._budget.spend_solve()
        answer = self._solver.program.solve(self._all - kept, whole=self._whole)
        if answer.feasible:
            return False
        support = frozenset(answer.ray.nonzero()[0].tolist()) or kept
        self._kept, self._ray = support & kept, answer.ray.tolist()
        return True

    def _weight(self, position: int) -> tuple[float, int]:
        weight = self._part.statements[position].weight
        return (-1.0 if weight is None else weight), position
