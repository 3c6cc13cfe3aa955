from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.two_pages import Row
    from tests.night.conftest import Folder

COLUMNS = "figure_id source_id measure geography period_start period_end dimension category"
COLUMNS += " value value_qualifier breakdown_complete note"


@dataclass(frozen=True)
class Bad:
    """What is wrong with one row, and the columns that must be blamed for it."""

    values: Row
    blamed: tuple[str, ...]

    @staticmethod
    def one(**values: str) -> Bad:
        return Bad(values, tuple(values))


BAD = {
    "no number": Bad.one(value="many"),
    "grouped digits amiss": Bad.one(value="58,52"),
    "a fraction": Bad.one(value="26.5"),
    "an exponent": Bad.one(value="1e3"),
    "hexadecimal": Bad.one(value="0x1F"),
    "digits that are none": Bad.one(value="½"),
    "a formula": Bad.one(value="=1+1"),
    "a number in words for none": Bad.one(value="NULL"),
    "no value": Bad.one(value=""),
    "only space": Bad.one(value="  "),
    "a negative number": Bad.one(value="-5"),
    "a number too large to hold": Bad.one(value="9" * 30),
    "not a number": Bad.one(value="NaN"),
    "an unknown source": Bad.one(source_id="nobody"),
    "no source": Bad.one(source_id=""),
    "an unknown country": Bad.one(geography="XYZ"),
    "a country in lower case": Bad.one(geography="khm"),
    "an unknown nationality": Bad.one(category="XYZ"),
    "a month that is none": Bad.one(period_end="2024-13-01"),
    "a day that is none": Bad.one(period_end="2023-02-29"),
    "a date in another order": Bad.one(period_start="12/08/2024"),
    "a date with a time": Bad.one(period_start="2024-08-12T00:00:00"),
    "no date": Bad.one(period_start=""),
    "an end before the start": Bad.one(period_end="1999-12-31"),
    "an unknown qualifier": Bad.one(value_qualifier="roughly"),
    "an unknown completeness": Bad.one(breakdown_complete="maybe"),
    "no identifier": Bad.one(figure_id=""),
    "a measure with spaces": Bad.one(measure="Persons arrested"),
    "no dimension": Bad.one(dimension=""),
    "a total of a part": Bad({"dimension": "total", "category": "CHN"}, ("category",)),
    "several faults": Bad.one(value="-x", geography="", value_qualifier="roughly"),
}


def page(name: str, *values: str) -> list[Row]:
    """A source with a total of 30 and nationalities that are all of it, on a day of its own."""
    number = int(name.rpartition("-")[2])
    day = f"2024-{1 + number // 28:02}-{1 + number % 28:02}"
    parts = zip(("CHN", "VNM", "THA"), values, strict=False)
    shared = f"{name},persons_arrested,KHM,{day},{day}"
    figures = [("total", "TOTAL", "30"), *(("nationality", *part) for part in parts)]
    lines = [
        f"{name}.{category},{shared},{dimension},{category},{value},exact,yes,"
        for dimension, category, value in figures
    ]
    return list(csv.DictReader(lines, COLUMNS.split()))


def as_csv(rows: list[Row]) -> list[str]:
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS.split(), lineterminator="\n").writerows(rows)
    return text.getvalue().splitlines()


PAGE = {case: f"page-{number:03}" for number, case in enumerate(BAD)}
SOUND, TWICE, SHORT, LONG = (f"page-{number:03}" for number in range(len(BAD), len(BAD) + 4))
FILE, RAGGED = "figures/pages.csv", "figures/ragged.csv"


@pytest.fixture(scope="module")
def damaged(new_folder: Callable[[], Folder]) -> Folder:
    made = new_folder()
    pages = [page(name, "20", "10") for name in PAGE.values()]
    for rows, bad in zip(pages, BAD.values(), strict=True):
        rows[2] |= bad.values
    twice = page(TWICE, "15", "10", "5")
    twice[3]["figure_id"] = twice[2]["figure_id"]
    made.write(FILE, [*chain.from_iterable(pages), *page(SOUND, "20", "10"), *twice])
    short, long = as_csv(page(SHORT, "20", "10")), as_csv(page(LONG, "20", "10"))
    lines = [COLUMNS.replace(" ", ","), *short[:2], short[2][:-9], *long[:2], long[2] + ",9,9"]
    made.put(RAGGED, "\n".join(lines) + "\n")
    made.write(
        "sources/sources.csv",
        [
            {"source_id": name, "publisher": "The Daily"}
            for name in (*PAGE.values(), SOUND, TWICE, SHORT, LONG)
        ],
    )
    assert made.night(few_rows=1000) == 0
    return made


