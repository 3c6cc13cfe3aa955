"""Which slip of the pen leads from a true value to the printed one, and how common it is.

The shares of slips with digits are Scholtus's counts (CBS, 2008/2009) in 152 real ones: a digit
replaced 112, left out 15, two interchanged 14, added 11; together they are taken to be seven in
ten of all. The shares of the other kinds are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.reconcile.model import Number, quotient

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES = {
    "digit_replaced": 0.7 * 112 / 152,
    "digit_dropped": 0.7 * 15 / 152,
    "digits_swapped": 0.7 * 14 / 152,
    "digit_added": 0.7 * 11 / 152,
    "scale": 0.05,
    "sign": 0.01,
    "cells_swapped": 0.06,
    "previous_period": 0.06,
    "running_total": 0.02,
    "part_counted_twice": 0.01,
    "part_left_out": 0.01,
    "unexplained": 0.09,
}
_SCALES = (10, 100, 1000)
_SAME, _PAIR, _DIGITS, _DECIMALS = 1, 2, 10, 6


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip and how likely it prints just this value, given that a figure is wrong."""

    kind: str
    likelihood: float


def slips(true: Number, printed: Number) -> list[Slip]:
    """The slips that lead from the true value to the printed one, likeliest first.

    The likelihood of a kind is its share among slips, divided by the number of ways in which
    it could befall this true value: a wrong digit can be any of nine, a swap is one of few.
    """
    found = [Slip(kind, likelihood) for kind, likelihood in _kinds(true, printed)]
    return sorted(found, key=lambda one: (-one.likelihood, one.kind))


def chance(true: Number, printed: Number) -> float:
    """How likely any slip makes the printed value of the true one."""
    return sum((one for _, one in _kinds(true, printed)), start=0.0)


def likeliest(true: Number, printed: Number) -> Slip | None:
    """The likeliest slip, or None where no known one leads from the one to the other."""
    return next(iter(slips(true, printed)), None)


def origins(printed: Number) -> Iterator[Number]:
    """Every true value from which a slip of :func:`slips` leads to the printed one."""
    yield -printed
    if not isinstance(printed, int):
        return
    sign, text = (-1 if printed < 0 else 1), str(abs(printed))
    for before in dict.fromkeys(_rewritten(text)):  # a set's order would differ from run to run
        if before != text and (before == "0" or before[:1] not in ("", "0")):
            yield sign * int(before)
    for times in _SCALES:
        yield printed * times
        if printed % times == 0:
            yield printed // times


def over_new_base(old: Number, new: Number, low: Number, high: Number) -> bool:
    """Whether a percentage is the change divided by the new value instead of the old.

    Args:
        old: The value of the period before.
        new: The value of the period.
        low: Lower end of the printed percentage, as in 12.5 for "13 %".
        high: Its upper end.
    """
    if new == 0 or old == 0 or low * old <= 100 * (new - old) <= high * old:
        return False
    return low * new <= 100 * (new - old) <= high * new


def _kinds(true: Number, printed: Number) -> list[tuple[str, float]]:
    """The kinds of slips between two values, each with its likelihood."""
    if true == printed:
        return []
    found = [("sign", SHARES["sign"])] if true == -printed else []
    true, printed = _whole(true, printed)
    if isinstance(true, int) and isinstance(printed, int) and (true < 0) == (printed < 0):
        before, after = abs(true), abs(printed)
        found += [(kind, SHARES[kind] * share) for kind, share in _ways(str(before), str(after))]
        small, large = (before, after) if before < after else (after, before)
        if large in [small * times for times in _SCALES]:
            found.append(("scale", SHARES["scale"] / (2 * len(_SCALES))))
    return found


def _whole(true: Number, printed: Number) -> tuple[Number, Number]:
    """Both without their decimal point, where they have few enough decimals to be in print."""
    if isinstance(true, int) and isinstance(printed, int):
        return true, printed
    for places in range(_DECIMALS + 1):
        both = quotient(true * 10**places, 1), quotient(printed * 10**places, 1)
        if isinstance(both[0], int) and isinstance(both[1], int):
            return both
    return true, printed


def _ways(before: str, after: str) -> list[tuple[str, float]]:
    """Kinds of digit slips that lead from one text to the other, each with this one's share."""
    longer = len(after) - len(before)
    if longer == 0:
        pairs = enumerate(zip(before, after, strict=True))
        apart = [n for n, (one, other) in pairs if one != other]
        if len(apart) == 1:
            return [("digit_replaced", 1 / (9 * len(before)))]
        if _is_swap(before, after, apart):
            return [("digits_swapped", 1 / (len(before) - 1))]
    if longer == _SAME and (ways := _drops(after, before)):
        return [("digit_added", ways / (_DIGITS * len(after)))]
    if longer == -_SAME and (ways := _drops(before, after)):
        return [("digit_dropped", ways / len(before))]
    return []


def _is_swap(before: str, after: str, apart: list[int]) -> bool:
    if len(apart) != _PAIR:
        return False
    first, second = apart
    crossed = before[first] == after[second] and before[second] == after[first]
    return second == first + 1 and crossed


def _drops(longer: str, shorter: str) -> int:
    """In how many ways a digit left out makes the shorter text of the longer one."""
    return sum(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))


def _rewritten(text: str) -> list[str]:
    """The texts one digit away: replaced, left out, added, or two neighbours interchanged."""
    found = []
    for n in range(len(text) + 1):
        before, after, beyond = text[:n], text[n:], text[n + 1 :]
        found += [before + digit + beyond for digit in "0123456789"]
        found += [before + digit + after for digit in "0123456789"]
        found.append(before + beyond)
        if n + 1 < len(text):
            found.append(before + text[n + 1] + text[n] + text[n + 2 :])
    return found
