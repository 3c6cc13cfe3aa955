"""Which figure is wrong: the cheapest explanations of each conflict, ranked by their slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import exp, log
from typing import TYPE_CHECKING, Literal

from etl.reconcile.bounds import bounds_of
from etl.reconcile.exchange import Exchange, exchanges
from etl.reconcile.likelihood import Context, read
from etl.reconcile.limits import CutShort, Limits, Unknown
from etl.reconcile.localize import Diagnosis, Proven, Status, localize
from etl.reconcile.slips import SHARES
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from etl.reconcile.model import Number, Problem

__all__ = ["Alternative", "Band", "Context", "Explanation", "Suspect", "band", "diagnose"]

Band = Literal["near-certain", "probable", "open"]
NEAR_CERTAIN, PROBABLE = 0.999, 0.8  # fitted: docs/reconcile-curve.md
PROBABLE_OF_OTHER_KINDS = 0.9  # the same where both a figure and an assumption are suspected
LIMITS = Limits(alternatives=12, gap=3.0)
_MOST = 500  # sets of one explanation
_READ = 60  # alternatives of one conflict whose slips are looked into; the rest are taken as read


@dataclass(frozen=True, slots=True)
class Suspect:
    """A statement that is disbelieved.

    Attributes:
        statement: Its id.
        low: The least that the rest leaves to its sum; None where nothing holds it.
        high: The greatest.
        value: What its sum most likely is, None where nothing tells.
        slip: The slip that leads from that to what is printed, if one does.
    """

    statement: str
    low: Number | None
    high: Number | None
    value: Number | None
    slip: str | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Statements that mend a conflict when disbelieved together.

    Attributes:
        suspects: What is wrong, if this is the truth.
        cost: The weights of the statements disbelieved.
        score: Minus the cost, plus the log-likelihood of the slips.
        probability: Its share among the alternatives.
        band: What such a probability was worth on simulated slips (docs/reconcile.md).
    """

    suspects: tuple[Suspect, ...]
    cost: float
    score: float
    probability: float
    band: Band


@dataclass(frozen=True, slots=True)
class Explanation:
    """One conflict: the lines that cannot all be true, and who may be wrong.

    Attributes:
        proofs: Smallest conflict first.
        alternatives: Most probable first; empty where nothing was found.
        ties_complete: Whether all sets that cost least are among them.
        status: As in :class:`~etl.reconcile.localize.Diagnosis`.
        reason: Why it is cut short, unresolvable or unknown, or what was left unchecked.
    """

    proofs: tuple[Proven, ...]
    alternatives: tuple[Alternative, ...]
    ties_complete: bool
    status: Status
    reason: str


def diagnose(
    problem: Problem,
    contexts: Mapping[str, Context],
    limits: Limits = LIMITS,
    solver: Solver | None = None,
) -> tuple[Explanation, ...]:
    """Explain every conflict of a component; nothing where there is none.

    Args:
        problem: One component.
        contexts: Numbers printed near a statement, by its id, where there are any.
        limits: Where to stop, and how many alternatives to name beyond ties.
        solver: One to use again for many problems.
    """
    solver = solver or Solver()
    found = localize(problem, limits, solver)
    if found.status == "consistent":
        return ()
    if not found.clusters:
        return (Explanation((), (), False, found.status, found.reason),)
    return _Reader(problem, contexts, solver, found).explanations()


def band(probability: float) -> Band:
    """What a stated probability was worth on simulated slips."""
    if probability >= NEAR_CERTAIN:
        return "near-certain"
    return "probable" if probability >= PROBABLE else "open"


