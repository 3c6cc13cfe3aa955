from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.extract import DatasetSpec, InputFile, fingerprint, survey
from etl.extract.load import load

if TYPE_CHECKING:
    from tests.extract.conftest import Night

REAL = Path(__file__).parents[2] / "data/raw"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GOOD = "id,value\na,1\n"


@pytest.mark.parametrize("dataset", ["figures", "sources", "claims"])
def test_every_real_row_is_loaded_verbatim(night: Night, dataset: str) -> None:
    shutil.copytree(REAL / dataset, night.raw / dataset)
    header: tuple[str, ...] = ()
    expected: list[tuple[object, ...]] = []
    for path in sorted((night.raw / dataset).iterdir()):
        with path.open(newline="", encoding="utf-8") as file:
            first, *rows = csv.reader(file)
        header = tuple(first)
        expected += [(f"{dataset}/{path.name}", n, *row) for n, row in enumerate(rows, 2)]
    night.specs[dataset] = DatasetSpec(header)
    outcomes = night.load().values()
    assert {(outcome.status, outcome.message) for outcome in outcomes} == {("loaded", None)}
    columns = ", ".join(["file", "row_number", *header])
    stored = night.rows(f"select {columns} from raw.{dataset} order by file, row_number")
    assert stored == expected
    assert len(stored) > 100


def test_every_dataset_has_its_table_without_any_file(night: Night) -> None:
    assert night.load() == {}
    provenance = ["unknown_columns", "file", "row_number", "file_sha256", "loaded_at"]
    described = [row[:2] for row in night.rows("describe raw.figures")]
    assert [name for name, _ in described] == ["id", "value", "note", *provenance]
    assert [kind for _, kind in described] == ["VARCHAR"] * 5 + ["BIGINT", "VARCHAR", "TIMESTAMP"]
    assert [row[0] for row in night.rows("describe raw.anything")] == provenance
    assert [row[0] for row in night.rows("describe raw.rejected_row")] == [
        "dataset", "file", "row_number", "column_name", "raw_text", "reason", "row_text",
    ]  # fmt: skip


def test_one_bad_file_does_not_stop_the_others(night: Night) -> None:
    night.put("figures/1.csv", GOOD)
    night.put("figures/2.csv", "id,valeu\nb,2\n")
    night.put("figures/3.csv", "id,value\nc,3\n")
    assert [outcome.status for outcome in night.load().values()] == ["loaded", "refused", "loaded"]
    assert night.figures() == [("a", "1", 2), ("c", "3", 2)]


def test_a_folder_that_nobody_reads_is_named_with_those_that_are(night: Night) -> None:
    night.specs["reference_measures"] = DatasetSpec(("code",))
    night.put("figurs/x.csv", GOOD)
    night.put("reference/mesures.csv", GOOD)
    night.put("x.csv", GOOD)
    outcomes = night.load()
    known = "read are `anything/`, `figures/`, `reference/`"
    assert {name: (o.status, o.message) for name, o in outcomes.items()} == {
        "figurs/x.csv": ("ignored", f"lies in `figurs/`, which nobody reads; {known}"),
        "reference/mesures.csv": (
            "ignored",
            "lies in `reference/mesures.*`, which nobody reads; read are `reference/measures.*`",
        ),
        "x.csv": ("ignored", f"lies in no folder, and none has its name; {known}"),
    }


def test_the_refusal_of_the_survey_is_the_outcome(night: Night) -> None:
    (night.raw / "figures").mkdir()
    os.mkfifo(night.raw / "figures/x.csv")
    (outcome,) = night.load().values()
    assert (outcome.status, outcome.sha256) == ("refused", None)
    assert outcome.message == "is a named pipe, not a file"


def test_the_same_bytes_twice_count_once_in_a_dataset(night: Night) -> None:
    for name in ("figures/1.csv", "figures/2.csv", "anything/1.csv"):
        night.put(name, GOOD)
    outcomes = night.load()
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "anything/1.csv": "loaded", "figures/1.csv": "loaded", "figures/2.csv": "ignored",
    }  # fmt: skip
    twice = outcomes["figures/2.csv"]
    assert (
        twice.message
        == "has the same bytes as `figures/1.csv`, which is loaded; delete one of them"
    )
    assert twice.sha256 == outcomes["figures/1.csv"].sha256
    assert night.figures() == [("a", "1", 2)]


def test_a_file_that_grew_since_the_survey_waits_for_the_next_night(night: Night) -> None:
    path = night.put("figures/x.csv", GOOD)
    files = survey(night.raw)
    path.write_text(GOOD + "b,2\n")
    (outcome,) = load(night.connection, files, night.specs, NOW)
    assert (outcome.status, outcome.rows_in_file) == ("refused", 0)
    assert outcome.message == "still being written; will be taken next night"


@pytest.mark.parametrize("bulk_bytes", [0, 1 << 40])
def test_a_file_that_changes_while_it_is_read_leaves_nothing(
    night: Night, monkeypatch: pytest.MonkeyPatch, bulk_bytes: int
) -> None:
    path = night.put("figures/x.csv", GOOD)
    module = sys.modules["etl.extract.load"]
    place_columns = module.place_columns

    def placed(*arguments: object) -> object:
        os.utime(path, ns=(1, 1))
        return place_columns(*arguments)

    monkeypatch.setattr(module, "place_columns", placed)
    (outcome,) = night.load(bulk_bytes=bulk_bytes).values()
    assert outcome.message == "still being written; will be taken next night"
    assert night.figures() == []


