"""The conflict of one statement with the figures on its own cells: its plainest proof.

The search stops at conflicts enough to find the suspects, so that the one which a person would show
first may not be among them. It needs no solver: one sum, each unknown within its figures' ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.reconcile.block import Block
    from etl.reconcile.model import Number, Statement

Figures = dict[str, "Statement"]


def own_conflict(block: Block, subject: str) -> tuple[str, ...]:
    """The lines of a conflict of one statement of a subject with figures; none where it has none.

    No line can be left out of it: without any one of them, the others can all be true.
    """
    figures: Figures = {}
    for name, line in block.lines.items():
        if line.kind == "figure":
            figures.setdefault(block.statements[name].terms[0][0], block.statements[name])
    found = (
        _conflict(block.statements[name], figures)
        for name, line in block.lines.items()
        if subject in line.subjects and line.kind not in ("figure", "sameness")
    )
    return min(filter(None, found), key=len, default=())


def _conflict(statement: Statement, figures: Mapping[str, Statement]) -> tuple[str, ...]:
    known = {name: figures[name] for name, _ in statement.terms if name in figures}
    if _is_possible(statement, known):
        return ()
    for name in _least_first(statement, known):
        without = {other: one for other, one in known.items() if other != name}
        if not _is_possible(statement, without):
            known = without
    return (*(one.id for one in known.values()), statement.id)


def _least_first(statement: Statement, known: Figures) -> Iterable[str]:
    """Figures in the order of what they add: the small ones are the first to be left out."""
    factors = dict(statement.terms)
    return sorted(known, key=lambda name: (abs(factors[name] * (known[name].low or 0)), name))


def _is_possible(statement: Statement, known: Mapping[str, Statement]) -> bool:
    """Whether the sum can lie within its ends, unknowns without a figure being any count."""
    least = _sum(statement, known, upwards=False)
    most = _sum(statement, known, upwards=True)
    fits_high = statement.high is None or least is None or least <= statement.high
    return fits_high and (statement.low is None or most is None or most >= statement.low)


def _sum(statement: Statement, known: Mapping[str, Statement], *, upwards: bool) -> Number | None:
    """The least or the greatest sum; None where it is open."""
    total: Number = 0
    for name, factor in statement.terms:
        one = known.get(name)
        low, high = (one.low or 0, one.high) if one else (0, None)
        end = high if (factor > 0) == upwards else low
        if end is None:
            return None
        total += factor * end
    return total
