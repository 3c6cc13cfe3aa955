from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from etl.engine.duckdb import SCHEMAS
from tests.night.test_kill import kill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.night.conftest import Folder

LAO, KHM, SOURCES, CLAIMS = (
    "figures/lao.csv",
    "figures/khm.csv",
    "sources/sources.csv",
    "claims/claims.csv",
)
# What a run stamps on its rows, and what says how they came here.
OF_THE_RUN = {"run_id", "loaded_at", "is_carried", "seconds", "first_seen_at", "last_seen_at"}
HISTORY = {"audit.run", "audit.finding", "audit.finding_figure", "audit.finding_proof"}
OPEN = {"max_fall_share": 1.0, "max_held_share": 1.0}


def contents(folder: Folder) -> dict[str, Counter[Any]]:
    """Every row of every table as the last night left it, less what is of the run itself."""
    found = {}
    with folder.open() as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index)"
            " from duckdb_columns() where list_contains(?, schema_name) group by all",
            [[*SCHEMAS]],
        ).fetchall()
        for table, columns in tables:
            if table in HISTORY:
                continue
            kept = ", ".join(f'"{name}"' for name in columns if name not in OF_THE_RUN)
            last = " where run_id = (select max(run_id) from audit.run)"
            where = last if "run_id" in columns else ""
            rows = connection.execute(f"select {kept} from {table}{where}").fetchall()
            found[table] = Counter(map(repr, rows))
        # Those of nights before stay while nobody can tell whether they are gone; and what has
        # gone since can be told only by who was there.
        told = (
            "select check_name, subject, message, evidence from audit.finding"
            " where state <> 'resolved'"
            " and last_seen_at = (select max_by(started_at, run_id) from audit.run)"
            " and check_name <> 'file_is_still_there'"
        )
        found["findings"] = Counter(map(repr, connection.execute(told).fetchall()))
    return found


def carried(folder: Folder, table: str = "model_run", name: str = "model") -> set[str]:
    last = "run_id = (select max(run_id) from audit.run)"
    rows = folder.rows(f"select {name} from audit.{table} where {last} and is_carried")
    return {row[0] for row in rows}


def assert_as_from_scratch(folder: Folder, scratch: Path) -> None:
    anew = type(folder)(folder.raw, scratch)
    assert anew.night(**OPEN) == 0
    found, expected = contents(folder), contents(anew)
    assert found.keys() == expected.keys()
    assert not {
        table: (found[table] - expected[table], expected[table] - found[table])
        for table in found
        if found[table] != expected[table]
    }


def test_what_did_not_change_is_carried_over(yesterday: Folder, tmp_path: Path) -> None:
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert carried(yesterday, "input_file", "file") >= {KHM, SOURCES, CLAIMS}
    assert LAO not in carried(yesterday, "input_file", "file")
    models = carried(yesterday)
    assert {
        "staging.stg_qualifiers",
        "staging.stg_measures",
        "intermediate.int_memberships",
    } <= models
    assert not {"staging.stg_figures", "marts.fct_reported_figure"} & models
    assert_as_from_scratch(yesterday, tmp_path)


def test_rows_that_are_carried_over_keep_the_time_at_which_they_were_read(
    yesterday: Folder,
) -> None:
    times = "select distinct file, loaded_at from raw.figures"
    before = dict(yesterday.rows(times))
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert dict(yesterday.rows(times))[KHM] == before[KHM]


def test_force_carries_nothing_over(yesterday: Folder) -> None:
    assert yesterday.night(force=True) == 0
    assert not carried(yesterday)
    assert not carried(yesterday, "input_file", "file")


