"""The night on data/raw: what only looks like a conflict (part G) is raised nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

# What looks alike, as conditions on figures, and the values that it has.
LOOKALIKES = {
    "an offence and all offences, 2023": (
        (
            "geography = 'KHM' and measure = 'trafficking_cases' and period_start = '2023-01-01'"
            " and period_end = '2023-12-31'"
        ),
        {24, 164},
    ),
    "deported for scams and in all, Koreans 2025": (
        (
            "geography = 'KHM' and measure in ('persons_deported', 'persons_deported_scam')"
            " and category = 'KOR' and period_start = '2025-01-01' and period_end = '2025-12-31'"
        ),
        {222, 244},
    ),
    "a year that ends on 25 December and the calendar year, 2016": (
        (
            "geography = 'KHM' and measure in ('suspects_arrested', 'victims_rescued')"
            " and dimension = 'total'"
            " and (period_start, period_end) in (('2015-12-25'::date, '2016-12-25'::date),"
            " ('2016-01-01'::date, '2016-12-31'::date))"
        ),
        {113, 298, 124, 244},
    ),
    "departures counted by Korea and arrivals by Cambodia, 2021": (
        (
            "source_id = 'joongang-20251020' and period_end = '2021-12-31'"
            " and measure in ('citizens_departed_to_khm', 'arrivals')"
        ),
        {5_476, 6_074},
    ),
    "an arrest and a deportation of one raid, Laos 2023": (
        (
            "geography = 'LAO' and category = 'CHN' and period_start between '2023-11-01'"
            " and '2023-11-30' and period_end <= '2023-11-30'"
        ),
        {462, 464},
    ),
    "rising numbers of complaints, 2022": (
        (
            "measure = 'complaints_received' and period_start = '2022-08-18'"
            " and period_end < '2022-12-31'"
        ),
        {402, 420},
    ),
    "one number for two periods, 2014": (
        (
            "measure = 'persons_deported' and period_start in ('2014-07-01', '2014-01-01')"
            " and period_end between '2014-11-30' and '2014-12-31' and dimension = 'total'"
            " and reported_value = 1307"
        ),
        {1_307},
    ),
    "the months of a year that is not over, 2015": (
        (
            "source_id = 'mekongmigration-2015' and measure = 'citizens_returned'"
            " and dimension = 'total'"
            " and day(period_start) = 1 and period_end = last_day(period_start)"
        ),
        {4_325, 4_175, 4_835, 6_538, 3_664, 3_360, 5_259, 7_267, 6_610, 4_417, 4_168},
    ),
    "rounded parts": ("source_id = 'dnyxxg-20260318' and dimension = 'disposition'", {127, 4_400}),
}
LIKE_ROUNDINGS = "figure_id like '%.lead' or figure_id like '%.headline'"


@pytest.mark.parametrize("alike", LOOKALIKES)
def test_what_only_looks_like_a_conflict_is_raised_nowhere(
    published: duckdb.DuckDBPyConnection, alike: str
) -> None:
    condition, values = LOOKALIKES[alike]
    figures = published.execute(
        f"select figure_id, reported_value from marts.fct_reported_figure where {condition}"
    ).fetchall()
    assert values <= {value for _, value in figures}
    named = published.execute(
        "select finding_id from audit.finding_figure"
        f" where figure_id in (select figure_id from marts.fct_reported_figure where {condition})"
    ).fetchall()
    assert named == []


def test_a_rounding_in_a_lead_or_headline_is_a_finding_only_beside_another_source(
    published: duckdb.DuckDBPyConnection,
) -> None:
    cells = published.execute(
        "select distinct conflicts.independent_sources_count, conflicts.low_value"
        " from marts.fct_source_conflict as conflicts"
        " inner join marts.fct_reported_figure as figures"
        " using (measure, geography, period_start, period_end, dimension, category)"
        f" where conflicts.verdict = 'conflict' and ({LIKE_ROUNDINGS})"
    ).fetchall()
    assert cells == [(4, 1_450)]


def test_a_sum_that_a_page_gives_correctly_is_raised_nowhere(
    published: duckdb.DuckDBPyConnection,
) -> None:
    named = published.execute(
        "select count(distinct claims.claim_id) from marts.fct_claim_check as claims"
        " inner join audit.finding as findings on findings.subject = claims.claim_id"
        " where claims.verdict <> 'fail'"
    ).fetchall()
    assert named == [(0,)]
