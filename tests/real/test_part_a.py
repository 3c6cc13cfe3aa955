"""The night on data/raw: part A of the figures' README is found, each once, no other breakdown."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    import duckdb

RAW = ROOT / "data" / "raw"
COUNTS = {"figures": 1_358, "sources": 194, "claims": 188}
# source, measure, dimension, stated, sum of the parts, verdict
PART_A = [
    ("ppp-2018-ncct2017", "citizens_repatriated", "destination", 757, 752, "fail"),
    ("kt-106902", "victims_rescued", "offence_type", 300, 296, "fail"),
    ("cd-179919", "illegal_immigrants_found", "nationality", 236, 238, "fail"),
    ("camboinfo-2020", "persons_deported", "nationality", 1_533, 1_549, "fail"),
    ("cambodianess-20200131", "persons_arrested", "outcome", 1_705, 1_724, "warn"),
    ("ettoday-20260112", "offence_cases_foreigners", "offence_type", 5_011, 5_007, "fail"),
    ("ettoday-20260112", "offence_persons_foreigners", "offence_type", 9_857, 9_853, "fail"),
    ("twyahoo-20260112", "offence_cases_foreigners", "offence_type", 5_011, 5_007, "fail"),
    ("twyahoo-20260112", "offence_persons_foreigners", "offence_type", 9_857, 9_853, "fail"),
    ("ettoday-20260129", "offence_cases_foreigners", "offence_type", 5_011, 5_007, "fail"),
    ("ettoday-20260129", "offence_persons_foreigners", "offence_type", 9_857, 9_853, "fail"),
    ("politicreview-202602", "persons_arrested_scam", "nationality", 2_044, 2_153, "fail"),
    ("chakinsight-202602", "persons_arrested_scam", "nationality", 2_044, 2_214, "fail"),
    ("htkaptar-2025", "persons_arrested_scam", "disposition", 3_215, 3_188, "fail"),
    ("asianewsit-2019", "persons_arrested", "nationality", 341, 1_223, "fail"),
    ("bpasia-20190508", "persons_arrested", "nationality", 341, 323, "fail"),
    ("bpasia-20190508", "foreign_crime_victims", "nationality", 211, 137, "fail"),
    ("gitnux-immdep", "persons_removed", "nationality", 142_580, 164_200, "fail"),
]
BREAKDOWN = "source_id, measure, geography, period_start, period_end, dimension"


def rows_in_files(dataset: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted((RAW / dataset).glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            found += csv.DictReader(stream, strict=True)
    return found


@pytest.mark.parametrize(
    ("source", "measure", "dimension", "stated", "parts", "verdict"),
    PART_A,
    ids=[f"{source}-{measure}" for source, measure, *_ in PART_A],
)
def test_each_inconsistency_of_part_a_is_found_once_with_its_residual(  # noqa: PLR0913, PLR0917
    published: duckdb.DuckDBPyConnection,
    source: str,
    measure: str,
    dimension: str,
    stated: int,
    parts: int,
    verdict: str,
) -> None:
    checks = published.execute(
        "select reported_total, computed_total, residual_value, verdict, total_figure_id"
        " from marts.fct_subtotal_check where source_id = ? and measure = ? and dimension = ?"
        " and verdict not in ('pass', 'unknown')",
        [source, measure, dimension],
    ).fetchall()
    ((*numbers, total),) = checks
    assert numbers == [stated, parts, stated - parts, verdict]
    findings = published.execute(
        "select finding_id, severity, state from audit.finding where finding_id in"
        " (select finding_id from audit.finding_figure where role = 'whole' and figure_id = ?)"
        " and check_name like '%subtotals%'",
        [total],
    ).fetchall()
    ((finding, severity, state),) = findings
    assert (severity, state) == ("error" if verdict == "fail" else "warning", "new")
    figures = published.execute(
        "select sum(figures.reported_value) from audit.finding_figure as named"
        " inner join marts.fct_reported_figure as figures on named.figure_id = figures.figure_id"
        " where named.finding_id = ? and named.role = 'part'",
        [finding],
    ).fetchall()
    assert figures == [(parts,)]


def test_no_other_breakdown_is_found(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select source_id, measure, dimension, reported_total, computed_total, verdict"
        " from marts.fct_subtotal_check where verdict not in ('pass', 'unknown')"
    ).fetchall()
    assert sorted(found) == sorted(PART_A)
    told = "select count(*) from audit.finding where check_name like '%subtotals%'"
    assert published.execute(told).fetchall() == [(len(PART_A),)]


def test_rounded_parts_are_no_error(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select verdict, residual_value from marts.fct_subtotal_check"
        " where source_id = 'dnyxxg-20260318' and dimension = 'disposition'"
    ).fetchall()
    assert found == [("pass", 5_771 - (127 + 4_400 + 900 + 340))]


@pytest.mark.parametrize("dataset", COUNTS)
def test_every_row_of_the_files_is_in_raw_and_none_in_quarantine(
    published: duckdb.DuckDBPyConnection, dataset: str
) -> None:
    loaded = published.execute(f"select count(*) from raw.{dataset}").fetchall()
    assert loaded == [(COUNTS[dataset],)] == [(len(rows_in_files(dataset)),)]
    held = "select count(*) from audit.quarantine union all select count(*) from raw.rejected_row"
    assert published.execute(held).fetchall() == [(0,), (0,)]


def test_the_checks_count_what_the_mart_says(published: duckdb.DuckDBPyConnection) -> None:
    counted = published.execute(
        "select sum(tested_count), sum(failed_count), sum(unknown_count) from audit.check_result"
        " where table_name = 'intermediate.int_breakdown_members' and kind = 'group'"
    ).fetchall()
    said = published.execute(
        "select count(*) filter (where verdict <> 'unknown'),"
        " count(*) filter (where verdict in ('fail', 'warn')),"
        " count(*) filter (where verdict = 'unknown') from marts.fct_subtotal_check"
    ).fetchall()
    assert counted == said


def test_totals_added_up_from_the_files_are_those_of_the_mart(
    published: duckdb.DuckDBPyConnection,
) -> None:
    figures: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for row in sorted(rows_in_files("figures"), key=lambda row: row["value_qualifier"] != "exact"):
        key = tuple(row[name] for name in BREAKDOWN.split(", "))
        figures[key].setdefault(row["category"], int(row["value"] or 0))
    for by_category in figures.values():
        if "CHN_TWN" in by_category:
            by_category.pop("CHN", None)
            by_category.pop("TWN", None)
    said = published.execute(
        f"select {BREAKDOWN}, computed_total, residual_value from marts.fct_subtotal_check"
        " where whole_dimension = 'total' and reported_total is not null"
    ).fetchall()
    assert len(said) > 200
    for *named, computed, residual in said:
        *place, dimension = map(str, named)
        added = sum(figures[*place, dimension].values())
        assert added == computed, named
        assert figures[*place, "total"]["TOTAL"] - added == residual, named
