"""Cheapest sets that hit every conflict, in order of cost, while conflicts are still found."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from etl.reconcile.limits import Budget, CutShort, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from etl.reconcile.model import Positions

_MANY = 24  # conflicts up to which the search in Python is the quicker one
Node = tuple[int, int, tuple[int, ...], int]  # bound, -size, chosen, mask of what is ruled out


class HittingSets:
    """Best-first search over the sets that hit all known conflicts.

    Each set is reached along one path only: a branch that chooses the third element of a
    conflict rules out its first two. The bound of an unfinished set is its cost and the cheapest
    elements of conflicts that it misses and that share nothing, so the order is by true cost.
    """

    def __init__(
        self, conflicts: Iterable[Positions], costs: Mapping[int, int], budget: Budget
    ) -> None:
        self._costs = costs
        self._budget = budget
        self._nodes = 0
        self._conflicts: list[tuple[int, ...]] = []
        self._masks: list[int] = []
        self._found: list[int] = []
        self._aside: list[Node] = []
        self._add(conflicts)
        self._heap: list[Node] = [(0, 0, (), 0)]

    def pop(self) -> tuple[int, Positions] | None:
        """The next cheapest set and its cost; None once there is no other.

        Sets that contain an accepted one, or that could do with less, are passed over.
        """
        while self._heap:
            self._count()
            bound, _, chosen, banned = heapq.heappop(self._heap)
            mask = _mask(chosen)
            if any(mask & found == found for found in self._found):
                continue
            missed = [n for n, conflict in enumerate(self._masks) if not conflict & mask]
            better = self._bound(chosen, banned, missed)
            if better is None:
                continue
            node = (better, -len(chosen), chosen, banned)
            if better > bound:
                heapq.heappush(self._heap, node)
            elif missed:
                self._branch(node, missed)
            else:
                self._aside.append(node)
                if self._is_minimal(chosen, mask):
                    return better, frozenset(chosen)
        return None

    def accept(self, chosen: Positions) -> None:
        """This set mends everything: nothing that contains it is of interest."""
        self._found.append(_mask(chosen))

    def refute(self, conflicts: Iterable[Positions]) -> None:
        """The set popped last leaves these conflicts: search on with them known.

        What was passed over as wasteful may not be so any more, so it comes back.
        """
        self._add(conflicts)
        for node in self._aside:
            heapq.heappush(self._heap, node)
        self._aside.clear()

    def _branch(self, node: Node, missed: list[int]) -> None:
        bound, _, chosen, banned = node
        target = min(missed, key=lambda n: ((self._masks[n] & ~banned).bit_count(), n))
        for element in self._conflicts[target]:
            bit = 1 << element
            if not banned & bit:
                further = (*chosen, element)
                heapq.heappush(self._heap, (bound, -len(further), further, banned))
                banned |= bit

    def _bound(self, chosen: tuple[int, ...], banned: int, missed: list[int]) -> int | None:
        """The least that any set from here on costs; None where a conflict is out of reach."""
        total, seen = sum(self._costs[element] for element in chosen), 0
        for n in missed:
            open_mask = self._masks[n] & ~banned
            if not open_mask:
                return None
            if not open_mask & seen:
                seen |= open_mask
                total += next(
                    self._costs[one] for one in self._conflicts[n] if open_mask >> one & 1
                )
        return total

    def _is_minimal(self, chosen: tuple[int, ...], mask: int) -> bool:
        return all(
            any(conflict & mask == 1 << element for conflict in self._masks) for element in chosen
        )

    def _add(self, conflicts: Iterable[Positions]) -> None:
        for conflict in conflicts:
            cheapest_first = sorted(conflict, key=lambda one: (self._costs[one], one))
            self._conflicts.append(tuple(cheapest_first))
            self._masks.append(_mask(conflict))

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > self._budget.limits.nodes:
            raise CutShort(f"the limit of {self._budget.limits.nodes:,} partial sets was reached")
        if not self._nodes % 256:
            self._budget.check_clock()


class Covers:
    """The same answers by integer programs, for many conflicts, where a search would not end.

    A set that was accepted is cut off together with all that contain it.
    """

    def __init__(
        self, conflicts: Iterable[Positions], costs: Mapping[int, int], budget: Budget
    ) -> None:
        self._costs = costs
        self._budget = budget
        self._conflicts = list(conflicts)
        self._accepted: list[Positions] = []

    def pop(self) -> tuple[int, Positions] | None:
        """The next cheapest set and its cost; None once there is no other."""
        self._budget.spend_solve()
        chosen = _cheapest_cover(self._conflicts, self._accepted, self._costs)
        if chosen is None:
            return None
        return sum(self._costs[element] for element in chosen), chosen

    def accept(self, chosen: Positions) -> None:
        """This set mends everything: nothing that contains it is of interest."""
        self._accepted.append(chosen)

    def refute(self, conflicts: Iterable[Positions]) -> None:
        """The set popped last leaves these conflicts: search on with them known."""
        self._conflicts += conflicts


def search(
    conflicts: Collection[Positions], costs: Mapping[int, int], budget: Budget
) -> HittingSets | Covers:
    """The way to look for the cheapest sets that suits so many conflicts."""
    return (Covers if len(conflicts) > _MANY else HittingSets)(conflicts, costs, budget)


def _cheapest_cover(
    conflicts: Sequence[Positions], accepted: Sequence[Positions], costs: Mapping[int, int]
) -> Positions | None:
    """One cheapest set that hits every conflict and contains no accepted one, if there is any.

    Raises:
        Unknown: HiGHS stopped without an answer.
    """
    import highspy
    import numpy as np

    from etl.reconcile.program import quiet_highs

    elements = sorted(frozenset().union(*conflicts))
    column = {element: position for position, element in enumerate(elements)}
    rows = [*conflicts, *accepted]
    columns = [column[element] for row in rows for element in sorted(row)]
    size, free = len(elements), highspy.kHighsInf
    highs = quiet_highs()
    highs.passModel(
        size,
        len(rows),
        len(columns),
        int(highspy.MatrixFormat.kRowwise),
        1,
        0.0,
        np.array([costs[element] / 1e6 for element in elements]),
        np.zeros(size),
        np.ones(size),
        np.array([1.0] * len(conflicts) + [-free] * len(accepted)),
        np.array([free] * len(conflicts) + [len(one) - 1.0 for one in accepted]),
        np.cumsum([0, *map(len, rows)])[:-1].astype(np.int32),
        np.array(columns, np.int32),
        np.ones(len(columns)),
        np.ones(size, np.int32),
    )
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise Unknown("HiGHS found no cheapest cover of the conflicts")
    taken = highs.getSolution().col_value
    return frozenset(one for one, value in zip(elements, taken, strict=True) if round(value))


def clusters(conflicts: Collection[Positions]) -> list[list[Positions]]:
    """Conflicts that share an element belong together; in the order of their first element."""
    grouped: list[tuple[Positions, list[Positions]]] = []
    for conflict in sorted(conflicts, key=sorted):
        elements, members = conflict, [conflict]
        apart = []
        for others, theirs in grouped:
            if others & elements:
                elements, members = elements | others, [*theirs, *members]
            else:
                apart.append((others, theirs))
        grouped = [*apart, (elements, members)]
    return [members for _, members in sorted(grouped, key=lambda one: sorted(one[0]))]


def _mask(elements: Iterable[int]) -> int:
    mask = 0
    for element in elements:
        mask |= 1 << element
    return mask
