from __future__ import annotations

import gzip
import os
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any

from etl.extract import delimited
from etl.extract.survey import VOCABULARY
from tests.hostile.conftest import REFERENCE
from tests.hostile.making import ALL, HEADER, VALUES, row, table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.hostile.conftest import Folder

SOURCES = "source_id,publisher,title,url,published_date,original_publisher,language\r\n"
NAMES = [
    "with space.csv", "it's.csv", 'a "quoted" one.csv', "two\nlines.csv", "ក é 数.csv",
    "'; drop table x; --.csv", "a*b?.csv", "[1].csv", "{a,b}.csv", "year=2024.csv", "-rf.csv",
    "%s%n.csv", "\x1b[31mred.csv", "<script>alert(1)</script>.csv".replace("/", "_"), "$(id).csv",
    "x" * 240 + ".csv", "CON.csv", "a;b.csv", "..csv.csv",
]  # fmt: skip


def figures(folder: Folder, file: str) -> dict[int, int]:
    return dict(
        folder.rows(
            "select row_number, reported_value from marts.fct_reported_figure where file = ?", file
        )
    )


def lines(*given: dict[str, str]) -> str:
    written = [",".join(HEADER), *(",".join(one[name] for name in HEADER) for one in given)]
    return "\r\n".join(written) + "\r\n"


def findings(folder: Folder, check: str) -> list[tuple[Any, ...]]:
    return folder.rows(
        "select subject, severity, state from audit.finding where check_name = ? order by all",
        check,
    )


def test_hostile_names_are_only_names(folder: Folder) -> None:
    for name in NAMES:
        if not name.startswith("."):
            folder.put(f"figures/{name}", table(name))
    assert folder.night() == 0
    for name in NAMES:
        if not name.startswith("."):
            assert folder.file(f"figures/{name}") == ("loaded", 3, 3, 0, None)
            assert figures(folder, f"figures/{name}") == ALL


def test_the_line_to_add_quotes_a_name_that_needs_it(folder: Folder) -> None:
    name = 'a "b", c.csv'
    folder.put(f"figures/{name}", table(name, ["5,852"]))
    folder.night()
    ((*_, reason),) = folder.quarantined(f"figures/{name}")
    assert '`"figures/a ""b"", c.csv",numbers,"1,234,567.5"`' in reason


def test_what_is_no_file_is_refused_and_stops_nothing(folder: Folder) -> None:
    os.mkfifo(folder.raw / "figures" / "pipe.csv")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder.raw / "figures" / "socket.csv"))
    outside = folder.raw.parent / "outside.csv"
    outside.write_text(table("outside.csv"), encoding="utf-8")
    (folder.raw / "figures" / "out.csv").symlink_to(outside)
    (folder.raw / "figures" / "ring.csv").symlink_to("ring.csv")
    (folder.raw / "figures" / "nowhere.csv").symlink_to("not_there.csv")
    (folder.raw / "figures" / "elsewhere").symlink_to(folder.raw.parent)
    (folder.raw / "figures" / "folder.csv").mkdir()
    assert folder.night() == 0
    listening.close()
    said = {name: folder.file(f"figures/{name}.csv") for name in
            ("pipe", "socket", "out", "ring", "nowhere")}  # fmt: skip
    assert {name: entry[:4] for name, entry in said.items()} == dict.fromkeys(
        said, ("refused", 0, 0, 0)
    )
    led = "is a link that leads out of the raw folder: copy the file instead"
    assert said["pipe"][-1] == "is a named pipe, not a file"
    assert said["socket"][-1] == "is a socket, not a file"
    assert said["out"][-1] == led
    assert folder.file("figures/elsewhere") == ("refused", 0, 0, 0, led)
    assert said["nowhere"][-1].startswith("cannot be looked at: ")
    assert figures(folder, "figures/a_good_one.csv") == ALL


