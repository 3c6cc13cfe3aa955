from __future__ import annotations

import csv
import io
import json
import os
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.two_pages import Row
    from tests.night.conftest import Folder, Table

FAILS = "asianewsit-2019.KHM.persons_arrested.2018-12-20..2019-03-19.nationality"
ADDS_UP = "laotiantimes-20240820.LAO.persons_arrested_scam.2024-08-12..2024-08-12.sex"
# The page of FAILS gives two numbers of victims.
DIFFERS = "KHM.foreign_crime_victims.2018-12-20..2019-03-19.total.TOTAL"
PLACES = ("file", "row_number")
# A country's own table, one row per year and its count, as figures.
OTHER_SHAPE = """-- One row per yearly count.
select
    concat('yearly.', year) as figure_id,
    'asianewsit-2019' as source_id,
    'persons_deported' as measure,
    'KHM' as geography,
    try_cast(concat(year, '-01-01') as date) as period_start,
    try_cast(concat(year, '-12-31') as date) as period_end,
    'total' as dimension,
    'TOTAL' as category,
    try_cast(deported as bigint) as reported_value,
    deported as value_text,
    'exact' as value_qualifier,
    'unknown' as breakdown_complete,
    file,
    row_number
from raw.yearly
"""


def difference(
    before: Mapping[str, Table], after: Mapping[str, Table]
) -> dict[str, tuple[list[Any], list[Any]]]:
    assert before.keys() == after.keys()
    changes = {
        name: (
            [*(before[name] - after[name]).elements()],
            [*(after[name] - before[name]).elements()],
        )
        for name in before
    }
    return {name: change for name, change in changes.items() if any(change)}


def firsts(rows: list[Any]) -> list[Any]:
    return sorted(row[0] for row in rows)


def statuses(folder: Folder) -> list[str]:
    return [status for (status,) in folder.rows("select status from audit.run order by run_id")]


def test_a_second_night_does_nothing(folder: Folder) -> None:
    folder.night()
    before = folder.file.read_bytes()
    assert folder.night() == 0
    assert folder.file.read_bytes() == before
    assert len(folder.noted()) == 1


# What is made of all the evidence on a quantity.
CELLS = ("fct_figure", "fct_figure_corroboration")


def test_a_row_deleted_takes_away_what_it_stood_for_and_nothing_else(yesterday: Folder) -> None:
    before, findings = yesterday.marts(), yesterday.findings()
    *kept, deleted = yesterday.read("figures/lao.csv")
    yesterday.write("figures/lao.csv", kept)
    assert yesterday.night() == 0
    changes = difference(before, yesterday.marts())
    assert changes.keys() == {
        *CELLS,
        "fct_cell_bounds",
        "fct_reported_figure",
        "fct_subtotal_check",
        "dim_measure",
        "dim_period",
    }
    gone, come = changes["fct_reported_figure"]
    assert (firsts(gone), come) == ([deleted["figure_id"]], [])
    gone, come = changes["fct_subtotal_check"]
    assert ([row[1:3] for row in gone], come) == ([(deleted["source_id"], deleted["measure"])], [])
    gone, come = changes["dim_period"]
    assert (firsts(gone), come) == ([date.fromisoformat(deleted["period_start"])], [])
    gone, come = changes["dim_measure"]  # it is declared still, but used no more
    assert firsts(gone) == firsts(come) == [deleted["measure"]]
    assert {subject: row[:2] for subject, row in yesterday.findings().items()} == {
        FAILS: ("subtotals_do_not_exceed_total", "persisting"),
        DIFFERS: ("sources_agree", "persisting"),
    }
    assert yesterday.findings()[FAILS][2] == findings[FAILS][2]


def test_a_value_mended_resolves_its_finding_and_nothing_else(yesterday: Folder) -> None:
    before, findings = yesterday.marts(), yesterday.findings()
    assert yesterday.change("figures/khm.csv", 5, value="26")["category"] == "THA"
    assert yesterday.night() == 0
    changes = difference(before, yesterday.marts())
    assert changes.keys() == {*CELLS, "fct_reported_figure", "fct_subtotal_check"}
    block = [row["figure_id"] for row in yesterday.read("figures/khm.csv")[:6]]
    gone, come = changes["fct_reported_figure"]  # its siblings are cleared of the suspicion
    assert firsts(gone) == firsts(come) == sorted(block)
    values = "select figure_id, reported_value, breakdown_verdict from marts.fct_reported_figure"
    assert (block[3], 26, "pass") in yesterday.rows(values)
    assert len(changes["fct_subtotal_check"][1]) == 1
    found = yesterday.findings()
    assert {subject: row[1] for subject, row in found.items()} == {
        FAILS: "resolved",
        DIFFERS: "persisting",
    }
    assert found[FAILS][2:] == findings[FAILS][2:]


