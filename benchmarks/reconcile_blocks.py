"""Blocks of figures as the press prints them, always the same for one seed, and slips in them.

A block is one count of one country and year: its total, a breakdown by nationality and one by
another dimension (complete or partial), at times the two crossed, at times its quarters, the year
before, growth, rank and share claims, and other sources that repeat some of it, exactly or
rounded. The truth is known, so what is said of a slip can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import log
from typing import TYPE_CHECKING

from etl.reconcile.likelihood import Context
from etl.reconcile.model import Cell, Number, Problem, Statement, figure

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

RATES = {"office": 0.01, "paper": 0.03, "portal": 0.06, "claim": 0.05, "list": 0.01}
KINDS = (
    "digit_replaced",
    "digits_swapped",
    "digit_dropped",
    "digit_added",
    "scale",
    "cells_swapped",
    "random",
)
FEWEST, MOST = 30, 65  # statements of a block
COMMON = {  # how often a block has it
    "complete nationalities": 0.35,
    "complete kinds": 0.5,
    "crossed": 0.2,
    "quarters": 0.3,
    "grounds": 0.5,
    "complete grounds": 0.3,
    "year before by nationality": 0.6,
    "complete year before": 0.35,
    "claim as number": 0.5,
    "scaled up": 0.5,
    "total repeated": 0.5,
}
REPEATED = {"paper": 0.15, "portal": 0.08}  # the share of an office's parts that it repeats
RATES_VARY = 0.7  # the true error rates of a block, around the declared ones: log-normal
_FEW = 3  # a list of fewer parts is given whole


@dataclass
class Block:
    """The truth by cell, and what is printed about it."""

    truth: dict[str, int] = field(default_factory=dict)
    printed: dict[str, tuple[str, int]] = field(default_factory=dict)  # by statement: cell, value
    others: list[Statement] = field(default_factory=list)  # lists, claims, rounded figures
    lists: dict[str, list[str]] = field(default_factory=dict)  # the cells of each breakdown
    wholes: dict[str, str] = field(default_factory=dict)  # the list that adds up to a cell
    before: dict[str, str] = field(default_factory=dict)  # the same cell a year ago


@dataclass(frozen=True)
class Slipped:
    """A problem with one slip: which statements are wrong, and what they should say."""

    problem: Problem
    contexts: dict[str, Context]
    kind: str
    truth: dict[str, int]


def weight(source: str) -> float:
    """The log-odds of a source being right."""
    return log((1 - RATES[source]) / RATES[source])


def block(rng: random.Random) -> Block:
    """One consistent block of 30 to 65 statements."""
    while True:
        one = _draw(rng)
        if FEWEST <= len(one.printed) + len(one.others) <= MOST:
            return one


def problem(one: Block, printed: dict[str, tuple[str, int]]) -> Problem:
    """What is printed, as cells and statements."""
    figures = [
        figure(cell, value, weight(name.split()[0]), name)
        for name, (cell, value) in printed.items()
    ]
    return Problem(tuple(map(Cell, one.truth)), (*figures, *one.others))


def slipped(one: Block, kind: str, rng: random.Random) -> Slipped | None:
    """The block with one slip of this kind; None where it does not befall what was drawn."""
    names = sorted(one.printed)
    true = {source: rate * rng.lognormvariate(0, RATES_VARY) for source, rate in RATES.items()}
    rates = [true[name.split()[0]] for name in names]
    name = rng.choices(names, rates)[0]
    if kind == "cells_swapped":
        changed = _exchanged(one, name, rng)
    else:
        changed = {name: _mistyped(one.printed[name][1], kind, rng)}
    wrong = {name: value for name, value in changed.items() if value != one.printed[name][1]}
    if not wrong:
        return None
    printed = one.printed | {name: (one.printed[name][0], value) for name, value in wrong.items()}
    truth = {name: one.printed[name][1] for name in wrong}
    return Slipped(problem(one, printed), contexts(one, printed), kind, truth)


def contexts(one: Block, printed: dict[str, tuple[str, int]]) -> dict[str, Context]:
    """What is printed near each statement."""
    by_cell: dict[str, list[tuple[str, int]]] = {}
    for name, (cell, value) in printed.items():
        by_cell.setdefault(cell, []).append((name, value))
    after = {old: new for new, old in one.before.items()}
    beside = {cell: cells for cells in one.lists.values() for cell in cells}
    found = {}
    for name, (cell, _) in printed.items():
        source = name.split()[0]
        near = [other for other in beside.get(cell, ()) if other != cell]
        years = [cells[cell] for cells in (one.before, after) if cell in cells]
        found[name] = Context(
            siblings=_printed_by(source, near, printed),
            previous=tuple(value for year in years for _, value in by_cell.get(year, ())[:1]),
            parts=_printed_by(source, one.lists.get(one.wholes.get(cell, ""), ()), printed),
        )
    for name, cells in one.lists.items():
        found[name] = Context(parts=_printed_by("office", cells, printed))
    return found


def _printed_by(
    source: str, cells: Sequence[str], printed: dict[str, tuple[str, int]]
) -> dict[str, Number]:
    names = [f"{source} {cell}" for cell in cells]
    return {name: printed[name][1] for name in names if name in printed}


def _draw(rng: random.Random) -> Block:
    one = Block()
    total = round(10 ** rng.uniform(2, 5))
    nations = [f"nation{n}" for n in range(rng.randint(4, 10))]
    kinds = [f"kind{n}" for n in range(rng.randint(2, 4))]
    _breakdown(
        one,
        "total",
        _shared(total, len(nations), rng),
        nations,
        _has(rng, "complete nationalities"),
    )
    if _has(rng, "crossed"):
        _crossed(one, nations, kinds, rng)
    else:
        _breakdown(
            one, "total", _shared(total, len(kinds), rng), kinds, _has(rng, "complete kinds")
        )
    if _has(rng, "quarters"):
        quarters = [f"quarter{n}" for n in range(4)]
        _breakdown(one, "total", _shared(total, 4, rng, even=True), quarters, True)
    if _has(rng, "grounds"):
        grounds = [f"ground{n}" for n in range(rng.randint(3, 8))]
        _breakdown(
            one, "total", _shared(total, len(grounds), rng), grounds, _has(rng, "complete grounds")
        )
    _year_before(one, nations, rng)
    _print(one, rng)
    _claim(one, nations, rng)
    return one


def _has(rng: random.Random, what: str) -> bool:
    return rng.random() < COMMON[what]


def _shared(total: int, many: int, rng: random.Random, *, even: bool = False) -> list[int]:
    """A total shared out: a few great parts and many small ones, or much the same."""
    sizes = [rng.gammavariate(20 if even else 0.7, 1) + 1e-9 for _ in range(many)]
    parts = [int(total * size / sum(sizes)) for size in sizes]
    parts[0] += total - sum(parts)
    return parts


def _breakdown(one: Block, whole: str, values: list[int], cells: list[str], complete: bool) -> None:
    one.truth[whole] = sum(values)
    one.truth |= dict(zip(cells, values, strict=True))
    shown = cells if complete or len(cells) < _FEW else cells[:-1]
    name = f"list {whole}: {cells[0]}"
    terms = ((whole, 1), *((cell, -1) for cell in shown))
    high = 0 if shown is cells else None
    one.others.append(Statement(name, terms, 0, high, weight("list")))
    one.lists[name] = shown
    if high == 0:
        one.wholes.setdefault(whole, name)


def _crossed(one: Block, nations: list[str], kinds: list[str], rng: random.Random) -> None:
    for nation in nations:
        cells = [f"{nation} {kind}" for kind in kinds]
        _breakdown(one, nation, _shared(one.truth[nation], len(kinds), rng), cells, True)
    for kind in kinds:
        cells = [f"{nation} {kind}" for nation in nations]
        _breakdown(one, kind, [one.truth[cell] for cell in cells], cells, True)
    values = [one.truth[kind] for kind in kinds]
    _breakdown(one, "total", values, kinds, True)


def _year_before(one: Block, nations: list[str], rng: random.Random) -> None:
    grown = rng.lognormvariate(0, 0.3)
    values = [round(one.truth[cell] * grown * rng.lognormvariate(0, 0.35)) for cell in nations]
    names = [f"{cell} before" for cell in nations]
    one.before |= {"total": "total before"} | dict(zip(nations, names, strict=True))
    if _has(rng, "year before by nationality"):
        _breakdown(one, "total before", values, names, _has(rng, "complete year before"))
    else:
        one.truth["total before"] = sum(values)


def _print(one: Block, rng: random.Random) -> None:
    shown = [cell for cells in one.lists.values() for cell in cells]
    cells = dict.fromkeys(["total", "total before", *shown])
    one.printed |= {f"office {cell}": (cell, one.truth[cell]) for cell in cells}
    for source, share in REPEATED.items():
        for cell in cells:
            often = COMMON["total repeated"] if cell.startswith("total") else share
            if rng.random() < often * ("kind" not in cell):
                one.printed[f"{source} {cell}"] = (cell, one.truth[cell])
    unit = 10 ** max(1, len(str(one.truth["total"])) - 2)
    low = one.truth["total"] // unit * unit
    over = Statement("paper over total", (("total", 1),), low, low + unit, weight("paper"))
    one.others.append(over)


def _claim(one: Block, nations: list[str], rng: random.Random) -> None:
    for cell in ["total", *rng.sample(nations, rng.randint(0, 2))]:
        old = one.before[cell]
        if old not in one.truth or cell not in one.truth or not one.truth[old]:
            continue
        change = one.truth[cell] - one.truth[old]
        if _has(rng, "claim as number"):
            terms = ((cell, 1), (old, -1))
            one.others.append(Statement(f"claim up {cell}", terms, change, change, weight("claim")))
        else:
            _percentage(one, cell, old)
    ranked = sorted(nations, key=lambda cell: -one.truth[cell])
    for first, second in islice(pairwise(ranked), rng.randint(0, 3)):
        if one.truth[first] > one.truth[second]:
            terms = ((first, 1), (second, -1))
            one.others.append(Statement(f"claim rank {first}", terms, 1, None, weight("claim")))


def _percentage(one: Block, new: str, old: str) -> None:
    """A growth to a whole per cent: new / old within half a per cent, one end per statement."""
    printed = round(100 * one.truth[new] / one.truth[old])
    for name, edge in (("least", 2 * printed - 1), ("most", 2 * printed + 1)):
        low, high = (0, None) if name == "least" else (None, 0)
        terms = ((new, 200), (old, -edge))
        one.others.append(Statement(f"claim {name} {new}", terms, low, high, weight("claim")))


def _exchanged(one: Block, name: str, rng: random.Random) -> dict[str, int]:
    source, cell = name.split(maxsplit=1)
    beside = [
        f"{source} {other}"
        for cells in one.lists.values()
        if cell in cells
        for other in cells
        if other != cell and f"{source} {other}" in one.printed
    ]
    if not beside:
        return {}
    other = rng.choice(beside)
    return {name: one.printed[other][1], other: one.printed[name][1]}


def _mistyped(value: int, kind: str, rng: random.Random) -> int:
    text = str(value)
    at = rng.randrange(len(text))
    digit = rng.choice("0123456789")
    if kind == "digit_replaced":
        return int(text[:at] + digit + text[at + 1 :])
    if kind == "digits_swapped":
        return int(text[:at] + text[at : at + 2][::-1] + text[at + 2 :])
    if kind == "digit_dropped":
        return int(text[:at] + text[at + 1 :] or text)
    if kind == "digit_added":
        return int(text[:at] + digit + text[at:])
    if kind == "scale":
        times = rng.choice([10, 10, 100, 1000])
        return value * times if _has(rng, "scaled up") else value // times
    return rng.randrange(10 ** len(text))