def test_a_file_replaced_or_removed_since_the_survey_is_refused(night: Night) -> None:
    for name in ("1", "2"):
        night.put(f"figures/{name}.csv", f"id,value\n{name},1\n")
    files = survey(night.raw)
    files[0].path.unlink()
    files[1].path.unlink()
    os.mkfifo(files[1].path)
    gone, piped = load(night.connection, files, night.specs, NOW)
    assert (gone.status, gone.message) == ("refused", "cannot be read: No such file or directory")
    assert (piped.status, piped.message) == (
        "refused",
        "still being written; will be taken next night",
    )


def test_an_open_dataset_has_the_union_of_columns_in_order_of_appearance(night: Night) -> None:
    night.put("anything/1.csv", "b,a\n1,2\n")
    night.put("anything/2.csv", "c,B\n3,4\n")
    night.put("anything/3.csv", 'd,"x\ny,1\n')
    outcomes = night.load()
    assert outcomes["anything/3.csv"].status == "refused"
    described = [row[0] for row in night.rows("describe raw.anything")]
    assert described[:4] == ["b", "a", "c", "unknown_columns"]
    assert night.rows("select b, a, c, row_number from raw.anything order by file") == [
        ("1", "2", None, 2),
        ("4", None, "3", 2),
    ]


def test_an_open_dataset_keeps_names_that_raw_needs_beside(night: Night) -> None:
    outcome = night.load_one("anything/x.csv", "a,File,\n1,2,3\n")
    assert (
        outcome.message == "columns `File`, `` are named as raw needs it and are kept in raw only"
    )
    assert night.rows("select a, file, unknown_columns from raw.anything") == [
        ("1", "anything/x.csv", '{"File":"2","":"3"}')
    ]


@pytest.mark.parametrize(
    "hostile", ["a'b", 'a"b', "'; drop table raw.figures; --", "a\nb", "ក *[x]"]
)
def test_hostile_names_are_only_data(night: Night, hostile: str) -> None:
    folder = f"{hostile}.d"
    night.specs[folder] = DatasetSpec((hostile,), open=False)
    header = hostile.replace('"', '""')
    outcome = night.load_one(f"{folder}/{hostile}.csv", f'"{header}","{header}?"\n1,2\n')
    assert (outcome.status, outcome.rows_loaded) == ("loaded", 1)
    quoted = folder.replace('"', '""')
    (row,) = night.rows(f'from raw."{quoted}"')
    assert (row[0], row[2]) == ("1", f"{folder}/{hostile}.csv")
    assert night.rows("select count(*) from raw.figures") == [(0,)]


def test_progress_is_told_before_each_file(night: Night) -> None:
    night.put("figures/1.csv", GOOD)
    night.put("x.csv", GOOD)
    told: list[InputFile] = []
    files = survey(night.raw)
    load(night.connection, files, night.specs, NOW, told.append)
    assert told == list(files)


def test_the_time_of_loading_is_stored_in_utc(night: Night) -> None:
    night.put("figures/1.csv", GOOD)
    night.connection.execute("set TimeZone = 'Asia/Bangkok'")
    local = NOW.astimezone(timezone(timedelta(hours=7)))
    load(night.connection, survey(night.raw), night.specs, local)
    assert night.rows("select loaded_at from raw.figures") == [(NOW.replace(tzinfo=None),)]


def test_loading_again_begins_anew(night: Night) -> None:
    night.put("figures/1.csv", "id,value\na,1\nb\n")
    assert night.load() == night.load()
    assert len(night.rejected()) == 1


def test_rows_go_to_the_catalog_in_use(night: Night, tmp_path: Path) -> None:
    night.put("figures/1.csv", GOOD)
    night.connection.execute(f"attach '{tmp_path / 'w.duckdb'}' as warehouse; use warehouse")
    night.load()
    night.connection.execute("use memory; detach warehouse")
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as stored:
        assert stored.execute("select id, value from raw.figures").fetchall() == [("a", "1")]


def test_a_spec_may_not_take_a_name_of_provenance(night: Night) -> None:
    night.specs["figures"] = DatasetSpec(("id", "file"))
    with pytest.raises(ValueError, match="figures may not declare file"):
        night.load()


def test_a_lost_row_is_our_fault_and_stops_the_run(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["etl.extract.load"]
    monkeypatch.setattr(module, "insert_batch", lambda *_: 0)
    night.put("figures/1.csv", GOOD)
    with pytest.raises(AssertionError, match="1 rows in the file, but 0 loaded and 0 rejected"):
        night.load()


def test_the_hash_is_that_of_the_file_as_it_lies(night: Night) -> None:
    path = night.put("figures/1.csv", GOOD)
    assert night.load()["figures/1.csv"].sha256 == fingerprint(path)


def test_a_surveyed_file_is_not_opened_when_refused(night: Night) -> None:
    night.put("figures/1.csv", GOOD)
    (file,) = survey(night.raw)
    refused = replace(file, path=Path("/nonexistent"), refusal="because")
    (outcome,) = load(night.connection, [refused], night.specs, NOW)
    assert (outcome.status, outcome.message) == ("refused", "because")


def test_plain_files_bring_in_no_heavy_import(night: Night) -> None:
    night.put("figures/1.csv", GOOD)
    script = (
        "import sys, duckdb; from pathlib import Path; from datetime import datetime\n"
        "from etl.extract import *; from etl.extract.load import load\n"
        f"files = survey(Path({str(night.raw)!r}))\n"
        "specs = {'figures': DatasetSpec((), open=True)}\n"
        "(outcome,) = load(duckdb.connect(), files, specs, datetime.now())\n"
        "heavy = {'pyarrow', 'pandas', 'numpy', 'python_calamine', 'charset_normalizer'}\n"
        "print(outcome.rows_loaded, *heavy & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == [b"1"]
