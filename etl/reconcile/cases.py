"""The neutral door: published cases in, answers in the same shape out, compared where asked."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor, isclose
from typing import TYPE_CHECKING, Any

from etl.errors import InputError
from etl.reconcile import edits, mend
from etl.reconcile.adjust import Norm, adjust
from etl.reconcile.bounds import bounds
from etl.reconcile.limits import CutShort, Unknown
from etl.reconcile.localize import localize
from etl.reconcile.model import Number, exactly

if TYPE_CHECKING:
    from pathlib import Path

Case = Mapping[str, Any]
Answer = dict[str, Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read(file: Path) -> list[dict[str, Any]]:
    """The cases of a file in the format ``cases/1``.

    Raises:
        InputError: The file is not such a file.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_float=_decimal)
        cases = content["cases"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(file, f"not a file of cases: {error}") from error
    if content.get("format") != "cases/1":
        raise InputError(file, f"format {content.get('format')!r}, where cases/1 is known")
    return list(cases)


def answer(case: Case) -> Answer:
    """What the package says of a case, under the names that its task expects.

    Where there is no answer the only name is ``error``.
    """
    task = _TASKS.get(str(case.get("task")))
    if task is None:
        return {"error": f"unknown task: {case.get('task')}"}
    try:
        return task(case)
    except (CutShort, Unknown, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def answered(case: Case) -> Answer:
    """The answer with the case's name, in what JSON knows."""
    return {"id": case.get("id"), "task": case.get("task"), "answer": plain(answer(case))}


def agrees(expected: Any, found: Any) -> bool:
    """Whether an answer holds all that is expected, numbers to a millionth, sets in any order."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            key in found and _agrees_at(key, value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(map(agrees, expected, found))
        )
    if isinstance(expected, bool) or not isinstance(expected, int | float | Fraction):
        return type(expected) is type(found) and bool(expected == found)
    if isinstance(found, bool) or not isinstance(found, int | float | Fraction):
        return False
    return isclose(float(expected), float(found), rel_tol=1e-6, abs_tol=1e-6)


def plain(value: Any) -> Any:
    """The same in what JSON knows."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return float(value) if isinstance(value, Fraction) else value


def _agrees_at(key: str, expected: Any, found: Any) -> bool:
    if key in {"wrong", "flip", "swap"} and isinstance(found, list):
        return _unordered(expected) == _unordered(found)
    return agrees(expected, found)


def _unordered(sets: list[Any]) -> list[Any]:
    return sorted((sorted(one) if isinstance(one, list) else [one]) for one in sets)


def _decimal(text: str) -> Number:
    return exactly(text)


def _localize(case: Case) -> Answer:
    problem = edits.problem(case)
    diagnosis = localize(problem)
    found = mend.sets(diagnosis)
    told: Answer = {"status": diagnosis.status, "min_cost": diagnosis.cost}
    if diagnosis.status not in {"consistent", "localized"}:
        return told | {"reason": diagnosis.reason}
    told["wrong"] = [list(edits.cells_of(one)) for one in found]
    told["ties_complete"] = diagnosis.ties_complete
    if len(found) == 1 and found[0]:
        told["fix"] = edits.named(mend.values(problem, found[0]))
    return told


def _typo(case: Case) -> Answer:
    problem = edits.problem(case)
    diagnosis = localize(problem)
    printed = edits.figures(case)
    best = mend.explained(problem, mend.sets(diagnosis), printed)
    fix = {name: value for name, (value, _) in best.items()}
    return {
        "min_cost": diagnosis.cost,
        "fix": fix,
        "slip": {name: slip.kind for name, (_, slip) in best.items()},
        "certain_fix": fix,
        "still_violated": [
            edits.text(one)
            for one in case["constraints"]
            if not edits.holds(one, printed | fix, edits.tolerance(case))
        ],
    }


def _sign_swap(case: Case) -> Answer:
    allowed = case.get("allowed", {})
    moves: list[mend.Move] = [(name,) for name in allowed.get("flip", [])]
    moves += [(first, second) for first, second in allowed.get("swap", [])]
    printed = edits.figures(case)
    moves = [move for move in moves if all(name in printed for name in move)]
    ties = mend.fewest_moves(edits.testable(case), printed, moves)
    told = [
        {
            "flip": [move[0] for move in tie if len(move) == 1],
            "swap": [list(move) for move in tie if len(move) > 1],
        }
        for tie in ties
    ]
    first = told[0] if told else {"flip": None, "swap": None}
    return {**first, "min_cost": len(ties[0]) if ties else None, "ties": told}


def _cumulated(case: Case) -> Answer:
    fix = mend.running_totals(edits.testable(case), edits.figures(case))
    return {"fix": fix} if fix is not None else _localize(case)


def _rounding_only(case: Case) -> Answer:
    printed = edits.figures(case)
    exact, wide = (
        [n for n, one in enumerate(case["constraints"]) if not edits.holds(one, printed, width)]
        for width in (0, edits.tolerance(case))
    )
    status = "violated" if wide else "rounding" if exact else "consistent"
    return {"violated_exact": exact, "violated_with_tolerance": wide, "status": status}


def _bounds(case: Case) -> Answer:
    problem = edits.problem(case, is_hard=True)
    if localize(problem).status != "consistent":
        return {"feasible": False}
    stated = edits.figures(case)
    found = bounds(problem, [cell.name for cell in problem.cells if cell.name not in stated])
    return {
        "feasible": True,
        "bounds": {name: [one.low, one.high] for name, one in found.items()},
        "implied": {
            name: one.low
            for name, one in found.items()
            if one.low is not None and one.low == one.high
        },
    }


def _feasible(case: Case) -> Answer:
    diagnosis = localize(edits.problem(case, is_hard=True))
    if diagnosis.status in {"unknown", "cut short"}:
        raise Unknown(diagnosis.reason)
    conflicts = [one.statements for cluster in diagnosis.clusters for one in cluster.conflicts]
    return {"feasible": diagnosis.status == "consistent", "conflicts": conflicts}


def _adjust(case: Case) -> Answer:
    printed = edits.figures(case)
    weights = {
        name: float(weight)
        for name, weight in case.get("weights", {}).items()
        if weight is not None
    }
    norms: dict[Any, Norm] = {1: 1, 2: 2}
    kind = norms.get(case.get("norm", 2), "inf")
    return {"x": adjust(edits.fixed(case), printed, weights, kind)}


def _check_hierarchy(case: Case) -> Answer:
    data, mode = case["data"], case.get("mode", "non_null")
    return {rule["id"]: _rule(rule, data, mode) for rule in case["rules"]}


def _rule(rule: Case, data: Mapping[str, Any], mode: str) -> list[Any] | None:
    """The verdict of one rule and its imbalance; None where the mode does not ask the rule."""
    right = [(name.lstrip("+-"), -1 if name.startswith("-") else 1) for name in rule["right"]]
    names = [rule["left"], *(name for name, _ in right)]
    absent = 0 if mode.endswith("zero") else None
    values = {name: data.get(name, absent) for name in names}
    asked = {
        "non_null": all(value is not None for value in values.values()),
        "non_zero": any(value != 0 for value in values.values()),
        "partial_null": any(name in data for name in names),
        "partial_zero": any(name in data for name in names),
    }
    if not asked.get(mode, True):
        return None
    if any(value is None for value in values.values()):
        return [None, None]
    total = sum(sign * values[name] for name, sign in right)
    left = values[rule["left"]]
    return [_COMPARE[rule["op"]](left, total), left - total]


def _rounded_sum(case: Case) -> Answer:
    half = Fraction(exactly(case.get("unit", 1))) / 2
    total, parts = exactly(case["total"]), sum(exactly(one) for one in case["parts"])
    slack = half * len(case["parts"])
    of_parts, of_total = [parts - slack, parts + slack], [total - half, total + half]
    return {
        "exact_equal": parts == total,
        "consistent": of_parts[0] <= of_total[1] and of_total[0] <= of_parts[1],
        "part_sum_interval": of_parts,
        "total_interval": of_total,
    }


def _granularity(case: Case) -> Answer:
    """GRIM: is there a whole sum of n (times items) whole values with this mean?"""
    half = Fraction(1, 2 * 10 ** case["decimals"])
    mean, count = exactly(case["mean"]), case["n"] * case.get("items", 1)
    least, greatest = ceil((mean - half) * count), floor((mean + half) * count)
    return {"consistent": least <= greatest, "sums": [least, greatest]}


_TASKS: dict[str, Callable[[Case], Answer]] = {
    "localize": _localize,
    "typo": _typo,
    "typo_partial": _typo,
    "sign_swap": _sign_swap,
    "cumulated": _cumulated,
    "rounding_only": _rounding_only,
    "bounds": _bounds,
    "feasible": _feasible,
    "adjust": _adjust,
    "check_hierarchy": _check_hierarchy,
    "rounded_sum": _rounded_sum,
    "granularity": _granularity,
}
