"""Which statements to disbelieve: the cheapest sets that leave a consistent rest, ties complete.

Implicit hitting sets: conflicts are found one by one and the cheapest sets that hit all of them
are tried until one leaves nothing to object to. No set that is cheaper can, so stopping early
still leaves a true lower bound of the cost. Weights count to six decimals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Literal

from etl.reconcile.conflicts import Conflict, Oracle, Proof
from etl.reconcile.hitting import clusters, search
from etl.reconcile.limits import Budget, CutShort, Limits, Unknown
from etl.reconcile.model import NONE
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from etl.reconcile.model import Positions, Problem

Status = Literal["consistent", "localized", "cut short", "unresolvable", "unknown"]
_COMBINATIONS = 200  # ties of several clusters that are tried together


@dataclass(frozen=True, slots=True)
class Proven:
    """Statements that cannot all be true, by id, and what proves it."""

    statements: tuple[str, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Suspects:
    """Statements that mend their cluster when disbelieved together."""

    statements: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Conflicts that share statements, and the sets that mend them: cheapest first, then by id."""

    conflicts: tuple[Proven, ...]
    suspects: tuple[Suspects, ...]

    @property
    def ties(self) -> tuple[Suspects, ...]:
        """The suspects that cost least; more than one where nothing tells which."""
        return tuple(one for one in self.suspects if one.cost == self.suspects[0].cost)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with one component.

    Attributes:
        status: ``unresolvable`` where hard statements exclude each other, ``cut short`` where a
            limit was reached, ``unknown`` where the solver gave no answer.
        clusters: What was found, independent of each other.
        cost: Of the cheapest set in all; a lower bound unless the status is ``localized``.
        reason: Why it is cut short, unresolvable or unknown, or what was left unchecked.
        ties_complete: Whether the sets that tie for the first place are all named.
    """

    status: Status
    clusters: tuple[Cluster, ...] = ()
    cost: float = 0.0
    reason: str = ""
    ties_complete: bool = True


def localize(
    problem: Problem, limits: Limits | None = None, solver: Solver | None = None
) -> Diagnosis:
    """Find the cheapest sets of statements whose removal makes the rest consistent.

    Args:
        problem: One component; several work too, each its own cluster.
        limits: Where to stop.
        solver: One to use again for many problems.
    """
    limits = limits or Limits()
    if len(problem.statements) > limits.statements:
        many = f"{len(problem.statements):,} statements"
        return Diagnosis(
            "cut short",
            reason=f"{many}: more than the limit of {limits.statements:,}",
            ties_complete=False,
        )
    return _Search(problem, limits, solver or Solver()).run()


class _Search:
    def __init__(self, problem: Problem, limits: Limits, solver: Solver) -> None:
        self._problem = problem
        self._limits = limits
        self._budget = Budget(limits)
        self._oracle = Oracle(solver, problem, self._budget)
        self._known: dict[Positions, Conflict] = {}  # by its soft statements
        self._floor = 0  # what every set that mends it costs at least
        self._sharing: Counter[int] = Counter()
        self._clusters: list[list[Positions]] = []
        self._suspects: list[list[tuple[int, Positions]]] = []
        self._untold: list[str] = []

    @cached_property
    def _costs(self) -> dict[int, int]:
        """By position, what it costs to disbelieve a statement, in millionths."""
        weights = ((n, one.weight) for n, one in enumerate(self._problem.statements))
        return {n: round(weight * 1e6) for n, weight in weights if weight is not None}

    def run(self) -> Diagnosis:
        if self._oracle.starts_feasible():
            return Diagnosis("consistent")
        try:
            return self._run()
        except CutShort as cut:
            return self._diagnosis("cut short", str(cut))
        except Unknown as unknown:
            return self._diagnosis("unknown", str(unknown))

    def _run(self) -> Diagnosis:
        if not self._learn(NONE):
            return Diagnosis("consistent")
        while not self._is_settled():
            if NONE in self._known:
                return self._diagnosis("unresolvable", "hard statements exclude each other")
        return self._diagnosis("localized", "; ".join(dict.fromkeys(self._untold)))

    def _learn(self, freed: Positions) -> list[Positions]:
        """Conflicts that this set leaves, disjoint in what may be retracted; now known."""
        learnt: list[Positions] = []
        while NONE not in self._known and (soft := self._learn_one(freed)) is not None:
            learnt.append(soft)
            freed |= soft
        return learnt

    def _extend(self, freed: Positions) -> bool:
        """Learn many conflicts at once, retracting of each only what most conflicts share."""
        learnt = self._learn_one(freed)
        found = learnt
        while learnt:
            freed |= {max(learnt, key=lambda n: (self._sharing[n] / self._costs[n], -n))}
            learnt = self._learn_one(freed)
        return found is not None

    def _learn_one(self, freed: Positions) -> Positions | None:
        conflict = self._oracle.conflict(freed)
        if conflict is None:
            return None
        soft = frozenset(n for n in conflict.statements if n in self._costs)
        self._known[soft] = conflict
        self._sharing.update(soft)
        return soft

    def _is_settled(self) -> bool:
        """One round over all clusters; False where something new was learnt about them."""
        if NONE in self._known:
            return False
        self._clusters = clusters(self._known)
        self._suspects, self._untold = [], []
        first = [self._cheapest(members) for members in self._clusters]
        self._floor = max(self._floor, sum(self._costs[n] for n in NONE.union(*first)))
        if self._extend(NONE.union(*first)):
            return False
        for members, best in zip(self._clusters, first, strict=True):
            found = self._alternatives(members, best, NONE.union(*first) - best)
            if found is None:
                return False
            self._suspects.append(found)
        return self._fit_together()

    def _cheapest(self, members: list[Positions]) -> Positions:
        found = search(members, self._costs, self._budget).pop()
        return found[1] if found else NONE

    def _alternatives(
        self, members: list[Positions], best: Positions, beside: Positions
    ) -> list[tuple[int, Positions]] | None:
        """The cheapest sets for one cluster; None where its conflicts reach into another."""
        own = NONE.union(*members)
        others = NONE.union(*self._known) - own
        sets = search(members, self._costs, self._budget)
        found: list[tuple[int, Positions]] = []
        try:
            while (candidate := sets.pop()) and self._is_wanted(candidate[0], found):
                learnt = self._learn(beside | candidate[1])
                if any(conflict & others for conflict in learnt) or NONE in self._known:
                    return None
                if learnt:
                    others -= NONE.union(*learnt)
                    sets.refute(learnt)
                else:
                    sets.accept(candidate[1])
                    found.append(candidate)
        except CutShort as cut:
            self._untold.append(f"not every alternative was looked at: {cut}")
        return found or [(sum(self._costs[n] for n in best), best)]

    def _is_wanted(self, cost: int, found: list[tuple[int, Positions]]) -> bool:
        if not found:
            return True
        if cost == found[0][0]:
            if len(found) >= self._limits.ties:
                raise CutShort(f"the limit of {self._limits.ties:,} ties was reached")
            return True
        if len(found) >= self._limits.alternatives:
            return cost == found[-1][0] and len(found) < self._limits.ties
        return self._limits.gap is None or cost <= found[0][0] + self._limits.gap * 1e6

    def _fit_together(self) -> bool:
        """Whether the ties of different clusters mend it in any combination."""
        ties = [
            [chosen for cost, chosen in found if cost == found[0][0]] for found in self._suspects
        ]
        if prod(map(len, ties)) == 1:
            return True
        if prod(map(len, ties)) > _COMBINATIONS:
            self._untold.append("ties of different clusters were not tried in every combination")
        try:
            return not any(
                self._learn(NONE.union(*combination))
                for combination in islice(product(*ties), _COMBINATIONS)
            )
        except CutShort as cut:
            self._untold.append(f"ties were not tried in every combination: {cut}")
            return True

    def _diagnosis(self, status: Status, reason: str) -> Diagnosis:
        told = self._clusters if status == "localized" else clusters(self._known)
        found = self._suspects if status == "localized" else [[] for _ in told]
        return Diagnosis(
            status,
            tuple(map(self._cluster, told, found)),
            self._floor / 1e6,
            reason,
            ties_complete=status == "localized" and not self._untold,
        )

    def _cluster(self, members: list[Positions], found: list[tuple[int, Positions]]) -> Cluster:
        proven = [
            Proven(self._ids(self._known[one].statements), self._known[one].proof)
            for one in members
        ]
        suspects = [Suspects(self._ids(chosen), cost / 1e6) for cost, chosen in found]
        return Cluster(
            tuple(sorted(proven, key=lambda one: (len(one.statements), one.statements))),
            tuple(sorted(suspects, key=lambda one: (one.cost, one.statements))),
        )

    def _ids(self, positions: Positions) -> tuple[str, ...]:
        return tuple(self._problem.statements[n].id for n in sorted(positions))
