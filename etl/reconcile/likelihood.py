"""How likely a statement says what it says, were it wrong: averaged over what the rest leaves.

A figure that is pinned to one value is read for the slip between the two. One that is left an
interval is read against every value in it, so that a wide interval which happens to hold a
look-alike is not rewarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose, log, pi
from typing import TYPE_CHECKING

from etl.reconcile.slips import SHARES, chance, likeliest, origins

if TYPE_CHECKING:
    from etl.reconcile.model import Number, Statement

_REACH = 10  # an interval that is open above ends at so many times the printed value
_CLAIM = 0.05  # how likely a wrong claim says just this, where no arithmetic explains it
_GROWTH = 0.35  # the scale of a year's growth, as a logarithm


@dataclass(frozen=True, slots=True)
class Distances:
    """How far off lies what is wrong without a slip: medians, declared in weights.csv.

    Attributes:
        lacking: The share that a list lacks, of what it has.
        apart: How far numbers of different things lie apart, as a logarithm.
    """

    lacking: float = 0.2
    apart: float = 0.18


@dataclass(frozen=True, slots=True)
class Context:
    """What slips of one statement may draw on: numbers printed nearby.

    Attributes:
        siblings: Other figures of its breakdown, by statement id: places exchanged.
        previous: The same series in neighbouring periods: last year's number.
        running: Running totals that end on the same day: cumulative printed for the period.
        parts: For a total or a complete breakdown, its parts by statement id: one counted
            twice, one left out.
        printed: The number in print, where the statement is an interval about it.
        elsewise: The share of its errors that are no slips: it counts something else.
        beside: For what says that numbers count the same, the number that would not.
        known_slip: For a claim, the slip that arithmetic found, such as change_over_new_base.
        distances: How far off lies what no slip explains.
    """

    siblings: Mapping[str, Number] = field(default_factory=dict)
    previous: tuple[Number, ...] = ()
    running: tuple[Number, ...] = ()
    parts: Mapping[str, Number] = field(default_factory=dict)
    printed: Number | None = None
    known_slip: str | None = None
    elsewise: float = 0.0
    beside: Number | None = None
    distances: Distances = Distances()


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely the statement is as printed, were it wrong; the likeliest truth and slip."""

    likelihood: float
    value: Number | None
    slip: str | None


def read(
    statement: Statement, context: Context, low: Number | None, high: Number | None
) -> Reading:
    """Read a suspect against the interval that the rest leaves to its sum.

    Args:
        statement: The suspect.
        context: Numbers printed nearby.
        low: The least its sum can be; None where nothing holds it.
        high: The greatest.
    """
    printed = _printed(statement, context)
    if printed is None:
        return _claim(statement, context, low, high)
    least, most = _ends(printed, low, high)
    likely = {
        true: likelihood * continuity(true, printed, context.previous)
        for true, likelihood in _by_value(printed, context, least, most).items()
    }
    copied = _copied(printed, context)
    pinned = least if least == most else None
    nearest = min(max(printed, least), most)
    other = _far(printed, nearest, context.distances.apart)
    anyhow = sum(copied.values()) + SHARES["unexplained"] * other
    if pinned is not None:
        anyhow *= continuity(pinned, printed, context.previous)
    slipped = sum(likely.values()) / max(1, int(most - least) + 1) + anyhow
    value = pinned if pinned is not None else _top(likely)
    return Reading(
        (1 - context.elsewise) * slipped + context.elsewise * other,
        value,
        _named(printed, value, likely, copied, context),
    )


def _far(printed: Number, true: Number, apart: float) -> float:
    """How likely a number that no slip explains is this one: less so, the farther it lies off.

    The logarithm of the ratio follows Cauchy's distribution, as between pages that differ.
    """
    size = abs(float(printed)) + 1
    ratio = log(size / (abs(float(true)) + 1))
    return 1 / (pi * apart * (1 + (ratio / apart) ** 2) * size)


def continuity(true: Number, printed: Number, previous: Sequence[Number]) -> float:
    """How much better the true value than the printed one continues its series.

    The logarithm of the growth is taken to follow Cauchy's distribution, which does not rule out
    a leap; the scale is what yearly series of such counts show, wider for small counts.
    """
    if not previous:
        return 1.0
    return _density(true, previous) / _density(printed, previous)


def _density(value: Number, previous: Sequence[Number]) -> float:
    size = abs(float(value)) + 1
    total = 0.0
    for one in previous:
        base = abs(float(one)) + 1
        total += 1 / (1 + log(size / base) ** 2 / (_GROWTH**2 + 1 / base))
    return total


