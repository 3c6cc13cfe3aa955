"""The night on data/raw: which figure is blamed, and what would mend it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from etl.engine.duckdb import rows
from etl.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

REASONED = ("int_explained", "int_suspects", "int_proof_lines", "int_cells_reasoned")
AGAIN = """
import sys, duckdb
from pathlib import Path
from etl.plan import prepare
from etl.reconcile.night import reconcile
from etl.settings import Settings
file, threads = sys.argv[1:3]
with duckdb.connect(file, config={"threads": int(threads)}) as connection:
    connection.execute("set search_path = 'staging,intermediate,marts'")
    for table in sys.argv[3:]:
        connection.execute(f"delete from intermediate.{table}")
    reconcile(connection, prepare((Path("sql"),)), Settings())
"""
H1_2020 = "KHM.suspects_arrested.2020-01-01..2020-06-30.offence_type.human_trafficking"
Q1_2019 = "asianewsit-2019.KHM.persons_arrested.2018-12-20..2019-03-19.nationality"
OFFENCES = "KHM.offence_{}_foreigners.2025-01-01..2025-12-31.offence_type"
WRONG_BASE = [
    "asiaviews-20240812.c04",
    "ettoday-20260112.c02",
    "twyahoo-20260112.c02",
    "postekh-20260122.c01",
    "nst-202001.c01",
    "bpasia-20190508.c01",
]


def suspects(published: duckdb.DuckDBPyConnection, subject: str) -> list[dict[str, Any]]:
    sql = "select * from intermediate.int_suspects where subject = ? order by blame_rank, statement"
    return rows(published, sql, [subject])


def message(published: duckdb.DuckDBPyConnection, subject: str) -> str:
    sql = "select message from audit.finding where subject = ?"
    return str(rows(published, sql, [subject])[0]["message"])


def test_the_thais_926_is_blamed_for_341_and_others_print_the_mend(
    published: duckdb.DuckDBPyConnection,
) -> None:
    first = suspects(published, f"subtotal:{Q1_2019}")[0]
    assert first["figure_id"].endswith("nationality.tha")
    assert (first["mended_value"], first["slip"]) == (26, "digit_added")
    assert (first["blame_band"], first["confirmed_by"]) == ("near-certain", "cd-148947")
    assert "926 (Thailand" in message(published, Q1_2019)
    assert "26 would mend it, as cd-148947 prints: a digit added" in message(published, Q1_2019)


def test_the_finding_keeps_the_blamed_figure_and_the_lines_that_cannot_all_be_true(
    published: duckdb.DuckDBPyConnection,
) -> None:
    blamed = rows(
        published,
        "select figures.* from audit.finding_figure as figures"
        " inner join audit.finding as findings on figures.finding_id = findings.finding_id"
        " where findings.subject = ? and figures.blame_rank = 1",
        [Q1_2019],
    )
    assert [(row["mended_value"], row["slip"]) for row in blamed] == [(26, "digit_added")]
    proof = rows(
        published,
        "select proof.* from audit.finding_proof as proof"
        " inner join audit.finding as findings on proof.finding_id = findings.finding_id"
        " where findings.subject = ? order by line_number",
        [Q1_2019],
    )
    assert any(row["words"].startswith("926 ") and row["blame_rank"] == 1 for row in proof)


@pytest.mark.parametrize("what", ["cases", "persons"])
def test_of_totals_that_miss_by_four_nothing_tells_which_is_wrong(
    published: duckdb.DuckDBPyConnection, what: str
) -> None:
    subject = f"ettoday-20260112.{OFFENCES.format(what)}"
    assert "nothing here can tell which" in message(published, subject)
    assert {row["kind"] for row in suspects(published, f"subtotal:{subject}")} >= {
        "completeness",
        "figure",
    }


@pytest.mark.parametrize("claim", WRONG_BASE)
def test_a_percentage_of_the_wrong_base_is_blamed_on_the_claim_with_its_slip(
    published: duckdb.DuckDBPyConnection, claim: str
) -> None:
    first = suspects(published, f"claim:{claim}")[0]
    assert (first["kind"], first["slip"]) == ("claim", "change_divided_by_new_value")
    assert "Most likely wrong: the claim" in message(published, claim)


def test_of_6_and_36_suspects_the_6_has_lost_a_digit(
    published: duckdb.DuckDBPyConnection,
) -> None:
    first = suspects(published, f"cell:{H1_2020}")[0]
    assert first["figure_id"].startswith("postekh-20200807.")
    assert (first["mended_value"], first["slip"]) == (36, "digit_dropped")


def test_every_disagreement_has_suspects_and_a_proof(
    published: duckdb.DuckDBPyConnection,
) -> None:
    bare = rows(
        published,
        "select subject from audit.finding where finding_id not in"
        " (select finding_id from audit.finding_proof)",
    )
    assert bare == []
    unexplained = rows(
        published, "select * from intermediate.int_explained where status <> 'localized'"
    )
    assert unexplained == []


@pytest.mark.parametrize(("threads", "seed"), [("1", "1"), ("4", "2")])
def test_another_run_reasons_the_same_whatever_its_threads(
    published_folder: Path,
    published: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    threads: str,
    seed: str,
) -> None:
    file = shutil.copy(published_folder / "warehouse.duckdb", tmp_path)
    subprocess.run(
        [sys.executable, "-c", AGAIN, file, threads, *REASONED],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
    )
    with duckdb.connect(file, read_only=True) as again:
        for table in REASONED:
            sql = f"select * exclude (block_fingerprint) from intermediate.{table} order by all"
            assert rows(again, sql) == rows(published, sql)


def test_a_remainder_of_1098_is_left_for_all_others(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        published,
        "select remainder_low, remainder_high from marts.fct_subtotal_check"
        " where source_id = 'asianews-20250328' and period_end = '2024-12-31'"
        " and measure = 'persons_deported'",
    )
    assert found == [{"remainder_low": 1_098, "remainder_high": 1_098}]


def test_counts_that_one_page_leaves_open_come_from_another(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        published,
        "select category, best_value, basis from marts.fct_figure where geography = 'KHM'"
        " and measure = 'persons_deported' and period_end = '2024-12-31'"
        " and period_start = '2024-01-01' and category in ('VNM', 'IDN') order by category",
    )
    assert found == [
        {"category": "IDN", "best_value": 861, "basis": "reported"},
        {"category": "VNM", "best_value": 1_198, "basis": "reported"},
    ]


def test_where_nothing_is_in_doubt_the_best_value_is_the_reported_one(
    published: duckdb.DuckDBPyConnection,
) -> None:
    other = rows(
        published,
        "select * from marts.fct_figure where not is_in_conflict and figures_count > 0"
        " and basis <> 'reported'",
    )
    assert other == []
