from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.workbooks import (
    TWO,
    Formula,
    number,
    ods,
    ods_cell,
    ods_row,
    text,
    xls,
    xlsb,
    xlsx,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.extract.conftest import Night
    from tests.workbooks import Cells

HEADER = [text("id"), text("value")]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (number("5852"), "5852"),
        (number("5852.0"), "5852"),
        (number("2.695"), "2.6950"),
        (number("-3"), "-3"),
        (number("9007199254740991"), "9007199254740991"),
        (number("9007199254740992"), "9007199254740992.0"),
        (number("1E+22"), "1e+22"),
        (number("45322", style=1), "2024-01-31"),
        (number("45322.5", style=1), "2024-01-31T12:00:00"),
        ('<c r="{ref}" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="{ref}" t="str"><f>A1</f><v>id</v></c>', "id"),
        ('<c r="{ref}"><f>1+1</f><v>2</v></c>', "2"),
        (text("5,852"), "5,852"),
        (text("004"), "004"),
        ("", ""),
    ],
)
def test_a_cell_becomes_the_text_it_stands_for(night: Night, cell: str, shown: str) -> None:
    book = xlsx({"S": [HEADER, [text("a"), cell]]})
    outcome = night.load_one("figures/x.xlsx", book)
    assert (outcome.status, outcome.message) == ("loaded", None)
    assert night.figures() == [("a", shown, 2)]


def test_rows_are_numbered_as_the_sheet_numbers_them(night: Night) -> None:
    rows = [[], HEADER, [], [text("a"), number(1)], ["", ""], [text("b"), number(2)]]
    outcome = night.load_one("figures/x.xlsm", xlsx({"S": rows}))
    assert outcome.rows_in_file == 2
    assert night.figures() == [("a", "1", 4), ("b", "2", 6)]


@pytest.mark.parametrize(
    ("cell", "raw", "reason"),
    [
        ('<c r="{ref}" t="e"><v>#N/A</v></c>', "#N/A", "the cell holds an error, not a value"),
        ('<c r="{ref}" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "the cell holds an error"),
        ('<c r="{ref}"><f>1+1</f></c>', "=1+1", "the cell holds a formula whose result was never"),
    ],
)
def test_a_cell_without_a_value_rejects_its_row(
    night: Night, cell: str, raw: str, reason: str
) -> None:
    rows = [HEADER, [text("a"), cell], [text("b"), number(2)]]
    outcome = night.load_one("figures/x.xlsx", xlsx({"S": rows}))
    assert (outcome.status, outcome.rows_loaded, outcome.rows_rejected) == ("loaded_in_part", 1, 1)
    ((place, column, shown, why, row_text),) = night.rejected()
    assert (place, column, shown, row_text) == (2, "value", raw, "a\t")
    assert why.startswith(reason)
    assert night.figures() == [("b", "2", 3)]


def test_merged_cells_reject_the_rows_that_lost_their_value(night: Night) -> None:
    rows = [HEADER, [text("a"), number(1)], ["", number(2)], [text("c"), number(3)]]
    night.load_one("figures/x.xlsx", xlsx({"S": rows}, merged="A2:A3"))
    assert [row[:4] for row in night.rejected()] == [
        (
            3,
            "id",
            "",
            "the cell is merged with another, which holds the value: unmerge them and fill in each",
        )
    ]
    assert night.figures() == [("a", "1", 2), ("c", "3", 4)]


def test_only_the_first_visible_sheet_is_read_and_the_others_are_named(night: Night) -> None:
    rows = [HEADER, [text("a"), number(1)]]
    book = xlsx({"Old": [HEADER], "Now": rows, "Empty": [], "More": rows}, hidden="Old")
    outcome = night.load_one("figures/x.xlsx", book)
    assert outcome.message == (
        "only the first sheet, `Now`, is read; not read: `Old`, `More`; for another, add to "
        "reference/files.csv (path,setting,value) the line `figures/x.xlsx,sheet,Old`"
    )
    assert night.figures() == [("a", "1", 2)]


def test_columns_without_name_and_content_are_not_there(night: Night) -> None:
    rows = [[*HEADER, text("")], [text("a"), number(1), "", text("")]]
    outcome = night.load_one("figures/x.xlsx", xlsx({"S": rows}))
    assert (outcome.status, outcome.message) == ("loaded", None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (xlsx({"S": [[text("id"), text("valeu")]]}), "column `value` missing; rename `valeu`"),
        (xlsx({"S": [[text("Report 2024")], HEADER]}), "row 1 reads `Report 2024`"),
        (xlsx({"S": []}), "the sheet is empty"),
        (xlsx({"S": [HEADER]}, hidden="S"), "has no visible sheet"),
        (xlsx({"S": [HEADER]})[:-30], "is no whole workbook, or is locked by a password"),
        (
            xlsx({"S": [HEADER]}).replace(b"xl/styles", b"xl/stylez", 1),
            "is damaged in its part `xl/styles.xml`",
        ),
        (zipped({"x.txt": "hello"}), "is no whole workbook"),
        (xls(), "is no whole workbook"),
        (b"", "is no whole workbook"),
    ],
    ids=range(9),
)
def test_a_workbook_that_is_no_table_is_refused(night: Night, content: bytes, message: str) -> None:
    outcome = night.load_one("figures/x.xlsx", content)
    assert (outcome.status, outcome.rows_in_file) == ("refused", 0)
    assert message in str(outcome.message)


