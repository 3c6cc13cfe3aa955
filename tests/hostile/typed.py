"""Workbooks, JSON and Parquet as people and programs make them."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests import workbooks as book
from tests.hostile.making import HEADER, VALUES, Case, partly, refused, rows, taken

SOME = {2: 5852, 4: 0}
FIRST = {1: 5852, 2: 7, 3: 0}  # where there is no header, rows count from 1
FORMULA = '<c r="{ref}"><f>SUM(A1:A2)</f></c>'
ERROR = '<c r="{ref}" t="e"><v>#N/A</v></c>'
ODS_CELLS = (
    ("error", book.ods_cell("#N/A", 'calcext:value-type="error"'), "#N/A"),
    ("formula", '<table:table-cell table:formula="of:=SUM([.A1])"/>', "=SUM([.A1])"),
    ("merged", "<table:covered-table-cell/>", ""),
)
VALUE = HEADER.index("value")


def sheet(name: str, *values: str, **cells: str) -> list[list[str]]:
    """The rows of a sheet: texts, but for the values, each the XML of its cell."""
    given = values or tuple(map(book.number, VALUES))
    lines = [[book.text(title) for title in HEADER]]
    figures = rows(name, [""] * len(given), **cells)
    lines += [[book.text(one[column]) for column in HEADER] for one in figures]
    for line, value in zip(lines[1:], given, strict=True):
        line[VALUE] = value
    return lines


def xlsx(name: str, *values: str, **cells: str) -> bytes:
    return book.xlsx({"S": sheet(name, *values, **cells)})


def binary(name: str, values: tuple[float | str | Exception, ...]) -> book.Cells:
    cells: book.Cells = {(0, x): title for x, title in enumerate(HEADER)}
    for y, one in enumerate(rows(name, [""] * len(values)), 1):
        cells |= {(y, x): one[title] for x, title in enumerate(HEADER) if one[title]}
        cells[y, VALUE] = values[y - 1]
    return cells


def ods(name: str, values: tuple[str, ...]) -> bytes:
    """Its rows: texts, but for values that are the XML of their cell."""
    lines = [book.ods_row(*map(book.ods_cell, HEADER))]
    for one in rows(name, values):
        cells = (one[title] for title in HEADER)
        lines += [book.ods_row(*(t if t.startswith("<") else book.ods_cell(t) for t in cells))]
    return book.ods("".join(lines))


def swollen() -> bytes:
    return book.zipped({"xl/workbook.xml": b" " * (600 << 20)})


def workbooks() -> list[Case]:
    two = {"S": sheet("two.xlsx"), "Old": sheet("two_old")}
    named = {"Old": sheet("named_old"), "Figures": sheet("named.xlsx")}
    titled = [[book.text("Report of 2024")], [], *sheet("titled.xlsx")]
    return [
        taken("plain.xlsx", xlsx("plain.xlsx")),
        taken("text.xlsx", xlsx("text.xlsx", *map(book.text, VALUES))),
        partly(
            "text_grouped.xlsx",
            xlsx("text_grouped.xlsx", book.text("5,852"), book.number(7)),
            {2: ("value", "5,852")},
            {3: 7},
        ),
        # a typed 5.852 is five and a fraction, whatever the texts beside it do
        partly(
            "typed_beside_text.xlsx",
            xlsx("typed_beside_text.xlsx", book.number(5.852), book.text("1.234.567")),
            {2: ("value", "5.8520"), 3: ("value", "1.234.567")},
            {},
        ),
        partly(
            "error.xlsx",
            xlsx("error.xlsx", book.number(5852), ERROR, book.number(0)),
            {3: ("value", "#N/A")},
            SOME,
        ),
        partly(
            "formula.xlsx",
            xlsx("formula.xlsx", book.number(5852), FORMULA, book.number(0)),
            {3: ("value", "=SUM(A1:A2)")},
            SOME,
        ),
        partly(
            "merged.xlsx",
            book.xlsx({"S": sheet("merged.xlsx")}, merged="I2:I3"),
            {3: ("value", "")},
            SOME,
        ),
        taken("hidden_row.xlsx", book.xlsx({"S": sheet("hidden_row.xlsx")}, hidden_row=3)),
        taken(
            "hidden_sheet.xlsx",
            book.xlsx({"Old": sheet("hidden_old"), "S": sheet("hidden_sheet.xlsx")}, hidden="Old"),
            "only the first sheet, `S`, is read; not read: `Old`",
        ),
        taken(
            "two.xlsx",
            book.xlsx(two),
            "only the first sheet, `S`, is read; not read: `Old`; for another, add to "
            "reference/files.csv (path,setting,value) the line `figures/two.xlsx,sheet,Old`",
        ),
        taken(
            "named.xlsx",
            book.xlsx(named),
            "only the declared sheet, `Figures`, is read; not read: `Old`",
            declared=(("sheet", "Figures"),),
        ),
        refused(
            "no_such_sheet.xlsx",
            xlsx("no_such_sheet.xlsx"),
            "has no sheet `Figures`, which is declared; it has `S`",
            declared=(("sheet", "Figures"),),
        ),
        refused(
            "titled.xlsx", book.xlsx({"S": titled}), "the header is in row 3: delete what stands"
        ),
        partly(
            "titled_declared.xlsx",
            book.xlsx({"S": [[book.text("2024")], [], *sheet("titled_declared.xlsx")]}),
            {},
            {4: 5852, 5: 7, 6: 0},
            declared=(("header_row", "3"),),
        ),
        Case("serials.xlsx", _dated("serials.xlsx"), (1, 1, 0), {2: 5852}, days={2: "2024-03-04"}),
        refused("cut.xlsx", xlsx("cut.xlsx")[:-60], "is no whole workbook"),
        refused("csv.xlsx", "figure_id,value", "is no whole workbook"),
        refused("bomb.xlsx", swollen(), "taken for a zip bomb"),
        refused("far_off.xlsx", _far_off(), "the sheet reaches as far as cell XFD1048576"),
        taken("plain.ods", ods("plain.ods", VALUES)),
        *(
            partly(
                f"{name}.ods", ods(f"{name}.ods", ("5852", cell, "0")), {3: ("value", was)}, SOME
            )
            for name, cell, was in ODS_CELLS
        ),
        refused("far_off.ods", _far_off_ods(), "reaches as far as cell ALL1000001"),
        refused("cut.ods", ods("cut.ods", VALUES)[:-60], "is no whole workbook"),
        taken("plain.xls", book.xls(binary("plain.xls", (5852.0, 7.0, 0.0)))),
        partly(
            "error.xls",
            book.xls(binary("error.xls", (5852.0, ValueError(), 0.0))),
            {3: ("value", "#N/A")},
            SOME,
        ),
        refused("cut.xls", book.xls(binary("cut.xls", (7.0,)))[:700], "is no whole workbook"),
        refused("csv.xls", "figure_id,value", "is no .xls workbook, whatever its name says"),
        refused(
            "far_off.xls",
            book.xls({**book.TWO, (65535, 65535): 1.0}),
            "spans 65,536 rows by 65,536 columns",
        ),
        refused(
            "said_to_be_far.xls",
            book.xls(book.TWO, dimensions=(65535, 65535)),
            "spans 65,535 rows by 65,535 columns",
        ),
        taken(
            "formula.xls",
            book.xls(binary("formula.xls", (book.Formula(5852), 7.0, 0.0))),
            "holds formulas, and in .xls one whose result was never stored looks like",
        ),
        taken("plain.xlsb", book.xlsb(binary("plain.xlsb", (5852.0, 7.0, 0.0)))),
        taken(
            "formula.xlsb",
            book.xlsb(binary("formula.xlsb", (5852.0, book.Formula(7), 0.0))),
            "holds formulas, and in .xlsb one whose result was never stored looks like",
        ),
        partly(
            "error.xlsb",
            book.xlsb(binary("error.xlsb", (5852.0, ValueError(), 0.0))),
            {3: ("value", "#N/A")},
            SOME,
        ),
        refused("cut.xlsb", book.xlsb()[:-60], "is no whole workbook"),
        refused(
            "far_off.xlsb",
            book.xlsb({**book.TWO, (1048575, 16383): 1.0}),
            "reaches as far as cell XFD1048576 and spans 1,048,576 rows by 16,384 columns",
        ),
    ]


def _dated(name: str) -> bytes:
    lines = sheet(name, book.number(5852))
    lines[1][HEADER.index("period_start")] = book.number(45355, style=1)
    lines[1][HEADER.index("period_end")] = book.number(45657, style=1)
    return book.xlsx({"S": lines})


def _far_off() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return book.xlsx({"S": [[book.text("figure_id")]]}, after=far)


def _far_off_ods() -> bytes:
    gap = '<table:table-cell table:number-columns-repeated="999"/>'
    far = book.ods_row(gap + book.ods_cell("1"))
    return book.ods(
        book.ods_row(book.ods_cell("figure_id"))
        + book.ods_row("<table:table-cell/>", repeated=999_999)
        + far
    )


def objects(name: str, values: tuple[Any, ...] = VALUES, **cells: Any) -> list[dict[str, Any]]:
    lines = rows(name, [""] * len(values))
    return [{**one, "value": value, **cells} for one, value in zip(lines, values, strict=True)]


def as_lines(name: str, *values: Any, **cells: Any) -> str:
    given = objects(name, values or VALUES, **cells)
    return "".join(json.dumps(one) + "\n" for one in given)


def jsons() -> list[Case]:
    nested = objects("nested.json")
    nested[1]["value"] = {"n": 7}
    whole = json.dumps(objects("cut.json"))
    lines = as_lines("broken_line.ndjson").splitlines()
    broken = "\n".join([lines[0], lines[1][:-9], lines[2]])
    return [
        partly("plain.json", json.dumps(objects("plain.json", (5852, 7, 0))), {}, FIRST),
        partly("plain.ndjson", as_lines("plain.ndjson", 5852, 7.0, "0"), {}, FIRST),
        partly("packed.ndjson.gz", gzip.compress(as_lines("packed.ndjson.gz").encode()), {}, FIRST),
        partly("nested.json", json.dumps(nested), {2: ("value", None)}, {1: 5852, 3: 0}),
        refused("cut.json", whole[:-30], "is not valid JSON, damaged or cut short"),
        refused("object.json", json.dumps({"rows": []}), "must be an array of flat objects"),
        partly("broken_line.ndjson", broken, {2: (None, None)}, {1: 5852, 3: 0}),
        partly(
            "key_twice.ndjson",
            as_lines("key_twice.ndjson", 5852).replace('"value"', '"note": "x", "value"'),
            {1: ("note", None)},
            {},
        ),
        partly(
            "nan.ndjson", as_lines("nan.ndjson", float("nan"), 7), {1: ("value", "NaN")}, {2: 7}
        ),
        partly(
            "fraction.ndjson",
            as_lines("fraction.ndjson", 5.852, "1.234.567", 12.0),
            {1: ("value", "5.8520"), 2: ("value", "1.234.567")},
            {3: 12},
        ),
        partly(
            "scientific.ndjson",
            as_lines("scientific.ndjson", 5852).replace("5852", "5e3"),
            {1: ("value", "5e3")},
            {},
        ),
        partly("deep.ndjson", '{"figure_id": ' + "[" * 100_000 + "\n" + as_lines("deep.ndjson", 7),
               {1: (None, None)}, {2: 7}),
        Case("no_rows.json", b"[]", (0, 0, 0), {}, message=("has no data rows",)),
    ]  # fmt: skip


def parquet(name: str, values: pa.Array, **options: Any) -> bytes:
    lines = rows(name, [""] * len(values))
    columns = {title: [one[title] for one in lines] for title in HEADER}
    given = pa.table({**columns, "value": values})
    buffer = io.BytesIO()
    pq.write_table(given, buffer, **{"write_page_checksum": True, "compression": "none", **options})
    return buffer.getvalue()


def parquets() -> list[Case]:
    whole = pa.array([5852, 7, 0])
    flipped = bytearray(parquet("flipped.parquet", whole))
    flipped[flipped.index(b"KHM") + 1] ^= 1
    return [
        partly("whole.parquet", parquet("whole.parquet", whole), {}, FIRST),
        partly("small.parquet", parquet("small.parquet", whole.cast(pa.uint16())), {}, FIRST),
        partly("text.parquet", parquet("text.parquet", pa.array(VALUES)), {}, FIRST),
        partly(
            "float.parquet",
            parquet("float.parquet", pa.array([5852.0, 2.6, 5.852])),
            {2: ("value", "2.6"), 3: ("value", "5.8520")},
            {1: 5852},
        ),
        partly(
            "no_checksum.parquet",
            parquet("no_checksum.parquet", whole, write_page_checksum=False),
            {},
            FIRST,
        ),
        refused("flipped.parquet", bytes(flipped), "is no whole Parquet file"),
        refused("cut.parquet", parquet("cut.parquet", whole)[:-40], "is no whole Parquet file"),
        refused("csv.parquet", "figure_id,value", "is no whole Parquet file"),
    ]  # fmt: skip


CASES = [*workbooks(), *jsons(), *parquets()]