def test_a_file_beyond_all_measure_is_refused_without_being_read(folder: Folder) -> None:
    with (folder.raw / "figures" / "vast.csv").open("wb") as stream:
        stream.truncate(9 << 30)  # a hole: it takes no room
    assert folder.night() == 0
    said = "is too large: 9,663,676,416 bytes, at most 8,589,934,592 are taken"
    assert folder.file("figures/vast.csv") == ("refused", 0, 0, 0, said)
    assert figures(folder, "figures/a_good_one.csv") == ALL


def test_what_is_nobodys_data_is_passed_over(folder: Folder) -> None:
    for name in ("~$x.xlsx", ".DS_Store", ".hidden.csv", "Thumbs.db", "README.md"):
        folder.put(f"figures/{name}", b"\x00\x01not a table")
    assert folder.night() == 0
    read = folder.rows("select file from audit.input_file where dataset = 'figures'")
    assert read == [("figures/a_good_one.csv",)]


def test_a_file_without_permission_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("figures/closed.csv", table("closed.csv"))
    whole = os.access  # root may read all, so the answer is what is tested, not the system
    monkeypatch.setattr(os, "access", lambda path, mode: "closed" not in str(path) and
                        whole(path, mode))  # fmt: skip
    assert folder.night() == 0
    assert folder.file("figures/closed.csv")[-1] == "may not be read: no permission"


