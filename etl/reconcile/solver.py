"""What answers questions about one problem: plain arithmetic, and HiGHS where that does not tell.

HiGHS and what it needs take a tenth of a second to import; most nights can do without.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from etl.reconcile.origin import Origin
from etl.reconcile.pinned import Pinned

if TYPE_CHECKING:
    from etl.reconcile.model import Problem
    from etl.reconcile.program import Program


class Solver:
    """Takes up one problem after the other.

    Attributes:
        problem: what it holds.
        origin: its printed figures.
        pinned: what plain arithmetic settles of it.
    """

    problem: Problem
    origin: Origin
    pinned: Pinned

    def load(self, problem: Problem) -> None:
        """Take up a problem; it reaches HiGHS when that is first needed."""
        self.problem = problem
        self.origin, self.pinned = Origin(problem), Pinned(problem)
        self._is_program_due = True

    @property
    def program(self) -> Program:
        """The problem as a linear program."""
        if self._is_program_due:
            self._program.load(self.problem, self.origin)
            self._is_program_due = False
        return self._program

    @cached_property
    def _program(self) -> Program:
        from etl.reconcile.program import Program

        return Program()