def _printed(statement: Statement, context: Context) -> Number | None:
    """The number in print; None for what is no number, such as that parts add up."""
    if context.printed is not None:
        return context.printed
    if len(statement.terms) == 1 and statement.terms[0][1] == 1:
        return statement.low if statement.low is not None else statement.high
    return statement.low if statement.low == statement.high and statement.low else None


def _ends(printed: Number, low: Number | None, high: Number | None) -> tuple[Number, Number]:
    reach: Number = _REACH * (_REACH + (-printed if printed < 0 else printed))
    least = low if low is not None else min(-reach, -reach if high is None else high - reach)
    return least, high if high is not None else max(reach, least + reach)


def _by_value(
    printed: Number, context: Context, least: Number, most: Number
) -> dict[Number, float]:
    """By true value within the ends, how likely a slip makes the printed one of it."""
    found = {true: chance(true, printed) for true in _candidates(printed, least, most)}
    many = max(1, len(context.parts))
    for part in context.parts.values():
        for true, kind in _miscounted(printed, part):
            if least <= true <= most and true != printed:
                found[true] = found.get(true, 0.0) + SHARES[kind] / many
    return found


def _candidates(printed: Number, least: Number, most: Number) -> Iterable[Number]:
    """The true values within the ends of which a slip may make the printed one."""
    if least == most:
        return (least,)
    return (true for true in origins(printed) if least <= true <= most)


def _miscounted(printed: Number, part: Number) -> tuple[tuple[Number, str], ...]:
    """The totals that this one is, but for one part that came in twice or not at all."""
    return (printed - part, "part_counted_twice"), (printed + part, "part_left_out")


def _copied(printed: Number, context: Context) -> dict[str, float]:
    """Slips that print another number of the page, whatever the true value is."""
    found = {}
    if printed in context.previous:
        found["previous_period"] = SHARES["previous_period"] / len(context.previous)
    if printed in context.running:
        found["running_total"] = SHARES["running_total"] / len(context.running)
    return found


def _named(
    printed: Number,
    value: Number | None,
    found: Mapping[Number, float],
    copied: Mapping[str, float],
    context: Context,
) -> str | None:
    """The likeliest slip between the printed number and the value it should be."""
    kinds = dict(copied)
    if value is not None and value in found:
        slip = likeliest(value, printed)
        if slip is not None:
            kinds[slip.kind] = slip.likelihood
        for part in context.parts.values():
            for true, kind in _miscounted(printed, part):
                if true == value:
                    kinds[kind] = SHARES[kind] / len(context.parts)
    return max(sorted(kinds), key=lambda kind: kinds[kind], default=None)


def _claim(
    statement: Statement, context: Context, low: Number | None, high: Number | None
) -> Reading:
    """Of a claim or a list that is said to be complete: what its sum is instead."""
    pinned = low if low is not None and low == high else None
    if context.known_slip is not None:
        return Reading(1.0, pinned, context.known_slip)
    nearest = _nearest(statement, low, high)
    if context.beside is not None:
        far = _far(context.beside, context.beside - nearest, context.distances.apart)
        return Reading(far, pinned, None)
    if not context.parts:
        return Reading(_CLAIM, pinned, None)
    missing = _missing(statement, nearest)
    size = -missing if missing < 0 else missing
    slip = None
    if size in context.parts.values():
        slip = "part_left_out" if missing > 0 else "part_counted_twice"
    scale = context.distances.lacking * (abs(float(sum(context.parts.values()))) + 1)
    return Reading(_lacking(size, scale), pinned, slip)


def _lacking(size: Number, scale: float) -> float:
    """How likely a list is off by so much: half of Cauchy's distribution, its median the scale."""
    return 2 / (pi * scale * (1 + (float(size) / scale) ** 2))


def _nearest(statement: Statement, low: Number | None, high: Number | None) -> Number:
    """What the sum is, as near as it can be to what is stated."""
    stated = statement.low if statement.low is not None else statement.high or 0
    if low is not None and stated < low:
        return low
    return high if high is not None and stated > high else stated


def _missing(statement: Statement, total: Number) -> Number:
    """What the parts of a breakdown lack to their whole: the one term of the other sign."""
    positive = sum(factor > 0 for _, factor in statement.terms)
    beside = total if statement.low is None else total - statement.low
    return -beside if 2 * positive > len(statement.terms) else beside


def _top(likelihoods: Mapping[Number, float]) -> Number | None:
    """The likeliest, where one is."""
    first = max(likelihoods.values(), default=0.0)
    level = [one for one, likelihood in likelihoods.items() if isclose(likelihood, first)]
    return level[0] if len(level) == 1 else None