def test_nothing_that_other_code_made_is_carried_over(
    yesterday: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.carry.version", lambda _: "another")
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert not carried(yesterday)
    assert not carried(yesterday, "input_file", "file")


def test_a_model_that_changed_is_made_anew_with_what_reads_it_and_no_other(
    yesterday: Folder,
) -> None:
    models = yesterday.models(stg_more__measures=OTHER_MEASURES)
    assert yesterday.night(models=models) == 0
    kept = carried(yesterday)
    assert "staging.stg_sources" in kept
    assert not {"staging.stg_measures", "marts.dim_measure"} & kept


OTHER_MEASURES = """-- One row per measure of another list.
select 'swans_counted' as measure, 'swans' as label, 'birds' as unit, 'flow' as kind,
    'Swans.' as description, 'swans' as file, cast(1 as bigint) as row_number
"""


def test_a_held_row_is_held_again_without_being_read_again(
    yesterday: Folder, tmp_path: Path
) -> None:
    yesterday.change(KHM, 3, value="n/a")
    yesterday.change(SOURCES, 2, published_date="soon")
    assert yesterday.night(**OPEN) == 0
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night(**OPEN) == 0
    assert {KHM, SOURCES} <= carried(yesterday, "input_file", "file")
    last = "(select max(run_id) from audit.run)"
    held = yesterday.rows(f"select file from audit.quarantine where run_id = {last}")
    assert {KHM, SOURCES} <= {file for (file,) in held}
    assert_as_from_scratch(yesterday, tmp_path)


def test_what_is_damaged_is_not_carried_over_but_what_the_kept_one_before_it_made(
    yesterday: Folder, tmp_path: Path
) -> None:
    damaged = bytearray(yesterday.file.read_bytes())
    for place in range(3 * 4096 + 100, len(damaged), 4096):
        damaged[place] ^= 255
    yesterday.file.unlink()  # the first night has another name for it
    yesterday.file.write_bytes(damaged)
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert carried(yesterday, "input_file", "file") >= {KHM, SOURCES, CLAIMS}
    assert_as_from_scratch(yesterday, tmp_path)


@pytest.mark.parametrize(
    ("place", "when", "nth"),
    [
        ("etl.extract.load:_copy", "after", 2),
        ("etl.carry:Yesterday.take_table", "before", 8),
        ("etl.carry:Yesterday.take_table", "after", 30),
        ("etl.repeats:set_aside", "after", 12),
        ("etl.findings.files:tell_gone", "before", 1),
        ("pathlib:Path.replace", "before", 1),
        ("etl.publish:swap", "after", 1),
    ],
)
def test_a_night_killed_while_it_carries_over_ends_where_one_from_scratch_does(
    yesterday: Folder, tmp_path: Path, place: str, when: str, nth: int
) -> None:
    restated, source = yesterday.read(LAO)[-2], yesterday.read(SOURCES)[0]
    later = {"source_id": "later", "published_date": "2024-09-30"}
    yesterday.write("sources/later.csv", [source | later])
    yesterday.write("figures/later.csv", [restated | {"source_id": "later", "value": "490"}])
    (yesterday.raw / CLAIMS).unlink()
    kill(yesterday, place, when, nth)
    assert yesterday.night(**OPEN) == 0
    assert carried(yesterday, "input_file", "file") >= {LAO, KHM, SOURCES}
    assert "staging.stg_nationalities" in carried(yesterday)
    last = "run_id = (select max(run_id) from audit.run)"
    held = f"select file, check_name from audit.quarantine where {last}"
    assert yesterday.rows(held) == [(LAO, "figure_is_not_restated")]
    check, state, *_ = yesterday.findings()[CLAIMS]
    assert (check, state != "resolved") == ("file_is_still_there", True)
    assert_as_from_scratch(yesterday, tmp_path)


def edited(folder: Folder, kind: str, name: str, place: int, number: int) -> None:
    """One edit that a person may make to a raw folder."""
    if not (folder.raw / name).exists():
        return
    rows = folder.read(name)
    row = rows[place % len(rows)]
    if kind == "value" and "value" in row:
        row["value"] = str(number)
    elif kind == "text":
        row[sorted(row)[number % len(row)]] = "n/a"
    elif kind == "drop" and len(rows) > 1:
        rows.remove(row)
    elif kind == "twice":
        rows.append(dict(row))
    elif kind == "rename":
        (folder.raw / name).rename(folder.raw / name.replace(".csv", f"-{number}.csv"))
        return
    elif kind == "copy":
        copy = folder.raw / name.replace(".csv", f"-copy-{number}.csv")
        copy.write_bytes((folder.raw / name).read_bytes())
        return
    elif kind == "ragged":
        with (folder.raw / name).open("a", encoding="utf-8") as stream:
            stream.write("one,field,too,few\n")
        return
    folder.write(name, rows)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(("value", "text", "drop", "twice", "rename", "copy", "ragged")),
        st.sampled_from((LAO, KHM, KHM, SOURCES, CLAIMS, "reference/measures.csv")),
        st.integers(0, 60),
        st.integers(0, 3000),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # an example is several nights: none is tried smaller
)
@given(edits=EDITS)
def test_nights_that_carry_over_end_where_a_night_from_scratch_does(
    edits: list[tuple[str, str, int, int]],
    new_folder: Callable[[], Folder],
    first_night: Folder,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = new_folder()
    for name in (LAO, KHM, SOURCES, CLAIMS):
        folder.put(name, (first_night.raw / name).read_bytes())
    first_night.linked(folder)
    for edit in edits:
        edited(folder, *edit)
        assume(folder.night(**OPEN) == 0)
    assert_as_from_scratch(folder, tmp_path_factory.mktemp("scratch"))
