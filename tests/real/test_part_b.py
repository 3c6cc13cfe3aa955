"""The night on data/raw: part B of the figures' README, claims that figures refute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

NEW_BASE = "change_divided_by_new_value"
# finding, claim, stated, computed, slip
PART_B = [
    ("ab78c66aaf5a", "asiaviews-20240812.c04", 16.34, 19.54, NEW_BASE),
    ("52ec09ad5b71", "ettoday-20260112.c02", 56.8, 131.66, NEW_BASE),
    ("1d863a41eec2", "twyahoo-20260112.c02", 56.8, 131.66, NEW_BASE),
    ("1cd9f0e2a35c", "postekh-20260122.c01", 57, 130.69, NEW_BASE),
    ("1adca45f0686", "nst-202001.c01", 15.12, 17.82, NEW_BASE),
    ("9ffe09b0ed1a", "bpasia-20190508.c01", 33, 49.09, NEW_BASE),
    ("d9f755b3f487", "cd-177516.c01", 2, 2.32, None),
    ("198a414d573f", "postekh-20220408.c01", 2, 2.32, None),
    ("e358ad1140bc", "postekh-20220407.c01", None, 194 - 2_899, None),
    ("a9bcd96e780a", "postekh-20240312.c02", 50, 46.83, None),
    ("3a204728b59a", "kt-50560436.c03", None, 30 - 35, None),
    ("3500872d4c14", "insight-20251016.c01", -2, -4, None),
    ("2d5f0d8ab4f6", "babe-4275.c01", 92, 84.02, None),
    ("68cf20a3d487", "brst-2024.c01", 93.3, 93.87, None),
    ("67660e91f907", "cd-179919.c01", 236, 238, None),
    ("ed4902a7b9ed", "kt-106902.c03", 300, 296, None),
    ("20f956faea0c", "ppp-2018-ncct2017.c04", 757, 752, None),
    ("b28b483429a4", "ettoday-20260112.c03", 5_011, 5_007, None),
    ("ccd4ff6f7c2e", "ettoday-20260112.c04", 9_857, 9_853, None),
    ("6b2a1e167bd2", "twyahoo-20260112.c03", 5_011, 5_007, None),
    ("afae3e6865b3", "twyahoo-20260112.c04", 9_857, 9_853, None),
    ("ccf1b57678f4", "ettoday-20260129.c01", 5_011, 5_007, None),
    ("4354f401e4b8", "ettoday-20260129.c02", 9_857, 9_853, None),
]
# claim, stated, computed, how it holds; approximate claims hold without saying how
TRUE = [
    ("ppp-2018-ncct2017.c01", 72.82, 72.826, "truncated"),
    ("ppp-201907.c01", 25, 25.806, "truncated"),
    ("vietjo-20160321.c01", 80, 77.915, None),
    ("brst-2024.c02", -34, -33.507, None),
    ("ppp-201512.c01", 3, 3.299, None),
    ("kt-601671.c01", 49, 49.091, None),
]
# The page names no figure to compare with, and none of its other claims implies one.
UNKNOWN = [
    "asiaviews-20240812.c03",
    "asiaviews-20240812.c05",
    "asiaviews-20240812.c06",
    "fv88-2023.c01",
    "fv88-2023.c02",
    "kt-601671.c02",
    "nst-202001.c02",
    "voa-2018-brides.c01",
]


@pytest.mark.parametrize(
    ("finding", "claim", "stated", "computed", "slip"), PART_B, ids=[row[1] for row in PART_B]
)
def test_each_refuted_claim_of_part_b_is_found_with_its_numbers_and_slip(  # noqa: PLR0913, PLR0917
    published: duckdb.DuckDBPyConnection,
    finding: str,
    claim: str,
    stated: float | None,
    computed: float,
    slip: str | None,
) -> None:
    ((*told, number),) = published.execute(
        "select verdict, reported_number, slip, computed_number from marts.fct_claim_check"
        " where claim_id = ?",
        [claim],
    ).fetchall()
    assert told == ["fail", stated, slip]
    assert number == pytest.approx(computed, abs=0.005)
    found = published.execute(
        "select finding_id, severity from audit.finding where subject = ?", [claim]
    ).fetchall()
    assert found == [(finding, "error")]


def test_no_other_claim_is_found(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select finding_id, subject from audit.finding where check_name = 'claims_match_figures'"
    ).fetchall()
    assert sorted(found) == sorted(row[:2] for row in PART_B)


def test_the_change_on_the_new_value_is_worked_out_in_the_sentence(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = published.execute(
        "select message from audit.finding where finding_id = '52ec09ad5b71'"
    ).fetchall()
    ((message,),) = found
    assert "From 5,852 to 13,557 is +131.66 %." in message
    assert "7,705 / 13,557" in message


@pytest.mark.parametrize(("claim", "stated", "computed", "holds_by"), TRUE)
def test_true_by_rounding_or_truncation_is_no_error(
    published: duckdb.DuckDBPyConnection,
    claim: str,
    stated: float,
    computed: float,
    holds_by: str | None,
) -> None:
    ((*told, number),) = published.execute(
        "select verdict, reported_number, holds_by, computed_number from marts.fct_claim_check"
        " where claim_id = ?",
        [claim],
    ).fetchall()
    assert told == ["pass", stated, holds_by]
    assert number == pytest.approx(computed, abs=0.0005)


def test_claims_without_a_figure_to_compare_with_are_unknown(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = published.execute(
        "select claim_id from marts.fct_claim_check where verdict = 'unknown' order by claim_id"
    ).fetchall()
    assert [claim for (claim,) in found] == UNKNOWN


def test_every_claim_has_a_verdict(published: duckdb.DuckDBPyConnection) -> None:
    counted = published.execute(
        "select verdict, count(*) from marts.fct_claim_check group by verdict order by verdict"
    ).fetchall()
    assert counted == [
        ("fail", len(PART_B)),
        ("pass", 188 - len(PART_B) - len(UNKNOWN)),
        ("unknown", len(UNKNOWN)),
    ]
