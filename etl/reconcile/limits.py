"""How much work one component may cost, and the word for work that was cut short."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the search for one component stops; what was not looked at is always told.

    Attributes:
        statements: Components with more statements are not searched.
        solves: Linear programs to solve; the same from run to run, unlike the clock.
        nodes: Partial sets to look at while listing the alternatives of one cluster.
        seconds: Of the processor, as the last resort: what else the machine does counts little.
        alternatives: How many of the cheapest sets to name, ties for the first place aside.
        ties: How many sets that tie for the first place to list.
        gap: How much dearer than the cheapest an alternative may be; None for no matter how much.
    """

    statements: int = 50_000
    solves: int = 20_000
    nodes: int = 200_000
    seconds: float = 20.0
    alternatives: int = 1
    ties: int = 500
    gap: float | None = None


class CutShort(Exception):
    """A limit was reached; the message says which."""


class Unknown(Exception):
    """The solver gave no answer that can be relied on; the message says what it gave."""


class Budget:
    """Counts down the work of one component."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._solves = 0
        self._deadline = time.process_time() + limits.seconds

    def spend_solve(self) -> None:
        """Count one solve.

        Raises:
            CutShort: No solve or no time is left.
        """
        self._solves += 1
        if self._solves > self.limits.solves:
            raise CutShort(f"the limit of {self.limits.solves:,} linear programs was reached")
        self.check_clock()

    def check_clock(self) -> None:
        """Raise CutShort where the time is up."""
        if time.process_time() > self._deadline:
            raise CutShort(f"the limit of {self.limits.seconds:g} seconds was reached")