def row_number(case: str) -> int:
    return 2 + 3 * list(BAD).index(case) + 2


def held(folder: Folder, file: str, number: int) -> list[dict[str, Any]]:
    names = ("dataset", "column_name", "raw_text", "reason", "row_text")
    rows = folder.rows(
        f"select {', '.join(names)} from audit.quarantine where file = ? and row_number = ?",
        file,
        number,
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_held_verbatim_with_every_reason(damaged: Folder, case: str) -> None:
    bad, entries = BAD[case], held(damaged, FILE, row_number(case))
    assert {entry["column_name"] for entry in entries} == set(bad.blamed)
    for entry in entries:
        assert entry["dataset"] == "figures"
        assert entry["raw_text"] == bad.values[entry["column_name"]]
        assert entry["reason"].startswith("expected ")
        assert json.loads(entry["row_text"]) == page(PAGE[case], "20", "10")[2] | bad.values


@pytest.mark.parametrize("case", BAD)
def test_the_breakdown_that_lost_a_row_is_unknown(damaged: Folder, case: str) -> None:
    verdicts = "select verdict, unknown_reason from marts.fct_subtotal_check where source_id = ?"
    ((verdict, reason),) = damaged.rows(verdicts, PAGE[case])
    assert verdict == "unknown"
    assert "held" in reason


@pytest.mark.parametrize("name", [TWICE, SHORT, LONG])
def test_the_breakdown_of_a_row_that_cannot_be_told_is_unknown(damaged: Folder, name: str) -> None:
    verdicts = "select verdict from marts.fct_subtotal_check where source_id = ?"
    assert damaged.rows(verdicts, name) == [("unknown",)]


def test_a_breakdown_with_all_its_rows_is_judged_beside_damaged_ones(damaged: Folder) -> None:
    verdicts = "select source_id, verdict from marts.fct_subtotal_check where verdict <> 'unknown'"
    assert damaged.rows(verdicts) == [(SOUND, "pass")]
    assert damaged.rows("from audit.finding where check_name like '%subtotals%'") == []


@pytest.mark.parametrize(
    ("row", "both", "group", "place"),
    [
        ("VNM,THA,2030-01-01,,", "pass", "pass", ""),
        ("VNM,THA,soon,,", "unknown", "pass", "reference/memberships.csv, row 2"),
        ("VNM,THAI,2020-01-01,,", "unknown", "unknown", "reference/memberships.csv, row 2"),
        ("VNM,THAI,2030-01-01,,", "pass", "pass", ""),
        ("VNM,THA,2020-01-01", "unknown", "pass", "reference/memberships.csv, row 2"),
    ],
)
def test_a_sum_that_a_held_membership_could_concern_is_unknown(
    new_folder: Callable[[], Folder], row: str, both: str, group: str, place: str
) -> None:
    made = new_folder()
    pages = [page("both-1", "20", "10"), page("group-2", "20", "10")]
    pages[0][1]["category"] = "THA"
    made.write(FILE, [*chain.from_iterable(pages)])
    sources = [{"source_id": name, "publisher": "The Daily"} for name in ("both-1", "group-2")]
    made.write("sources/sources.csv", sources)
    header = "group_category,member_category,from_date,until_date,reason"
    made.put("reference/memberships.csv", f"{header}\n{row}\n")
    assert made.night(few_rows=1000) == 0
    told = made.rows("select source_id, verdict, unknown_reason from marts.fct_subtotal_check")
    assert {name: verdict for name, verdict, _ in told} == {"both-1": both, "group-2": group}
    assert all(reason.endswith(f"is held: {place}") for *_, reason in told if reason)


def test_the_rows_beside_a_bad_one_are_published_as_they_are(damaged: Folder) -> None:
    published = damaged.rows(
        "select source_id, category, reported_value from marts.fct_reported_figure"
    )
    good = [(name, *figure) for name in PAGE.values() for figure in (("TOTAL", 30), ("CHN", 20))]
    good += [(SOUND, "TOTAL", 30), (SOUND, "CHN", 20), (SOUND, "VNM", 10)]
    good += [(TWICE, "TOTAL", 30), (TWICE, "CHN", 15)]
    good += [(name, *figure) for name in (SHORT, LONG) for figure in (("TOTAL", 30), ("CHN", 20))]
    assert sorted(published) == sorted(good)


def test_rows_with_one_identifier_are_held_all(damaged: Folder) -> None:
    held_twice = damaged.rows(
        "select row_number, column_name from audit.quarantine where raw_text = ? order by all",
        f"{TWICE}.VNM",
    )
    last = 1 + 3 * len(BAD) + 3 + 4
    assert held_twice == [(last - 1, "figure_id"), (last, "figure_id")]


@pytest.mark.parametrize(("number", "fields"), [(4, 10), (7, 14)])
def test_a_row_with_other_fields_than_the_header_is_held_as_it_stands(
    damaged: Folder, number: int, fields: int
) -> None:
    (entry,) = held(damaged, RAGGED, number)
    line = (damaged.raw / RAGGED).read_text().splitlines()[number - 1]
    assert entry["row_text"] == line
    assert str(fields) in entry["reason"]


def test_every_row_of_a_file_is_loaded_or_held_and_counted_once(damaged: Folder) -> None:
    counts = "select file, status, rows_in_file, rows_loaded, rows_quarantined"
    rows = damaged.rows(f"{counts} from audit.input_file where dataset = 'figures' order by all")
    held_rows = len(BAD) + 2
    total = 3 * len(BAD) + 3 + 4
    assert rows == [
        (FILE, "loaded_in_part", total, total - held_rows, held_rows),
        (RAGGED, "loaded_in_part", 6, 4, 2),
    ]
    assert damaged.rows("select file, count(*) from marts.fct_reported_figure group by all") == [
        (FILE, total - held_rows),
        (RAGGED, 4),
    ]
    assert damaged.rows("select figures_read, figures_held, figures_published from audit.run") == [
        (total + 6, held_rows + 2, total - held_rows + 4)
    ]


def test_every_reason_that_a_row_is_held_for_is_a_finding(damaged: Folder) -> None:
    findings = damaged.rows("select file, row_number from audit.finding order by all")
    reasons = damaged.rows("select file, row_number from audit.quarantine order by all")
    assert findings == reasons
    nights = "select distinct run_id from audit.quarantine"
    assert damaged.rows(nights) == damaged.rows("select run_id from audit.run")


def test_a_held_source_holds_the_figures_that_it_printed(folder: Folder) -> None:
    folder.change("sources/sources.csv", 2, published_date="soon")
    assert folder.night() == 0
    bad = folder.read("sources/sources.csv")[0]["source_id"]
    assert folder.rows("select distinct source_id from marts.fct_reported_figure") == [
        (name,) for name in {row["source_id"] for row in folder.read("sources/sources.csv")} - {bad}
    ]
    held_rows = "select dataset, count(distinct row_number) from audit.quarantine group by all"
    assert dict(folder.rows(held_rows))["sources"] == 1
    assert dict(folder.rows(held_rows))["figures"] in (13, 14)


def test_a_file_without_a_mandatory_column_is_refused_and_the_others_go_on(
    yesterday: Folder,
) -> None:
    rows = yesterday.read("figures/lao.csv")
    for row in rows:
        row["amount"] = row.pop("value")
    yesterday.write("figures/lao.csv", rows)
    assert yesterday.night() == 0
    columns = "select status, rows_in_file, rows_loaded, rows_quarantined, message"
    latest = f"{columns} from audit.input_file where file = ? order by run_id desc limit 1"
    ((*counts, message),) = yesterday.rows(latest, "figures/lao.csv")
    assert counts == ["refused", 0, 0, 0]
    assert "`value`" in message
    assert yesterday.rows("select distinct file from marts.fct_reported_figure") == [
        ("figures/khm.csv",)
    ]
    assert yesterday.findings()["figures/lao.csv"][:2] == ("file_is_readable", "new")


def test_an_unknown_column_is_told_and_kept_in_raw(yesterday: Folder) -> None:
    rows = yesterday.read("figures/lao.csv")
    yesterday.write("figures/lao.csv", [{**row, "checked_by": "Sok"} for row in rows])
    assert yesterday.night() == 0
    kept = "select distinct unknown_columns from raw.figures where file = 'figures/lao.csv'"
    assert yesterday.rows(kept) == [('{"checked_by":"Sok"}',)]
    assert yesterday.findings()["figures/lao.csv"][:2] == ("file_is_as_declared", "new")
    message = "select message from audit.finding where subject = 'figures/lao.csv'"
    assert "checked_by" in yesterday.rows(message)[0][0]


def test_a_row_mended_leaves_the_quarantine_but_not_the_record(yesterday: Folder) -> None:
    good = yesterday.change("figures/lao.csv", 9)["value"]
    for value in ("many", good):
        yesterday.change("figures/lao.csv", 9, value=value)
        assert yesterday.night() == 0
    held_rows = "select figures_held, figures_published from audit.run order by run_id"
    assert yesterday.rows(held_rows) == [(0, 27), (1, 26), (0, 27)]
    assert len(yesterday.rows("from audit.quarantine")) == 1
    states = {state for _, state, *_ in yesterday.findings().values()}
    assert states == {"persisting", "resolved"}