def test_a_file_that_grows_while_it_is_read_is_taken_the_next_night(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.put("figures/growing.csv", table("growing.csv"))
    find = delimited.find_layout

    def growing(source: Any, spec: Any) -> Any:
        layout = find(source, spec)
        if source.file.path == path:
            with path.open("a", encoding="utf-8", newline="") as stream:
                stream.write(lines(row("growing.csv", 5)).split("\r\n")[1] + "\r\n")
        return layout

    monkeypatch.setattr("etl.extract.load.find_layout", growing)
    assert folder.night() == 0
    status, *counts, message = folder.file("figures/growing.csv")
    assert (status, counts) == ("refused", [0, 0, 0])
    assert message == "still being written; will be taken next night"
    assert figures(folder, "figures/growing.csv") == {}
    monkeypatch.undo()
    assert folder.night() == 0
    assert figures(folder, "figures/growing.csv") == {**ALL, 5: 5852}


def test_a_file_that_somebody_keeps_writing_is_never_taken_in_part(folder: Folder) -> None:
    path = folder.put("figures/live.csv", table("live.csv"))
    stop = threading.Event()

    def write() -> None:
        number = 5
        with path.open("a", encoding="utf-8", newline="") as stream:
            while not stop.wait(0.001):
                stream.write(lines(row("live.csv", number)).split("\r\n")[1] + "\r\n")
                stream.flush()
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert folder.night() == 0
    finally:
        stop.set()
        writer.join()
    status, in_file, loaded, quarantined, _ = folder.file("figures/live.csv")
    assert in_file == loaded + quarantined
    assert status == "refused" or len(figures(folder, "figures/live.csv")) == in_file


def test_the_same_file_under_two_names_is_taken_once(folder: Folder) -> None:
    content = table("twin.csv")
    folder.put("figures/twin.csv", content)
    folder.put("figures/twin_again.csv", content)
    assert folder.night() == 0
    assert folder.file("figures/twin.csv") == ("loaded", 3, 3, 0, None)
    assert folder.file("figures/twin_again.csv") == (
        "ignored", 0, 0, 0,
        "has the same bytes as `figures/twin.csv`, which is loaded; delete one of them",
    )  # fmt: skip


def test_copies_of_rows_are_set_aside_and_one_is_taken(folder: Folder) -> None:
    folder.put("figures/b.csv", table("twin"))
    folder.put("figures/c.csv", table("twin", note="typed again", end="\n"))
    assert folder.night(max_held_share=0.0, few_rows=0) == 0
    assert folder.file("figures/b.csv") == ("loaded", 3, 3, 0, None)
    assert folder.file("figures/c.csv") == ("loaded_in_part", 3, 0, 3, None)
    assert figures(folder, "figures/b.csv") == ALL
    assert figures(folder, "figures/c.csv") == {}
    assert folder.quarantined("figures/c.csv")[0] == (
        2, "row_is_given_once", "figure_id", "twin.2",
        "says the same as row 2 of figures/b.csv, which is taken",
    )  # fmt: skip
    assert {severity for _, severity, _ in findings(folder, "row_is_given_once")} == {"warning"}
    assert folder.rows(
        "select figures_read, figures_held, figures_published from audit.run"
        " order by run_id desc limit 1"
    ) == [(9, 3, 6)]


def test_one_identifier_with_two_contents_holds_both(folder: Folder) -> None:
    folder.put("figures/b.csv", lines(row("twin", 2), row("twin", 3)))
    folder.put("figures/c.csv", lines(row("twin", 2, value="5853")))
    assert folder.night() == 0
    assert folder.file("figures/b.csv")[:4] == ("loaded_in_part", 2, 1, 1)
    assert folder.file("figures/c.csv")[:4] == ("loaded_in_part", 1, 0, 1)
    assert figures(folder, "figures/b.csv") == {3: 5852}
    assert [held[1] for held in folder.quarantined("figures/c.csv")] == ["figure_id_is_unique"]


def test_two_copies_and_another_content_hold_those_two_that_differ(folder: Folder) -> None:
    again = row("twin", 2)
    folder.put("figures/b.csv", lines(again, again, {**again, "value": "1"}))
    assert folder.night() == 0
    checks = {held[0]: held[1] for held in folder.quarantined("figures/b.csv")}
    assert checks == {
        2: "figure_id_is_unique", 3: "row_is_given_once", 4: "figure_id_is_unique"
    }  # fmt: skip


def test_a_later_page_restates_a_figure_in_whatever_order_they_come(folder: Folder) -> None:
    folder.put("sources/more.csv", SOURCES + "old,P,,,2024-01-15,,en\r\nnew,P,,,2024-06-01,,en\r\n")
    for first, second, name in (("old", "new", "one"), ("new", "old", "other")):
        folder.put(f"figures/b_{name}.csv", lines(row(name, 2, source_id=first, value="100")))
        folder.put(f"figures/c_{name}.csv", lines(row(name, 2, source_id=second, value="120")))
    assert folder.night(max_held_share=0.0, few_rows=0) == 0
    taken, replaced = ("c_one", "b_other"), ("b_one", "c_other")
    assert [figures(folder, f"figures/{name}.csv") for name in taken] == [{2: 120}, {2: 100}]
    assert [figures(folder, f"figures/{name}.csv") for name in replaced] == [{}, {}]
    for old, new in zip(replaced, taken, strict=True):
        ((number, check, _, _, reason),) = folder.quarantined(f"figures/{old}.csv")
        assert (number, check) == (2, "figure_is_not_restated")
        assert reason == (
            f"was restated on 2024-06-01 by row 2 of figures/{new}.csv, which is taken"
        )


def test_without_a_later_page_nobody_is_preferred(folder: Folder) -> None:
    pages = "a,P,,,2024-01-15,,en\r\nb,P,,,2024-01-15,,en\r\nc,P,,,,,en\r\n"
    folder.put("sources/more.csv", SOURCES + pages)
    for name, other in (("same_day", "b"), ("no_day", "c")):
        both = (row(name, 2, source_id=page, value=page_value) for page, page_value in
                (("a", "100"), (other, "120")))  # fmt: skip
        folder.put(f"figures/{name}.csv", lines(*both))
    assert folder.night() == 0
    for name in ("same_day", "no_day"):
        assert figures(folder, f"figures/{name}.csv") == {}
        checks = {held[1] for held in folder.quarantined(f"figures/{name}.csv")}
        assert checks == {"figure_id_is_unique"}


def test_copies_of_sources_hold_no_figure(folder: Folder) -> None:
    folder.put("sources/typed_again.csv", SOURCES + "page,P,,,2025-01-15,,en\r\n\r\n")
    assert folder.night() == 0
    assert folder.file("sources/sources.csv")[:4] == ("loaded", 1, 1, 0)
    assert folder.file("sources/typed_again.csv")[:4] == ("loaded_in_part", 1, 0, 1)
    assert figures(folder, "figures/a_good_one.csv") == ALL


def test_a_file_of_last_night_that_is_gone_is_a_finding(folder: Folder) -> None:
    path = folder.put("figures/leaving.csv", table("leaving.csv"))
    moving = folder.put("figures/moving.csv", table("moving.csv"))
    assert folder.night() == 0
    path.unlink()
    moving.rename(moving.with_name("moved.csv"))
    assert folder.night() == 0
    assert findings(folder, "file_is_still_there") == [("figures/leaving.csv", "warning", "new")]


def test_a_reference_table_without_a_row_is_told_until_it_has_one(folder: Folder) -> None:
    wanted = ["dimensions", "measures"]  # there is no claim that would want tolerances
    for name in wanted:
        header, *_ = (REFERENCE / f"{name}.csv").read_bytes().splitlines(keepends=True)
        folder.put(f"reference/{name}.csv", header)
    assert folder.night() == 0
    told = [(f"reference/{name}", "warning", "new") for name in wanted]
    assert findings(folder, "reference_is_declared") == told
    for name in wanted:
        folder.put(f"reference/{name}.csv", (REFERENCE / f"{name}.csv").read_bytes())
    assert folder.night() == 0
    open_ones = "check_name = 'reference_is_declared' and state <> 'resolved'"
    assert folder.rows(f"select subject from audit.finding where {open_ones}") == []


def test_three_files_in_no_folder_are_a_night(folder: Folder) -> None:
    shutil.rmtree(folder.raw)
    folder.put("sources.csv", SOURCES + "page,P,,,2025-01-15,,en\r\n")
    folder.put("figures.csv", table("figures.csv"))
    folder.put("claims.tsv.gz", gzip.compress(b"claim_id\tsource_id\n"))
    assert folder.night() == 0
    assert figures(folder, "figures.csv") == ALL
    assert folder.file("claims.tsv.gz")[0] == "refused"  # as a file of claims, with its columns
    taken = "select dataset from audit.input_file where starts_with(file, '../') order by all"
    assert [name for (name,) in folder.rows(taken)] == [f"reference_{name}" for name in VOCABULARY]


def test_a_table_of_ones_own_stands_in_for_the_programs(folder: Folder) -> None:
    mine = b"qualifier,label,low_base,low_units,low_steps,high_base,high_units,high_steps,reason\n"
    (folder.raw / "reference/qualifiers.csv").unlink()
    assert folder.night() == 0
    assert figures(folder, "figures/a_good_one.csv") == ALL
    folder.put("reference/qualifiers.csv", mine + b"other,,value,0,0,value,0,0,Mine.\n")
    assert folder.night(dry_run=True) == 1  # `exact` is no word of mine
    folder.put("reference/qualifiers.csv", mine + b"exact,,value,0,0,value,0,0,Mine.\n")
    assert folder.night() == 0
    assert folder.rows("select reason from staging.stg_qualifiers") == [("Mine.",)]
    assert findings(folder, "file_is_still_there") == []


def test_a_table_of_ones_own_that_cannot_be_read_is_not_replaced(folder: Folder) -> None:
    folder.put("reference/dimensions.csv", b"no,such,columns\n1,2,3\n")
    assert folder.night() == 0
    assert folder.file("reference/dimensions.csv")[0] == "refused"
    assert folder.rows("select * from staging.stg_dimensions") == []


def test_what_is_said_of_single_rows_is_never_taken_from_elsewhere(
    folder: Folder, tmp_path: Path
) -> None:
    other = tmp_path / "words"
    shutil.copytree(REFERENCE, other)
    for name in ("acknowledged", "corrections", "files", "memberships"):
        (other / f"{name}.csv").write_text("path,setting,value\r\nx,y,z\r\n", encoding="utf-8")
    assert folder.night(vocabulary=other) == 0
    outside = "select dataset from audit.input_file where starts_with(file, '../')"
    taken = {dataset.removeprefix("reference_") for (dataset,) in folder.rows(outside)}
    assert taken == set(VOCABULARY) - {"dimensions", "qualifiers"}


def test_a_held_row_of_a_reference_table_says_what_goes_wrong_without_it(folder: Folder) -> None:
    folder.put("reference/nationalities.csv", "category,label,contains,description\r\nXAB,,,\r\n")
    memberships = "group_category,member_category,from_date,until_date,reason\r\n"
    folder.put("reference/memberships.csv", f"{memberships}CHN,KHM,soon,,\r\n")
    folder.put("figures/b.csv", lines(row("b", 2, dimension="nationality", category="XAB")))
    assert folder.night() == 0
    told = dict(folder.rows("select file, message from audit.finding where row_number is not null"))
    assert "figures of its codes are held back too" in told["reference/nationalities.csv"]
    assert "sums that a held row could concern are not judged" in told["reference/memberships.csv"]
    assert "It was `XAB`; expected a country code" in told["figures/b.csv"]
    assert "Until it is mended" not in told["figures/b.csv"]


def test_a_file_that_is_declared_otherwise_is_read_again(folder: Folder) -> None:
    folder.put("figures/b.csv", table("b", ["5,852"]))
    assert folder.night() == 0
    assert figures(folder, "figures/b.csv") == {}
    for numbers, read in (("1,234,567.5", {2: 5852}), ("1.234.567,5", {})):
        folder.declare(("figures/b.csv", "numbers", numbers))
        assert folder.night() == 0
        assert figures(folder, "figures/b.csv") == read
    folder.put("figures/c.csv", table("c", VALUES, delimiter="|"))
    folder.declare(("figures/c.csv", "delimiter", "tab"))
    assert folder.night() == 0
    assert folder.file("figures/c.csv")[0] == "refused"
    folder.declare(("figures/c.csv", "delimiter", "pipe"))
    assert folder.night() == 0
    assert figures(folder, "figures/c.csv") == ALL
    folder.declare(("figures/c.csv", "delimiter", "tab"))
    assert folder.night() == 0
    assert folder.file("figures/c.csv")[0] == "refused"
    assert figures(folder, "figures/c.csv") == {}


def test_a_declared_path_that_is_not_there_is_told(folder: Folder) -> None:
    folder.declare(("figures/a_good_one.csv", "encoding", "utf-8"), ("figures/x", "sheet", "A"))
    assert folder.night() == 0
    status, *_, message = folder.file("reference/files.csv")
    assert status == "loaded"
    assert message == ("declares `figures/x`, where no file lies: a folder's path ends with `/`")


def test_a_declaration_that_nobody_understands_is_held_and_not_followed(folder: Folder) -> None:
    bad = [("encoding", "klingon"), ("delimiter", "~"), ("header_row", "0"), ("numbers", "5.852"),
           ("dates", "31/12/24"), ("colour", "blue"), ("sheet", "")]  # fmt: skip
    folder.declare(*(("figures/", setting, value) for setting, value in bad))
    assert folder.night() == 0
    assert folder.file("reference/files.csv")[:4] == ("loaded_in_part", 7, 0, 7)
    assert figures(folder, "figures/a_good_one.csv") == ALL


def test_a_folder_is_declared_and_a_file_in_it_otherwise(folder: Folder) -> None:
    folder.put("figures/old/a.csv", table("old a", ["5,852"]))
    folder.put("figures/old/b.csv", table("old b", ["5,852"]))
    folder.declare(
        ("figures/old/", "numbers", "1,234,567.5"),
        ("figures/old/b.csv", "numbers", "1.234.567,5"),
    )
    assert folder.night() == 0
    assert figures(folder, "figures/old/a.csv") == {2: 5852}
    assert figures(folder, "figures/old/b.csv") == {}


def test_two_declarations_that_contradict_are_both_held_and_neither_followed(
    folder: Folder,
) -> None:
    folder.put("figures/b.csv", table("b", VALUES, delimiter="|"))
    folder.declare(("figures/b.csv", "delimiter", "pipe"), ("figures/b.csv", "delimiter", "tab"))
    assert folder.night() == 0
    assert folder.file("reference/files.csv")[:4] == ("loaded_in_part", 2, 0, 2)
    assert figures(folder, "figures/b.csv") == ALL