def test_a_value_broken_adds_a_finding_and_the_others_persist(yesterday: Folder) -> None:
    before, findings = yesterday.marts(), yesterday.findings()
    assert yesterday.change("figures/lao.csv", 13, value="498")["category"] == "male"
    assert yesterday.night() == 0
    changes = difference(before, yesterday.marts())
    judged = {"fct_subtotal_check", "fct_claim_check"}
    assert changes.keys() == {*CELLS, *judged, "fct_reported_figure"}
    assert len(changes["fct_subtotal_check"][1]) == len(changes["fct_claim_check"][1]) == 1
    found = yesterday.findings()
    assert {subject: row[1] for subject, row in found.items()} == {
        FAILS: "persisting",
        DIFFERS: "persisting",
        ADDS_UP: "new",  # the page's claim of the same sum is told with it
    }
    assert found[FAILS][2] == findings[FAILS][2]
    ((started_at,),) = yesterday.rows("select max(started_at) from audit.run")
    assert found[FAILS][3] == found[ADDS_UP][2] == found[ADDS_UP][3] == started_at
    run_ids = "select distinct run_id from audit.finding"
    assert yesterday.rows(run_ids) == yesterday.rows("select max(run_id) from audit.run")


def test_a_finding_that_returns_is_new_again_but_keeps_its_first_date(yesterday: Folder) -> None:
    first_seen_at = yesterday.findings()[FAILS][2]
    for value, state in (("26", "resolved"), ("926", "new")):
        yesterday.change("figures/khm.csv", 5, value=value)
        assert yesterday.night() == 0
        assert yesterday.findings()[FAILS][1:3] == (state, first_seen_at)


def test_a_finding_that_is_resolved_stays_on_record(yesterday: Folder) -> None:
    yesterday.change("figures/khm.csv", 5, value="26")
    assert [yesterday.night(), yesterday.night(force=True)] == [0, 0]
    assert yesterday.findings()[FAILS][1] == "resolved"
    resolved = yesterday.rows("select findings_resolved from audit.run order by run_id")
    assert resolved == [(0,), (1,), (0,)]


def test_a_file_added_brings_its_rows_and_nothing_else(yesterday: Folder) -> None:
    before = yesterday.marts()
    for dataset in ("figures", "sources"):
        rows = read_real(dataset)
        yesterday.write(
            f"{dataset}/india.csv",
            [row for row in rows if row["source_id"] == "sentinelassam-20240901"],
        )
    assert yesterday.night() == 0
    changes = difference(before, yesterday.marts())
    assert {name: (len(gone), len(come)) for name, (gone, come) in changes.items()} == {
        "dim_dimension": (2, 2),  # in use now, as are the next two
        "dim_geography": (1, 1),
        "dim_measure": (1, 1),
        "dim_period": (0, 1),
        "dim_source": (0, 1),
        "fct_figure": (0, 5),
        "fct_figure_corroboration": (0, 5),
        "fct_reported_figure": (0, 5),
        "fct_subtotal_check": (0, 2),
    }
    assert yesterday.findings().keys() == {FAILS, DIFFERS}


def test_a_file_renamed_changes_where_its_figures_are_found_only(yesterday: Folder) -> None:
    before = yesterday.marts("file")
    path = yesterday.raw / "figures" / "khm.csv"
    path.rename(path.with_name("cambodia.csv"))
    assert yesterday.night() == 0
    assert difference(before, yesterday.marts("file")) == {}
    assert yesterday.findings()[FAILS][1] == "persisting"
    files = yesterday.rows("select distinct file from marts.fct_reported_figure order by all")
    assert files == [("figures/cambodia.csv",), ("figures/lao.csv",)]


