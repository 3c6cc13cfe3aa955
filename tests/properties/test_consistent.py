"""What is consistent raises nothing, however it is told; one wrong figure in it is found."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import floor
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.worlds import World, claim, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.plan import Plan

    Row = dict[str, Any]
    Cell = tuple[str, str]

NATIONS, SEXES, MONTHS = ("CHN", "VNM", "THA"), ("female", "male"), range(1, 13)
SPANS = [(month, month) for month in MONTHS] + [(1, 3), (4, 6), (7, 9), (10, 12), (1, 6), (7, 12)]
SPANS += [(1, 12), (1, 11), (1, 8), (2, 9)]
BAD = ("fail", "warn")
WORDS = ("exact", "exact", "exact", "about", "nearly", "at_least", "over", "up_to", "unstated")

few = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Truth:
    """How many of each nation and sex there were in each month of 2019."""

    counts: dict[tuple[int, str, str], int]

    def of(self, span: tuple[int, int], nation: str = "", sex: str = "") -> int:
        """The count of a span of months; of all nations, or sexes, where none is named."""
        first, last = span
        return sum(
            count
            for (month, its_nation, its_sex), count in self.counts.items()
            if first <= month <= last and nation in ("", its_nation) and sex in ("", its_sex)
        )

    def breakdowns(self, span: tuple[int, int]) -> dict[str, dict[str, int]]:
        """Every dimension, and the count of each category in it."""
        return {
            "total": {"TOTAL": self.of(span)},
            "sex": {sex: self.of(span, sex=sex) for sex in SEXES},
            "nationality": {nation: self.of(span, nation) for nation in NATIONS},
            "nationality_sex": {
                f"{nation}_{sex}": self.of(span, nation, sex)
                for nation, sex in product(NATIONS, SEXES)
            },
        }


def some_truth(random: Random) -> Truth:
    most = random.choice([3, 400, 90_000])
    return Truth({key: random.randint(0, most) for key in product(MONTHS, NATIONS, SEXES)})


def in_words(random: Random, true: int) -> tuple[int | None, str]:
    """A number and a qualifier that together allow the true count."""
    words, unit = random.choice(WORDS), random.choice([1, 10, 100])
    below = true // unit * unit
    nearest = (true + unit // 2) // unit * unit
    return {
        "exact": (true, "exact"),
        "about": (nearest, "about") if nearest else (true, "exact"),
        "nearly": (below + unit, "nearly"),
        "at_least": (below, "at_least"),
        "over": (below, "over") if below < true else (true, "at_least"),
        "up_to": (below + unit, "up_to"),
        "unstated": (None, "unstated"),
    }[words]


def period(span: tuple[int, int]) -> Row:
    first, last = span
    end = monthrange(2019, last)[1]
    return {"period_start": f"2019-{first:02}-01", "period_end": f"2019-{last:02}-{end}"}


def told(random: Random, truth: Truth, source: str, span: tuple[int, int]) -> Iterator[Row]:
    """What one page says of one span: some breakdowns, some of them complete."""
    for dimension, categories in truth.breakdowns(span).items():
        share = random.choice([0, 0.6, 1])
        said = [category for category in categories if random.random() < share]
        is_complete = len(said) == len(categories)
        for category in said:
            value, words = in_words(random, categories[category])
            yield figure(
                f"{source}.{span}.{category}",
                value,
                **period(span),
                source_id=source,
                dimension=dimension,
                category=category,
                value_qualifier=words,
                breakdown_complete="yes" if is_complete else "no",
            )


def printed(random: Random, true: Fraction) -> str:
    """A number rounded or truncated to some decimals."""
    decimals = random.choice([0, 1, 2])
    scaled = abs(true) * 10**decimals
    digits = floor(scaled) if random.random() < 0.5 else floor(scaled + Fraction(1, 2))
    whole, part = divmod(digits, 10**decimals)
    sign = "-" if true < 0 and digits else ""
    return f"{sign}{whole}" + (f".{part:0{decimals}}" if decimals else "")


def true_claims(random: Random, now: int, before: int) -> list[Row]:
    """Claims of every kind about the two counts, all of them true."""
    change = now - before
    claims = [claim("absolute_change", "eq", str(change))]
    claims += [claim("absolute_change", "ge", str(change - random.randint(0, 3)))]
    claims += [claim("absolute_change", "lt", str(change + random.randint(1, 3)))]
    claims += [claim("absolute_change", "approx", str(change))]
    if before:
        claims += [
            claim("percent_change", "eq", printed(random, Fraction(100 * change, before))),
            claim("share", "approx", printed(random, Fraction(100 * now, before))),
            claim("multiple", "eq", printed(random, Fraction(now, before))),
        ]
    if now > before:
        claims.append(claim("rank", "gt", ""))
    return [{**made, "claim_id": f"claim {place}"} for place, made in enumerate(claims)]


@pytest.fixture(scope="module")
def world(plan: Plan) -> Iterator[World]:
    with duckdb.connect() as connection:
        yield World.open(plan, connection)


@few
@given(st.randoms(use_true_random=True))
def test_a_consistent_world_raises_nothing(world: World, random: Random) -> None:
    truth = some_truth(random)
    figures = [
        row
        for source, span in product(("one", "two", "three"), SPANS)
        if random.random() < 0.6
        for row in told(random, truth, source, span)
    ]
    now, before = truth.of((1, 12)), truth.of((1, 6))
    figures += [
        figure("now", now, source_id="four"),
        figure("before", before, source_id="four", **period((1, 6))),
    ]
    world.build(figures, true_claims(random, now, before))
    wrong = {key: verdict for key, verdict in world.verdicts().items() if verdict in BAD}
    assert wrong == {}
    assert [row for row in world.rows("fct_source_conflict") if row["verdict"] == "conflict"] == []
    assert {row["verdict"] for row in world.rows("fct_claim_check")} == {"pass"}


@few
@given(st.randoms(use_true_random=True))
def test_one_wrong_figure_in_a_complete_exact_breakdown_is_found(
    world: World, random: Random
) -> None:
    exact = {"value_qualifier": "exact", "breakdown_complete": "yes"}
    figures = [
        figure(category, count, dimension=dimension, category=category, **exact)
        for dimension, categories in some_truth(random).breakdowns((1, 12)).items()
        for category, count in categories.items()
    ]
    wrong = random.choice(figures)
    wrong["reported_value"] += random.choice([1, 9, 1_000])
    world.build(figures)
    failed = {key for key, verdict in world.verdicts().items() if verdict == "fail"}
    accused = {
        row["figure_id"]
        for row in world.rows("int_statement_terms")
        if row["statement_id"] in failed
    }
    assert wrong["figure_id"] in accused


def test_counts_rounded_at_random_are_hardly_ever_called_unlikely(world: World) -> None:
    breakdowns = 3_000
    random = Random(5)  # no secret, and the same every time
    figures = []
    for place in range(breakdowns):
        page = f"page {place}"
        counts = [random.randint(10_000, 99_999) for _ in range(random.randint(4, 9))]
        figures.append(figure(f"{page} total", sum(counts), source_id=page))
        figures += [
            figure(
                f"{page} {number}",
                round(count, -3),
                source_id=page,
                dimension="disposition",
                category=f"c{number}",
                value_qualifier="about",
                breakdown_complete="yes",
            )
            for number, count in enumerate(counts)
        ]
    world.build(figures)
    judged = [row for row in world.rows("int_statements") if row["deviations_count"] is not None]
    assert len(judged) == breakdowns
    assert {row["verdict"] for row in judged} == {"pass"}
    # the normal distribution, which sums of uniform errors stay below, has 0.27 % beyond three
    assert sum(row["is_unlikely"] for row in judged) <= 0.0027 * breakdowns
    assert max(row["deviations_count"] for row in judged) > 2.5
