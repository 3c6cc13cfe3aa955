from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.extract.conftest import Night

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"

Rows = list[list[str]]  # each cell the XML of one cell, '' where there is none


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def number(value: object, style: int = 0) -> str:
    return f'<c r="{{ref}}" s="{style}"><v>{value}</v></c>'


def text(value: str) -> str:
    return f'<c r="{{ref}}" t="inlineStr"><is><t>{value}</t></is></c>'


def relations(suffix: str, count: int) -> str:
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/s{n}.{suffix}"/>'
        for n in range(count)
    )
    styles = f'<Relationship Id="rs" Type="{OFFICE}/styles" Target="styles.xml"/>'
    return f'<Relationships xmlns="{PACKAGE}">{links}{styles}</Relationships>'


def xlsx(sheets: dict[str, Rows], merged: str = "", hidden: str = "") -> bytes:
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}" '
        f'state="{"hidden" if name == hidden else "visible"}"/>'
        for n, name in enumerate(sheets)
    )
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    book = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{book}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations("xml", len(sheets)),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for n, rows in enumerate(sheets.values()):
        parts[f"xl/worksheets/s{n}.xml"] = sheet_xml(rows, merged)
    return zipped(parts)


def sheet_xml(rows: Rows, merged: str) -> str:
    body = "".join(
        f'<row r="{y}">'
        + "".join(cell.replace("{ref}", f"{chr(65 + x)}{y}") for x, cell in enumerate(row))
        + "</row>"
        for y, row in enumerate(rows, 1)
    )
    merges = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{merges}</worksheet>'


def ods(rows: str) -> bytes:
    names = " ".join(
        f'xmlns:{short}="{DOCUMENT}:{short}:1.0"' for short in ("office", "table", "text")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{DOCUMENT}:manifest:1.0"/>',
            "content.xml": f'<office:document-content {names} xmlns:calcext="urn:calcext">'
            f'<office:body><office:spreadsheet><table:table table:name="T">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    again = f' table:number-rows-repeated="{repeated}"'
    return f"<table:table-row{again}>{''.join(cells)}</table:table-row>"


def ods_cell(shown: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)


def xls_label(row: int, column: int, shown: str) -> tuple[int, bytes]:
    return 0x0204, struct.pack("<HHHH", row, column, 0, len(shown)) + shown.encode()


def xls() -> bytes:
    begin, end = (0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)), (0x000A, b"")
    sheet = biff(
        begin, xls_label(0, 0, "id"), xls_label(0, 1, "value"), xls_label(1, 0, "a"),
        (0x0203, struct.pack("<HHHd", 1, 1, 0, 5852.0)), xls_label(2, 0, "b"),
        (0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x2A, 1)), end,
    )  # fmt: skip
    opening = (0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0))
    start = len(biff(opening, (0x0085, bytes(6) + b"\x01S"), end))
    bound = (0x0085, struct.pack("<IH", start, 0) + b"\x01S")
    return compound_file(biff(opening, bound, end) + sheet)


def compound_file(stream: bytes) -> bytes:
    stream = stream.ljust(4096, b"\0")  # shorter ones would need a second allocation table
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head += struct.pack("<I", 0xFFFFFFFF) * 108
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    root = directory_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    book = directory_entry("Book", 2, 0xFFFFFFFF, 2, len(stream))
    return head + table + (root + book).ljust(512, b"\0") + stream


def directory_entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    links = struct.pack("<HBBIII", len(encoded), kind, 1, none, none, child)
    return encoded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def binary_record(kind: int, data: bytes = b"") -> bytes:
    code = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return code + bytes([len(data)]) + data


def wide(shown: str) -> bytes:
    return struct.pack("<I", len(shown)) + shown.encode("utf-16-le")


def xlsb() -> bytes:
    bundle = struct.pack("<II", 0, 1) + wide("r0") + wide("S")
    book = binary_record(131) + binary_record(143) + binary_record(156, bundle)
    sheet = binary_record(129) + binary_record(148, struct.pack("<IIII", 0, 1, 0, 1))
    sheet += binary_record(145)
    for y, row in enumerate([("id", "value"), ("a", 5852.0)]):
        sheet += binary_record(0, struct.pack("<I", y) + bytes(13))
        for x, cell in enumerate(row):
            value = wide(cell) if isinstance(cell, str) else struct.pack("<d", cell)
            sheet += binary_record(
                6 if isinstance(cell, str) else 5, struct.pack("<II", x, 0) + value
            )
    return zipped(
        {
            "xl/workbook.bin": book + binary_record(144) + binary_record(132),
            "xl/_rels/workbook.bin.rels": relations("bin", 1),
            "xl/worksheets/s0.bin": sheet + binary_record(146) + binary_record(130),
        }
    )


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
        (3, "id", "", "the cell is merged with another cell that holds the value")
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
        (xlsx({"S": [[text("id"), text("valeu")]]}), "column `value` missing; the header has"),
        (xlsx({"S": [[text("Report 2024")], HEADER]}), "it reads `Report 2024`"),
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
    assert "the sheet spans 1,048,576 rows by 16,384 columns, at most 1,000 cells" in str(
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
    assert "the sheet spans 1,000,001 rows by 1 columns" in str(outcome.message)


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("x.xls", xls(), [("a", "5852", 2)]),
        ("x.xlsb", xlsb(), [("a", "5852", 2)]),
    ],
)
def test_a_binary_workbook_is_read_with_a_word_on_what_it_hides(
    night: Night, name: str, content: bytes, rows: list[tuple[str, str, int]]
) -> None:
    outcome = night.load_one(f"figures/{name}", content)
    suffix = name.removeprefix("x")
    assert outcome.message == (
        f"in {suffix} a formula without a stored result looks like an empty cell; "
        ".xlsx tells them apart"
    )
    assert night.figures() == rows


def test_a_damaged_binary_workbook_is_refused(night: Night) -> None:
    night.put("figures/cut.xls", xls()[:700])
    night.put("figures/text.xls", b"id,value\na,1\n")
    assert {outcome.status for outcome in night.load().values()} == {"refused"}
