"""A warm linear program in HiGHS, in which every statement's row can be freed and bound again.

The program is not about the cells but about their distance from an origin: the printed figures,
and what follows from them by one sum. So a slip of 33 beside 4,000,000, or beside 1e12, stands
there as 33 beside 0, far above the solver's tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import numpy.typing as npt

from etl.reconcile.limits import Unknown
from etl.reconcile.model import NONE, Number, Point, Problem, quotient

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from etl.reconcile.origin import Origin

Floats = npt.NDArray[np.float64]
_STATUS = highspy.HighsModelStatus
_INFEASIBLE = (_STATUS.kInfeasible,)
_UNBOUNDED = (_STATUS.kUnbounded, _STATUS.kUnboundedOrInfeasible)
_REPEATABLE = {
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_heuristic_run_feasibility_jump": False,  # six sevenths of the time of a small program
}
_WARM: dict[str, Any] = {
    "presolve": "off",  # a presolved program leaves no ray and no basis to start from
    "simplex_strategy": 1,  # the dual simplex: the one that leaves a dual ray
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver says: a point in distances from the origin, or a ray where there is none."""

    feasible: bool
    distance: Floats
    ray: Floats


class Program:
    """One HiGHS object, used for one problem after the other."""

    def __init__(self) -> None:
        self._highs = quiet_highs()
        for name, value in _WARM.items():
            self._highs.setOptionValue(name, value)
        self._set: dict[int, tuple[float, float]] = {}  # rows whose ends are not their own
        self._is_loaded = False
        self._is_whole = False

    def load(self, problem: Problem, origin: Origin) -> None:
        """Take up a problem, told as distances from its origin."""
        self._problem, self._origin = problem, origin
        self._is_loaded = False

    def solve(
        self,
        freed: frozenset[int] = NONE,
        moved: Mapping[int, Number] | None = None,
        *,
        whole: bool = False,
    ) -> Answer:
        """Is there a point that obeys every statement but the freed ones?

        Args:
            freed: Statements that do not hold it.
            moved: Statements that give their sum another value than they print.
            whole: Whether whole cells must be whole numbers.

        Raises:
            Unknown: HiGHS stopped without an answer.
        """
        self._prepare(freed, moved or {}, whole=whole)
        status = self._run()
        if status in _INFEASIBLE:
            return Answer(False, np.zeros(0), self._ray() if not whole else np.zeros(0))
        if status != _STATUS.kOptimal and self._highs.getNumCol():
            raise Unknown(f"HiGHS answered {self._highs.modelStatusToString(status)}")
        return Answer(True, np.array(self._highs.getSolution().col_value), np.zeros(0))

    def extreme(
        self,
        terms: Iterable[tuple[str, Number]],
        sense: int,
        freed: frozenset[int] = NONE,
        *,
        whole: bool = False,
    ) -> tuple[float, Floats, Floats] | None:
        """The greatest (sense 1) or least (-1) distance of a sum from its value at the origin.

        Statements that are freed do not hold it.

        Returns:
            The extreme, the point there and the rows' duals; None where the sum has no end.

        Raises:
            Unknown: HiGHS stopped without an answer, or the problem has no point at all.
        """
        self._prepare(freed, {}, whole=whole)
        positions = np.array([self._problem.index[name] for name, _ in terms], np.int32)
        costs = np.array([-sense * float(factor) for _, factor in terms])
        self._highs.changeColsCost(len(costs), positions, costs)
        status = self._run()
        value = self._highs.getInfo().objective_function_value
        found = self._highs.getSolution()
        self._highs.changeColsCost(len(costs), positions, np.zeros(len(costs)))
        if status in _UNBOUNDED:
            return None
        if status != _STATUS.kOptimal:
            raise Unknown(f"HiGHS answered {self._highs.modelStatusToString(status)}")
        return -sense * value, np.array(found.col_value), np.array(found.row_dual)

    def moved(self, distance: Floats, *, denominator: int = 1_000_000) -> Point:
        """The cells that leave the origin, and their values: the nearest whole where whole."""
        point: Point = {}
        for position in distance.nonzero()[0].tolist():
            cell, value = self._problem.cells[position], float(distance[position])
            shift: Number = (
                round(value) if cell.whole else Fraction(value).limit_denominator(denominator)
            )
            point[cell.name] = quotient(self._origin.point[cell.name] + shift, 1)
        return point

    def _run(self) -> Any:
        """Run from where the last run ended; from nothing where that leads nowhere.

        Where the last sum had no end, HiGHS may know no answer from there on.
        """
        self._highs.run()
        if self._highs.getModelStatus() == _STATUS.kUnknown:
            self._highs.clearSolver()
            self._highs.run()
        return self._highs.getModelStatus()

    def _prepare(self, freed: frozenset[int], moved: Mapping[int, Number], *, whole: bool) -> None:
        """Bring the rows' ends up to date, touching those alone that differ from last time."""
        if not self._is_loaded or whole != self._is_whole:
            self._pass_rows(whole=whole)
        wanted = dict.fromkeys(freed, (-highspy.kHighsInf, highspy.kHighsInf))
        wanted |= {position: self._at(position, value) for position, value in moved.items()}
        changed = {
            position: wanted.get(position, (self._lower[position], self._upper[position]))
            for position in sorted(self._set.keys() | wanted.keys())
            if self._set.get(position) != wanted.get(position)
        }
        if changed:
            lower, upper = zip(*changed.values(), strict=True)
            self._highs.changeRowsBounds(
                len(changed),
                np.array(list(changed), np.int32),
                np.array(lower, float),
                np.array(upper, float),
            )
        self._set = wanted

    def _at(self, position: int, value: Number) -> tuple[float, float]:
        """The ends of a row that is held at one value of its statement's sum."""
        distance = float(value - self._origin.values[position])
        return distance, distance

    def _set_ends(self) -> None:
        """Every end as its distance from the origin, taken exactly before it becomes a float."""
        lower, upper = [], []
        for one, value in zip(self._problem.statements, self._origin.values, strict=True):
            lower.append(-highspy.kHighsInf if one.low is None else float(one.low - value))
            upper.append(highspy.kHighsInf if one.high is None else float(one.high - value))
        self._lower, self._upper = np.array(lower, float), np.array(upper, float)
        start = self._origin.point
        self._floor = np.array(
            [
                -highspy.kHighsInf if cell.low is None else float(cell.low - start[cell.name])
                for cell in self._problem.cells
            ],
            float,
        )

    def _pass_rows(self, *, whole: bool) -> None:
        self._set_ends()
        index = self._problem.index
        starts: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for one in self._problem.statements:
            starts.append(len(columns))
            for name, factor in one.terms:
                columns.append(index[name])
                values.append(float(factor))
        floor, types = self._floor, np.zeros(len(index), np.int32)
        if whole:
            types = np.array([cell.whole for cell in self._problem.cells], np.int32)
        self._highs.clearModel()
        self._highs.passModel(
            len(index),
            len(starts),
            len(columns),
            int(highspy.MatrixFormat.kRowwise),
            1,
            0.0,
            np.zeros(len(index)),
            floor,
            np.full(len(index), highspy.kHighsInf),
            self._lower,
            self._upper,
            np.array(starts, np.int32),
            np.array(columns, np.int32),
            np.array(values, float),
            types,
        )
        self._set, self._is_loaded, self._is_whole = {}, True, whole

    def _ray(self) -> Floats:
        """The multipliers that prove it infeasible; empty where HiGHS kept none."""
        _, exists, ray = self._highs.getDualRay()
        return np.array(ray) if exists else np.zeros(0)


def quiet_highs() -> Any:
    """A HiGHS object that prints nothing and answers the same from run to run."""
    highs = highspy._core._Highs()  # noqa: SLF001 # the public class prints a banner
    highs.setOptionValue("output_flag", False)
    for name, value in _REPEATABLE.items():
        highs.setOptionValue(name, value)
    return highs
