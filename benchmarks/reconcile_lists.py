"""Simulated lists that are wrongly said to be complete, beside wrong figures: which is blamed?

    python -m benchmarks.reconcile_lists      # prints; `benchmarks.reconcile --docs` writes it too

A complete list is two statements, as in the warehouse, with the error rates of weights.csv; what is
wrong is drawn by the rates of everything in the block. Fitted on one seed, held against another.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from benchmarks.reconcile import EDGES, LIKELY, Told, judged, kept_from, score, within
from benchmarks.reconcile_blocks import KINDS, RATES, Block, Slipped, block, contexts, slipped
from benchmarks.reconcile_blocks import problem as of_block
from etl.reconcile.block import COMPLETE, weight
from etl.reconcile.diagnose import PROBABLE, PROBABLE_OF_OTHER_KINDS
from etl.reconcile.model import Problem, Statement
from etl.reconcile.solver import Solver
from etl.settings import ROOT

LIST = "subtotals_sum_to_total"
TILTS = 0.5, 4.0  # what lists might be wrong more often: 6 of 43 are few (95 %: 0.06 to 0.27)
WRONG = ("figure", "part_left_out", "part_counted_twice")


@dataclass(frozen=True)
class Rates:
    """How often a list said to be complete lacks something, and how often it exceeds its whole."""

    lacks: float
    exceeds: float


def declared() -> Rates:
    """The rates of weights.csv."""
    with (ROOT / "data/raw/reference/weights.csv").open(encoding="utf-8", newline="") as file:
        rates = {(row["kind"], row["name"]): row["error_rate"] for row in csv.DictReader(file)}
    return Rates(float(rates["completeness", LIST]), float(rates["structure", LIST]))


def mixed(seed: int, many: int, tilt: float = 1.0) -> list[Told]:
    """So many wrong statements, drawn as often as each kind is wrong.

    Args:
        seed: Of the generator.
        many: How many.
        tilt: How many times more often than declared lists are wrong.
    """
    rng, rates, solver = random.Random(seed), declared(), Solver()  # a simulation, no secret
    told: list[Told] = []
    while len(told) < many:
        one = block(rng)
        figures = sum(RATES[name.split()[0]] for name in one.printed)
        lists = tilt * len(_complete(one))
        odds = (figures, lists * rates.lacks, lists * rates.exceeds)
        kind = rng.choices(WRONG, odds)[0]
        told += _told(one, kind, rng, solver)
    return told


def alone(kind: str, seed: int, many: int) -> list[Told]:
    """So many wrong lists of one kind."""
    rng, solver = random.Random(seed), Solver()  # a simulation, no secret
    told: list[Told] = []
    while len(told) < many:
        told += _told(block(rng), kind, rng, solver)
    return told


def _told(one: Block, kind: str, rng: random.Random, solver: Solver) -> Iterator[Told]:
    wrong = slipped(one, rng.choice(KINDS), rng) if kind == "figure" else miscounted(one, kind, rng)
    if wrong is not None:
        yield replace(judged(_in_two(wrong, declared()), solver), kind=kind)


def miscounted(one: Block, kind: str, rng: random.Random) -> Slipped | None:
    """The block with one list wrong: one part unsaid, or one in it twice."""
    rules = _complete(one)
    if not rules:
        return None
    rule = rng.choice(rules)
    shown = [cell for cell in one.lists[rule.id] if f"office {cell}" in one.printed]
    told = [cell for cell in shown if one.truth[cell]]
    if not told:
        return None
    part = rng.choice(told)
    changed = (_left_out if kind == "part_left_out" else _twice)(one, rule, part)
    name = rule.id + COMPLETE if kind == "part_left_out" else rule.id
    return Slipped(
        of_block(changed, changed.printed), contexts(changed, changed.printed), kind, {name: 0}
    )


def _complete(one: Block) -> list[Statement]:
    return [rule for rule in one.others if rule.id in one.lists and rule.high == 0]


def _left_out(one: Block, rule: Statement, part: str) -> Block:
    terms = tuple(term for term in rule.terms if term[0] != part)
    printed = {name: said for name, said in one.printed.items() if name != f"office {part}"}
    listed = [cell for cell in one.lists[rule.id] if cell != part]
    return _with(replace(one, printed=printed), replace(rule, terms=terms), listed)


def _twice(one: Block, rule: Statement, part: str) -> Block:
    again = f"{part} again"
    truth = one.truth | {again: one.truth[part]}
    printed = one.printed | {f"office {again}": (again, one.truth[part])}
    listed = [*one.lists[rule.id], again]
    changed = replace(rule, terms=(*rule.terms, (again, -1)))
    return _with(replace(one, truth=truth, printed=printed), changed, listed)


def _with(one: Block, rule: Statement, listed: list[str]) -> Block:
    others = [rule if other.id == rule.id else other for other in one.others]
    return replace(one, others=others, lists=one.lists | {rule.id: listed})


def _in_two(one: Slipped, rates: Rates) -> Slipped:
    """Each complete list as the two statements that it is in the warehouse."""
    statements: list[Statement] = []
    near = dict(one.contexts)
    for rule in one.problem.statements:
        if rule.id.startswith("list") and rule.high == 0:
            within_whole = replace(rule, high=None, weight=weight(rates.exceeds))
            is_all = replace(rule, id=rule.id + COMPLETE, low=None, weight=weight(rates.lacks))
            statements += [within_whole, is_all]
            near[is_all.id] = near[rule.id]
        else:
            statements.append(rule)
    return replace(one, problem=Problem(one.problem.cells, tuple(statements)), contexts=near)


def report(seeds: tuple[int, int], many: int) -> list[str]:
    """How often a wrong list is blamed, and from where on one sort is told from the other."""
    fit, held = ([one for one in mixed(seed, many) if not one.is_alike] for seed in seeds)
    curves = [[within(told, low, high) for low, high in pairwise(EDGES)] for told in (fit, held)]
    rates = declared()
    return [
        "## Wrong lists",
        "",
        f"Of complete lists {rates.lacks:.1%} lack something, {rates.exceeds:.1%} have too much.",
        "",
        "| wrong | cases | noticed | first | in the first three | told outright | right of these |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(kind, alone(kind, seeds[1], many // 5)) for kind in WRONG),
        "",
        "Where figures and lists or claims are blamed for one conflict, all drawn by their rates:",
        "",
        f"| stated probability | said, seed {seeds[0]} | right | said, seed {seeds[1]} | right |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {one.low:.3g} to {one.high:.3g} | {one.many:,} | {one.share:.1%}"
            f" | {two.many:,} | {two.share:.1%} |"
            for one, two in zip(*curves, strict=True)
        ),
        "",
        f"Fitted on seed {seeds[0]}: one is told outright from {kept_from(curves[0], LIKELY):.3g}.",
        f"Held against seed {seeds[1]}: {_outright(held)}.",
        *(
            f"Were lists wrong {tilt:g} times as often as declared:"
            f" {_outright(mixed(seeds[1], many, tilt))}."
            for tilt in TILTS
        ),
    ]


def _outright(told: Sequence[Told]) -> str:
    """Of what is told outright between the two sorts, how much is right."""
    found = within([one for one in told if not one.is_alike], PROBABLE_OF_OTHER_KINDS, 1.0)
    return f"{found.many:,} told from {found.low:.3g}, {found.share:.1%} right"


def _row(kind: str, told: Sequence[Told]) -> str:
    whole = score(told)
    outright = [one for one in told if one.place is not None and _is_outright(one)]
    right = sum(one.place == 1 for one in outright) / max(1, len(outright))
    many = len(outright) / max(1, sum(one.place is not None for one in told))
    shares = (whole.noticed, whole.first, whole.in_three, many, right)
    return f"| {kind} | {whole.slips:,} | " + " | ".join(f"{one:.1%}" for one in shares) + " |"


def _is_outright(one: Told) -> bool:
    return one.probability >= (PROBABLE if one.is_alike else PROBABLE_OF_OTHER_KINDS)


if __name__ == "__main__":
    print("\n".join(report((1, 2), 3500)))