class _Reader:
    def __init__(
        self,
        problem: Problem,
        contexts: Mapping[str, Context],
        solver: Solver,
        diagnosis: Diagnosis,
    ) -> None:
        if solver.problem is not problem:
            solver.load(problem)
        self._contexts = contexts
        self._solver = solver
        self._diagnosis = diagnosis
        self._clusters = diagnosis.clusters
        self._exchanges = exchanges(problem, diagnosis.clusters, contexts, solver)
        self._statements = {one.id: one for one in problem.statements}
        self._positions = {one.id: n for n, one in enumerate(problem.statements)}

    def explanations(self) -> tuple[Explanation, ...]:
        """One per cluster, or per several that one exchange would mend."""
        found = self._diagnosis
        return tuple(
            Explanation(
                tuple(proof for n in group for proof in self._clusters[n].conflicts),
                self._alternatives(group),
                found.ties_complete,
                found.status,
                found.reason,
            )
            for group in self._groups()
        )

    def _groups(self) -> list[list[int]]:
        """Clusters that go together, in order."""
        groups = [{n} for n in range(len(self._clusters))]
        for exchange in self._exchanges:
            apart = [group for group in groups if not group & exchange.clusters]
            joined = [group for group in groups if group & exchange.clusters]
            groups = [*apart, set().union(*joined)]
        return sorted(map(sorted, groups))

    def _alternatives(self, group: Sequence[int]) -> tuple[Alternative, ...]:
        """The sets that mend these clusters, the others' cheapest taken for granted."""
        beside = [
            name
            for n, one in enumerate(self._clusters)
            if n not in group and one.suspects
            for name in one.suspects[0].statements
        ]
        found = {}
        sets = product(*(self._clusters[n].suspects for n in group))
        for n, chosen in enumerate(islice(sets, _MOST)):
            names = tuple(name for one in chosen for name in one.statements)
            cost = sum(one.cost for one in chosen)
            found[frozenset(names)] = self._alternative(names, cost, beside, is_read=n < _READ)
        for exchange in self._exchanges:
            if exchange.clusters == set(group):
                one = self._exchanged(exchange)
                key = frozenset(two.statement for two in one.suspects)
                if key not in found or found[key].score < one.score:
                    found[key] = one
        return _ranked(list(found.values()))

    def _exchanged(self, exchange: Exchange) -> Alternative:
        suspects = tuple(
            Suspect(name, value, value, value, "cells_swapped") for name, value in exchange.values
        )
        cost = max(self._statements[name].weight or 0.0 for name, _ in exchange.values)
        siblings = max(
            len(self._contexts[name].siblings)
            for name, _ in exchange.values
            if name in self._contexts
        )
        score = log(SHARES["cells_swapped"] / siblings) - cost
        return Alternative(suspects, cost, score, 0.0, "open")

    def _alternative(
        self, chosen: tuple[str, ...], cost: float, beside: Sequence[str], *, is_read: bool
    ) -> Alternative:
        freed = frozenset(self._positions[one] for one in (*chosen, *beside))
        suspects, score = [], -cost
        for name in chosen:
            low, high = self._left(name, freed) if is_read else (None, None)
            seen = read(self._statements[name], self._contexts.get(name, Context()), low, high)
            suspects.append(Suspect(name, low, high, seen.value, seen.slip))
            score += log(seen.likelihood)
        return Alternative(tuple(suspects), cost, score, 0.0, "open")

    def _left(self, name: str, freed: frozenset[int]) -> tuple[Number | None, Number | None]:
        """What the rest leaves to a statement's sum; open where the solver does not say."""
        terms = self._statements[name].terms
        if (ends := self._solver.pinned.ends(terms, freed)) is not None:
            return ends
        try:
            found = bounds_of(self._solver, terms, freed)
        except (CutShort, Unknown):
            return None, None
        return found.low, found.high


def _ranked(found: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """Most probable first, their probabilities adding up to one."""
    if not found:
        return ()
    top = max(one.score for one in found)
    whole = sum(exp(one.score - top) for one in found)
    told = []
    for one in found:
        probability = exp(one.score - top) / whole
        told.append(replace(one, probability=probability, band=band(probability)))
    return tuple(
        sorted(told, key=lambda one: (-one.score, [two.statement for two in one.suspects]))
    )