def test_a_workbook_that_swells_is_refused_before_it_is_read(night: Night) -> None:
    far = text("x").replace("{ref}", "XFD1048576")
    night.put("figures/far.xlsx", xlsx({"S": [HEADER, [far]]}))
    night.put("figures/zip.xlsx", xlsx({"S": [[text("x" * 100_000)]]}))
    outcomes = night.load(workbook_bytes=50_000)
    assert "taken for a zip bomb" in str(outcomes["figures/zip.xlsx"].message)
    assert "cell XFD1048576 and spans 1,048,576 rows by 16,384 columns; at most 1,000 cells" in str(
        night.load(sheet_cells=1000)["figures/far.xlsx"].message
    )


def test_an_open_document_sheet_is_read_with_its_repeats_and_errors(night: Night) -> None:
    value = ods_cell("5,852", 'office:value-type="float" office:value="5852"')
    error = ods_cell("#DIV/0!", 'office:value-type="string" calcext:value-type="error"')
    merged = "<table:covered-table-cell/>"
    rows = [
        ods_row(ods_cell("id"), ods_cell("value")),
        ods_row("<table:table-cell/>", repeated=2),
        ods_row(ods_cell("a"), value, repeated=2),
        ods_row(ods_cell("b"), error),
        ods_row(merged, value),
    ]
    outcome = night.load_one("figures/x.ods", ods("".join(rows)))
    assert (outcome.rows_in_file, outcome.rows_rejected) == (4, 2)
    assert night.figures() == [("a", "5852", 4), ("a", "5852", 5)]
    assert [row[:3] for row in night.rejected()] == [(6, "value", "#DIV/0!"), (7, "id", "")]


def test_an_open_document_bomb_is_refused_before_it_is_read(night: Night) -> None:
    rows = ods_row(ods_cell("id")) + ods_row(ods_cell("a"), repeated=1_000_000)
    outcome = night.load_one("figures/x.ods", ods(rows), sheet_cells=500_000)
    assert "cell A1000001 and spans 1,000,001 rows by 1 columns" in str(outcome.message)


@pytest.mark.parametrize(("name", "make"), [("x.xls", xls), ("x.xlsb", xlsb)])
def test_a_binary_workbook_is_read_with_a_word_on_its_formulas_if_it_has_any(
    night: Night, name: str, make: Callable[[Cells], bytes]
) -> None:
    assert night.load_one(f"figures/{name}", make(TWO)).message is None
    assert night.figures() == [("a", "5852", 2)]
    outcome = night.load_one(f"figures/{name}", make({**TWO, (1, 1): Formula(7)}))
    suffix = name.removeprefix("x")
    assert outcome.message == (
        f"holds formulas, and in {suffix} one whose result was never stored looks like an empty"
        " cell or 0: calculate and save it as .xlsx"
    )
    assert night.figures() == [("a", "7", 2)]


def test_a_panic_of_the_library_is_our_message_only(
    night: Night, capfd: pytest.CaptureFixture[str]
) -> None:
    book = bytearray(xls())
    book[1554] ^= 0x80  # the sheet is said to begin far behind its end
    outcome = night.load_one("figures/x.xls", bytes(book))
    assert outcome.status == "refused"
    assert "range start index 8388636 out of range" in str(outcome.message)
    os.write(2, b"still heard")
    assert capfd.readouterr().err == "still heard"


def test_a_damaged_binary_workbook_is_refused(night: Night) -> None:
    night.put("figures/cut.xls", xls()[:700])
    night.put("figures/text.xls", b"id,value\na,1\n")
    assert {outcome.status for outcome in night.load().values()} == {"refused"}
