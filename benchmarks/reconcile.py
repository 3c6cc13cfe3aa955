"""Measure how often the wrong figure is named, on simulated slips, and write the curve.

Bands are fitted on one seed and held against another; the goals are held against both.

    python -m benchmarks.reconcile            # prints; exit code 1 where a goal is missed
    python -m benchmarks.reconcile --docs     # and writes docs/reconcile-curve.md and .svg
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path

from benchmarks.reconcile_blocks import KINDS, RATES, Slipped, block, slipped
from etl.reconcile.diagnose import NEAR_CERTAIN, PROBABLE, Alternative, diagnose
from etl.reconcile.solver import Solver

DOCS = Path(__file__).parent.parent / "docs"
FIRST, IN_THREE, MENDED, CERTAIN = 0.88, 0.97, 0.83, 0.98  # the goals
LIKELY = 2 / 3  # how often what is called probable should be right, at the least
ASSUMED = ("claim", "list")  # what the ids of statements begin with that are no figures
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
THREE = 3


@dataclass(frozen=True)
class Told:
    """What was said of one slip: the place of the truth, and how sure the first place was.

    Attributes:
        kind: Of the slip.
        place: Where the wrong statements stand among the alternatives, from 1; 0 for nowhere,
            None where the slip leaves everything possible.
        is_mended: Whether the first alternative is right and names the true values.
        probability: Of the first alternative.
        is_alike: Whether all alternatives blame figures, or all blame claims and lists.
    """

    kind: str
    place: int | None
    is_mended: bool = False
    probability: float = 0.0
    is_alike: bool = True


def simulate(seed: int, slips: int, kinds: Sequence[str] = KINDS) -> list[Told]:
    """Diagnose so many blocks with one slip each, the kinds in turn."""
    rng, solver = random.Random(seed), Solver()  # a simulation, no secret
    told: list[Told] = []
    while len(told) < slips:
        one = slipped(block(rng), kinds[len(told) % len(kinds)], rng)
        if one is not None:
            told.append(judged(one, solver))
    return told


def judged(one: Slipped, solver: Solver) -> Told:
    """Diagnose a block and hold what is said against the truth."""
    found = diagnose(one.problem, one.contexts, solver=solver)
    if not found:
        return Told(one.kind, None)
    if len(found) > 1:
        return Told(one.kind, 0)
    ranked = found[0].alternatives
    sets = [{suspect.statement for suspect in some.suspects} for some in ranked]
    place = sets.index(set(one.truth)) + 1 if set(one.truth) in sets else 0
    is_mended = place == 1 and _mends(ranked[0], one.truth)
    sorts = {name.startswith(ASSUMED) for names in sets for name in names}
    probability = ranked[0].probability if ranked else 0.0
    return Told(one.kind, place, is_mended, probability, len(sorts) == 1)


def _mends(first: Alternative, truth: dict[str, int]) -> bool:
    return all(suspect.value == truth[suspect.statement] for suspect in first.suspects)


@dataclass(frozen=True)
class Score:
    """Shares: of all slips those noticed; of these the truth first, in the first three, mended."""

    slips: int
    noticed: float
    first: float
    in_three: float
    mended: float

    @property
    def is_good(self) -> bool:
        """Whether the goals are reached."""
        return self.first >= FIRST and self.in_three >= IN_THREE and self.mended >= MENDED


def score(told: Sequence[Told]) -> Score:
    """How often the truth was told."""
    noticed = [one for one in told if one.place is not None]
    places = [one.place for one in noticed if one.place]
    many = max(1, len(noticed))
    return Score(
        len(told),
        len(noticed) / len(told),
        sum(place == 1 for place in places) / many,
        sum(place <= THREE for place in places) / many,
        sum(one.is_mended for one in noticed) / many,
    )


@dataclass(frozen=True)
class Bin:
    """Stated probabilities from low to high: how many there were, and how many were right."""

    low: float
    high: float
    many: int
    right: int

    @property
    def share(self) -> float:
        """How many of them were right."""
        return self.right / self.many if self.many else 0.0


def within(told: Sequence[Told], low: float, high: float) -> Bin:
    """The first places whose stated probability lies in ``[low, high)``; 1 is in the last."""
    found = [
        one.place == 1
        for one in told
        if one.place is not None
        and (low <= one.probability < high or low < one.probability == high == 1)
    ]
    return Bin(low, high, len(found), sum(found))


def fitted(told: Sequence[Told]) -> tuple[float, float]:
    """The least edges from which on every step of the curve keeps a band's word."""
    bins = [within(told, low, high) for low, high in pairwise(EDGES)]
    return kept_from(bins, CERTAIN), kept_from(bins, LIKELY)


