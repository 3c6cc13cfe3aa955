"""Which slip of the pen leads from a true value to the printed one, and how common it is.

The shares of slips with digits are Scholtus's counts (CBS, 2008/2009) in 152 real ones: a digit
replaced 112, left out 15, two interchanged 14, added 11. The shares of the other kinds are
estimates that put them behind the common ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.reconcile.model import Number

_SHARES = {
    "digit_replaced": 112 / 152,
    "digit_dropped": 15 / 152,
    "digits_swapped": 14 / 152,
    "digit_added": 11 / 152,
    "scale": 5 / 152,
    "sign": 5 / 152,
}
_SCALES = (10, 100, 1000)
_SAME, _PAIR, _DIGITS = 1, 2, 10


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
    if true == printed or not (isinstance(true, int) and isinstance(printed, int)):
        return [Slip("sign", _SHARES["sign"])] if true == -printed != printed else []
    found = [Slip("sign", _SHARES["sign"])] if true == -printed else []
    if (true < 0) == (printed < 0):
        before, after = str(abs(true)), str(abs(printed))
        found += [Slip(kind, _SHARES[kind] / ways) for kind, ways in _ways(before, after)]
        if any(
            abs(true) * times == abs(printed) or abs(printed) * times == abs(true)
            for times in _SCALES
        ):
            found.append(Slip("scale", _SHARES["scale"] / (2 * len(_SCALES))))
    return sorted(found, key=lambda one: (-one.likelihood, one.kind))


def likeliest(true: Number, printed: Number) -> Slip | None:
    """The likeliest slip, or None where no known one leads from the one to the other."""
    return next(iter(slips(true, printed)), None)


def swapped(true: tuple[Number, Number], printed: tuple[Number, Number]) -> bool:
    """Whether two cells were printed in each other's place."""
    return true[0] != true[1] and true == printed[::-1]


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


def _ways(before: str, after: str) -> list[tuple[str, int]]:
    """Kinds of digit slips that lead from one text to the other, each with all its ways."""
    longer = len(after) - len(before)
    if longer == 0:
        apart = [n for n, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) > 1]
        if len(apart) == 1:
            return [("digit_replaced", 9 * len(before))]
        if _is_swap(before, after, apart):
            return [("digits_swapped", len(before) - 1)]
    if longer == _SAME and _drops(after, before):
        return [("digit_added", _DIGITS * len(after))]
    if longer == -_SAME and _drops(before, after):
        return [("digit_dropped", len(before))]
    return []


def _is_swap(before: str, after: str, apart: list[int]) -> bool:
    if len(apart) != _PAIR:
        return False
    first, second = apart
    crossed = before[first] == after[second] and before[second] == after[first]
    return second == first + 1 and crossed


def _drops(longer: str, shorter: str) -> bool:
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