def test_a_file_only_touched_is_no_work(folder: Folder) -> None:
    folder.night()
    for path in folder.raw.rglob("*.csv"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    for _ in range(2):
        assert folder.night() == 0
    assert len(folder.noted()) == 2
    entries = json.loads((folder.warehouse / "state.json").read_text())["files"]
    assert {entry["mtime_ns"] for entry in entries} == {10**18}


def test_a_changed_setting_is_work_and_is_remembered(folder: Folder) -> None:
    assert [folder.night(), folder.night(few_rows=5), folder.night(few_rows=5)] == [0, 0, 0]
    assert statuses(folder) == ["published"] * 2
    assert len(folder.noted()) == 1


def test_a_setting_of_the_machine_is_no_work(folder: Folder) -> None:
    assert [folder.night(), folder.night(threads=1, memory_limit="1GB")] == [0, 0]
    assert len(folder.noted()) == 1


def test_a_folder_of_models_brings_in_data_of_another_shape(
    yesterday: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.plan.CACHE", tmp_path)
    before = yesterday.marts()
    yesterday.put("yearly/counts.tsv", "year\tdeported\n2019\t1533\n2020\tsome\n2021\t3594\n")
    models = yesterday.models(stg_yearly__figures=OTHER_SHAPE)
    assert yesterday.night(models=models) == 0
    changes = difference(before, yesterday.marts())
    assert changes.keys() == {*CELLS, "fct_reported_figure", "dim_period"}
    gone, come = changes["fct_reported_figure"]
    assert (gone, firsts(come)) == ([], ["yearly.2019", "yearly.2021"])
    held = "select dataset, file, row_number, raw_text, row_text from audit.quarantine"
    ((*place, row_text),) = yesterday.rows(held)
    assert place == ["yearly", "yearly/counts.tsv", 3, "some"]
    assert json.loads(row_text).items() >= {"year": "2020", "deported": "some"}.items()


def test_a_changed_model_is_work(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.plan.CACHE", tmp_path)
    folder.put("yearly/counts.csv", "year,deported\n2019,1533\n")
    for sql in (OTHER_SHAPE, OTHER_SHAPE, OTHER_SHAPE + "where false"):
        assert folder.night(models=folder.models(stg_yearly__figures=sql)) == 0
    assert statuses(folder) == ["published", "unchanged", "published"]


def test_force_works_without_a_change_and_finds_the_same(folder: Folder) -> None:
    folder.night()
    before = folder.marts()
    assert folder.run("--force").returncode == 0
    assert statuses(folder) == ["published"] * 2
    assert difference(before, folder.marts()) == {}
    assert folder.findings()[FAILS][1] == "persisting"


def test_a_dry_run_publishes_nothing_and_leaves_the_state(untouched: Folder) -> None:
    state, reports = (untouched.warehouse / "state.json").read_text(), untouched.reports()
    untouched.change("figures/lao.csv", 13, value="498")
    done = untouched.run("--dry-run")
    assert done.returncode == 0
    assert (untouched.warehouse / "state.json").read_text() == state
    (run_id,) = untouched.reports() - reports
    report = json.loads((untouched.warehouse / "reports" / run_id / "report.json").read_text())
    assert (report["run"]["status"], report["run"]["findings_new"]) == ("dry run", 1)
    assert untouched.noted() == {run_id}


def test_a_dry_run_before_any_night_leaves_no_warehouse(folder: Folder) -> None:
    assert folder.night(dry_run=True) == 0
    assert not folder.file.exists()
    assert not (folder.warehouse / "state.json").exists()


def read_real(dataset: str) -> list[Row]:
    texts = [path.read_text("utf-8") for path in (ROOT / "data/raw" / dataset).glob("*.csv")]
    return [row for text in texts for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.fixture(scope="session")
def as_delivered(new_folder: Callable[[], Folder]) -> Folder:
    made = new_folder()
    assert made.night(raw=ROOT / "data" / "raw") == 0
    return made


@pytest.mark.parametrize("seed", range(3))
def test_order_and_division_of_rows_into_files_change_nothing(
    as_delivered: Folder, folder: Folder, seed: int
) -> None:
    chance = random.Random(seed)
    for dataset in ("figures", "sources", "claims"):
        for path in (folder.raw / dataset).iterdir():
            path.unlink()
        rows = read_real(dataset)
        chance.shuffle(rows)
        parts = chance.randint(1, 5)
        for part in range(parts):
            folder.write(f"{dataset}/{chance.random()}.csv", rows[part::parts])
    assert folder.night() == 0
    assert difference(as_delivered.marts(*PLACES), folder.marts(*PLACES)) == {}
    told = "select finding_id, headline from audit.finding order by all"
    assert folder.rows(told) == as_delivered.rows(told)