def kept_from(bins: Sequence[Bin], share: float) -> float:
    """The least edge from which on every bin is right as often as that."""
    kept = takewhile(lambda one: one.share >= share, reversed(bins))
    return min((one.low for one in kept), default=1.0)


def report(seeds: tuple[int, int], slips: int) -> tuple[str, list[Bin], bool]:
    """The tables, the curve of the second seed, and whether every goal is reached."""
    fit, held = (simulate(seed, slips) for seed in seeds)
    certain, likely = fitted(fit)
    bands = [
        ("near-certain", within(held, NEAR_CERTAIN, 1.0)),
        ("probable", within(held, PROBABLE, NEAR_CERTAIN)),
        ("open", within(held, 0.0, PROBABLE)),
    ]
    curve = [within(held, low, high) for low, high in pairwise(EDGES)]
    whole = [score(told) for told in (fit, held)]
    lines = [
        *_scores(held, whole, seeds),
        "",
        "| band | from | said | right |",
        "|---|--:|--:|--:|",
        *(f"| {name} | {one.low:.3g} | {one.many:,} | {one.share:.1%} |" for name, one in bands),
        "",
        f"Fitted on seed {seeds[0]}: near-certain from {certain:.3g}, probable from {likely:.3g}.",
        f"The bands above are held against seed {seeds[1]}.",
        "",
        "| stated probability | said | right |",
        "|---|--:|--:|",
        *(f"| {one.low:.3g} to {one.high:.3g} | {one.many:,} | {one.share:.1%} |" for one in curve),
    ]
    is_good = all(one.is_good for one in whole) and bands[0][1].share >= CERTAIN
    return "\n".join(lines), curve, is_good


def _scores(held: list[Told], whole: list[Score], seeds: tuple[int, int]) -> Iterator[str]:
    yield "| slip | slips | noticed | first | in the first three | mended |"
    yield "|---|--:|--:|--:|--:|--:|"
    rows = [(kind, score([one for one in held if one.kind == kind])) for kind in KINDS]
    rows += [(f"all, seed {seed}", one) for seed, one in zip(seeds, whole, strict=True)]
    for name, one in rows:
        shares = (one.noticed, one.first, one.in_three, one.mended)
        yield f"| {name} | {one.slips:,} | " + " | ".join(f"{part:.1%}" for part in shares) + " |"
    yield f"| goal | | | {FIRST:.0%} | {IN_THREE:.0%} | {MENDED:.0%} |"


def drawn(curve: Sequence[Bin]) -> str:
    """The curve as SVG: stated against observed; a diagonal where both are the same."""
    import altair
    import vl_convert

    points = [
        {"stated": (one.low + one.high) / 2, "right": one.share, "said": one.many}
        for one in curve
        if one.many
    ]
    ends = altair.InlineData(values=[{"stated": 0, "right": 0}, {"stated": 1, "right": 1}])
    x = altair.X("stated:Q", title="stated probability", axis=altair.Axis(format="%"))
    y = altair.Y("right:Q", title="right", axis=altair.Axis(format="%"))
    diagonal = altair.Chart(ends).mark_line(strokeDash=[4, 4], color="#888888").encode(x=x, y=y)
    line = altair.Chart(altair.InlineData(values=points)).mark_line(point=True).encode(x=x, y=y)
    chart = (diagonal + line).properties(width=280, height=280)
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def main() -> int:
    """Measure, print, write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slips", type=int, default=3500, help="for each of the two seeds")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 2), metavar=("FIT", "HELD"))
    parser.add_argument("--docs", action="store_true", help="write docs/reconcile-curve.{md,svg}")
    given = parser.parse_args()
    text, curve, is_good = report(tuple(given.seeds), given.slips)
    print(text)
    if given.docs:
        from benchmarks.reconcile_lists import report as of_lists

        page = _page(text, of_lists(tuple(given.seeds), given.slips), given.slips)
        (DOCS / "reconcile-curve.md").write_text(page, encoding="utf-8")
        (DOCS / "reconcile-curve.svg").write_text(drawn(curve), encoding="utf-8")
    return 0 if is_good else 1


def _page(text: str, lists: Sequence[str], slips: int) -> str:
    command = f"python -m benchmarks.reconcile --docs --slips {slips}"
    rates = ", ".join(f"{name} {rate:.0%}" for name, rate in RATES.items())
    return (
        "# Reliability of what is said about slips\n\n"
        f"Written by `{command}`; how it is measured stands in [reconcile.md](reconcile.md).\n"
        f"Declared error rates: {rates}.\n\n{text}\n\n"
        "![Stated probability against how often it was right](reconcile-curve.svg)\n\n"
        + "\n".join(lists)
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
