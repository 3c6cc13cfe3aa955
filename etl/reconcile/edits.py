"""The language of published cases, constraints and one figure per cell, as cells and statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from etl.reconcile.model import Cell, Number, Point, Problem, Statement, exactly

Case = Mapping[str, Any]
_FIGURE = "figure "
_STRICT = exactly("0.0001")  # what "less" asks of fractions; the solver tells no less apart


def problem(case: Case, *, is_hard: bool = False) -> Problem:
    """A case's cells, its constraints (hard) and its figures (at their weights, or hard too).

    Cells are fractions unless the case names them under ``integer``: so the published tools
    that the cases are of.
    """
    return Problem(_cells(case), (*statements(case), *_figures(case, is_hard=is_hard)))


def fixed(case: Case) -> Problem:
    """A case's cells and constraints, with the figures that must not move (weight null)."""
    weights = case.get("weights", {})
    kept = [one for one in _figures(case, is_hard=True) if weights.get(one.terms[0][0], 1) is None]
    return Problem(_cells(case), (*statements(case), *kept))


def statements(case: Case) -> list[Statement]:
    """The constraints as hard statements, widened by the case's tolerance."""
    return [
        _statement(f"constraint {n}", one, tolerance(case), case)
        for n, one in enumerate(case.get("constraints", []))
    ]


def testable(case: Case) -> list[Statement]:
    """The constraints about cells that all have a figure; the others ask nothing of these."""
    printed = figures(case)
    return [one for one in statements(case) if all(name in printed for name, _ in one.terms)]


def figures(case: Case) -> Point:
    """The printed figures, those that are null left out."""
    return {
        name: exactly(value) for name, value in case.get("figures", {}).items() if value is not None
    }


def tolerance(case: Case) -> Number:
    """How far a sum may be off."""
    return exactly(case.get("tolerance", 0))


def holds(constraint: Case, point: Point, width: Number) -> bool:
    """Whether a constraint holds at these values, to a width; so does one that lacks a value."""
    one = _statement("", constraint, width, {})
    return any(name not in point for name, _ in one.terms) or one.allows(one.value(point))


def text(constraint: Case) -> str:
    """A constraint as people write it: ``x5 + x6 + x7 == x8``."""
    terms = {name: exactly(value) for name, value in constraint["coef"].items()}
    rhs = exactly(constraint["rhs"])
    left = [(name, value) for name, value in terms.items() if value > 0 or rhs]
    right = [(name, -value) for name, value in terms.items() if value < 0 and not rhs]
    return f"{_sum(left)} {constraint['op']} {_sum(right) if right else rhs}"


def cells_of(ids: Iterable[str]) -> list[str]:
    """The cells whose figures these statements are."""
    return [one.removeprefix(_FIGURE) for one in ids]


def named(values: Mapping[str, Number]) -> dict[str, Number]:
    """Values by cell instead of by statement."""
    return {one.removeprefix(_FIGURE): value for one, value in values.items()}


def _statement(name: str, constraint: Case, width: Number, case: Case) -> Statement:
    terms = tuple((cell, exactly(value)) for cell, value in constraint["coef"].items())
    rhs, sign = exactly(constraint["rhs"]), constraint["op"]
    if sign not in {"==", "=", "<=", ">=", "<", ">"}:
        raise ValueError(f"unknown operator {sign}")
    is_whole = all(isinstance(v, int) and c in _integer(case) for c, v in terms)
    beyond = (1 if is_whole else _STRICT) if sign in {"<", ">"} else 0
    low = None if sign in {"<=", "<"} else rhs + beyond - width
    high = None if sign in {">=", ">"} else rhs - beyond + width
    return Statement(name, terms, low, high, weight=None)


def _figures(case: Case, *, is_hard: bool) -> list[Statement]:
    weights = case.get("weights", {})
    found = []
    for name, value in figures(case).items():
        weight = None if is_hard else weights.get(name, 1)
        cost = None if weight is None else float(weight)
        found.append(Statement(_FIGURE + name, ((name, 1),), value, value, cost))
    return found


def _cells(case: Case) -> tuple[Cell, ...]:
    names = {name: None for one in case.get("constraints", []) for name in one["coef"]}
    names |= dict.fromkeys(case.get("figures", {}))
    free, whole = set(case.get("free", [])), _integer(case)
    low = None if case.get("allow_negative") else 0
    return tuple(Cell(name, None if name in free else low, name in whole) for name in names)


def _integer(case: Case) -> set[str]:
    named_cells = case.get("integer", [])
    if named_cells is True:
        return {name for one in case.get("constraints", []) for name in one["coef"]} | set(
            case.get("figures", {})
        )
    return set(named_cells or [])


def _sum(terms: list[tuple[str, Number]]) -> str:
    said = []
    for name, value in terms:
        size: Number = -value if value < 0 else value
        said.append(f"{'-' if value < 0 else '+'} {'' if size == 1 else f'{float(size):g} '}{name}")
    return " ".join(said).removeprefix("+ ") or "0"
