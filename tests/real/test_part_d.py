"""The night on data/raw: parts D and E of the figures' README, periods and running totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

# finding, statement, whole, part, verdict
PART_D = [
    ("46fe7af62ec4", "KHM.persons_deported.total.TOTAL.2015-01-01..2015-12-31", 4224, 4312, "fail"),
    ("8939a541fde4", "KHM.victims_rescued.total.TOTAL.2022-01-01..2022-10-31", 661, 865, "fail"),
    ("9971a462d330", "KHM.victims_rescued.total.TOTAL.2022-01-01..2022-12-31", 552, 865, "fail"),
    ("20e7df04ec01", "KHM.suspects_arrested.total.TOTAL.2022-01-01..2022-12-31", 226, 281, "fail"),
    (
        "a7191f829c09",
        "KHM.suspects_arrested.nationality_group.foreign.2017-01-01..2017-12-31",
        20,
        30,
        "fail",
    ),
    (
        "81a4dbbc6c73",
        "KHM.persons_arrested_scam.total.TOTAL.2025-06-27..2025-07-16",
        1362,
        4851,
        "fail",
    ),
    (
        "22946bec26c9",
        "KHM.scam_sites_raided.total.TOTAL.2025-06-27..2025-10-14.highest",
        92,
        138,
        "warn",
    ),
    (
        "ad680893002e",
        "KHM.foreigners_involved.total.TOTAL.2022-08-18..2022-11-10",
        871,
        2760,
        "fail",
    ),
    ("237189fc9941", "IDN.persons_deported.total.TOTAL.2022-01-01..2022-12-31", 188, 194, "fail"),
]
# In no part of the README; docs/real-findings.md says of each why it can be argued.
BEYOND = [
    ("e0aa4eba950c", "KHM.scam_sites_raided.total.TOTAL.2025-01-01..2025-09-30", 48, 70, "fail"),
    ("1ac05bab3c6b", "KHM.victims_rescued.total.TOTAL.2022-07-09..2023-07-09", 1476, 2132, "fail"),
    ("967756ea9091", "VNM.citizens_repatriated.total.TOTAL.2025-07-30..2025-10-17", 79, 85, "fail"),
]
# What another finding says already.
IMPLIED = [
    ("KHM.persons_arrested_scam.total.TOTAL.2025-06-27..2025-07-22", 3075, 4851),
    ("KHM.persons_arrested_scam.total.TOTAL.2025-06-27..2025-10-14", 3455, 4851),
    ("KHM.scam_sites_raided.total.TOTAL.2025-06-27..2025-12-18.highest", 118, 138),
]
# finding, days on which the parts end, whole, sum of the parts
PART_E = [
    ("3f8c5ff15439", "2020-09-30", 17599, 16200 + 542),
    ("04034926e72c", "2021-12-31", 20824, 17599 + 3594),
    ("c634e40cb6a7", "2023-12-31", 27738, 20824 + 5825 + 2159),
]
CRACKDOWN = [1362, 2137, 3075, 3215, 3455, 4983, 5106]


@pytest.mark.parametrize(
    ("finding", "statement", "whole", "part", "verdict"),
    PART_D + BEYOND,
    ids=[row[1] for row in PART_D + BEYOND],
)
def test_each_part_above_its_whole_is_found_once(  # noqa: PLR0913, PLR0917
    published: duckdb.DuckDBPyConnection,
    finding: str,
    statement: str,
    whole: int,
    part: int,
    verdict: str,
) -> None:
    told = published.execute(
        "select reported_whole, computed_whole, residual_value, verdict, is_implied"
        " from marts.fct_period_check where statement_id = ?",
        [f"nested_period:{statement}"],
    ).fetchall()
    assert told == [(whole, part, whole - part, verdict, False)]
    found = published.execute(
        "select finding_id, severity from audit.finding where subject = ?",
        [f"nested_period:{statement}"],
    ).fetchall()
    assert found == [(finding, "error" if verdict == "fail" else "warning")]


@pytest.mark.parametrize(("statement", "whole", "part"), IMPLIED)
def test_what_a_narrower_period_says_already_is_no_finding(
    published: duckdb.DuckDBPyConnection, statement: str, whole: int, part: int
) -> None:
    told = published.execute(
        "select reported_whole, computed_whole, is_implied from marts.fct_period_check"
        " where statement_id = ?",
        [f"nested_period:{statement}"],
    ).fetchall()
    assert told == [(whole, part, True)]


@pytest.mark.parametrize(("finding", "end", "whole", "parts"), PART_E)
def test_totals_since_2014_that_do_not_chain_are_found_once(
    published: duckdb.DuckDBPyConnection, finding: str, end: str, whole: int, parts: int
) -> None:
    told = published.execute(
        "select reported_whole, computed_whole, verdict from marts.fct_period_check"
        " where geography = 'KHM' and measure = 'persons_deported' and period_start = '2014-01-01'"
        " and period_end = cast(? as date) and verdict <> 'pass' and not is_implied",
        [end],
    ).fetchall()
    assert told == [(whole, parts, "fail")]
    found = published.execute(
        "select count(*) from audit.finding where finding_id = ?", [finding]
    ).fetchall()
    assert found == [(1,)]


def test_the_other_figure_for_the_part_is_added_up_too(
    published: duckdb.DuckDBPyConnection,
) -> None:
    ((message,),) = published.execute(
        "select message from audit.finding where finding_id = '3f8c5ff15439'"
    ).fetchall()
    assert "16,742, 857 fewer; with the highest figures to 17,262, 337 fewer." in message


def test_no_other_period_is_found(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select finding_id from audit.finding where check_name like '%period%'"
        " or check_name like 'running_total%'"
    ).fetchall()
    embassy = "a054a41f05f3"
    expected = [embassy, *(row[0] for row in PART_D + BEYOND), *(row[0] for row in PART_E)]
    assert sorted(found) == sorted((finding,) for finding in expected)


def test_the_rising_totals_of_the_crackdown_fail_only_against_the_misprint(
    published: duckdb.DuckDBPyConnection,
) -> None:
    printed = published.execute(
        "select distinct reported_value from marts.fct_reported_figure"
        " where measure = 'persons_arrested_scam' and dimension = 'total'"
        " and period_start = '2025-06-27' and value_qualifier = 'exact' order by 1"
    ).fetchall()
    assert {(value,) for value in CRACKDOWN} <= set(printed)
    parts = published.execute(
        "select distinct computed_whole from marts.fct_period_check where verdict <> 'pass'"
        " and measure = 'persons_arrested_scam' and dimension = 'total'"
    ).fetchall()
    assert parts == [(4851,)]
