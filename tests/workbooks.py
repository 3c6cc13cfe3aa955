"""Write the smallest workbooks of each kind that readers take, cell by cell."""

from __future__ import annotations

import io
import struct
import zipfile

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


def xlsx(
    sheets: dict[str, Rows],
    merged: str = "",
    hidden: str = "",
    after: str = "",
    hidden_row: int = 0,
) -> bytes:
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
        parts[f"xl/worksheets/s{n}.xml"] = sheet_xml(rows, merged, after, hidden_row)
    return zipped(parts)


def sheet_xml(rows: Rows, merged: str, after: str, hidden_row: int) -> str:
    body = "".join(
        f'<row r="{y}" hidden="{int(y == hidden_row)}">'
        + "".join(cell.replace("{ref}", f"{chr(65 + x)}{y}") for x, cell in enumerate(row))
        + "</row>"
        for y, row in enumerate(rows, 1)
    )
    merges = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}{after}</sheetData>{merges}</worksheet>'


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


class Formula(float):
    """The stored result of one."""


Cells = dict[tuple[int, int], str | float | Exception]  # an Exception stands for an error cell
TWO: Cells = {(0, 0): "id", (0, 1): "value", (1, 0): "a", (1, 1): 5852.0}
NA = 0x2A


def xls(cells: Cells = TWO, dimensions: tuple[int, int] | None = None) -> bytes:
    begin, end = (0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)), (0x000A, b"")
    reach = (
        [(0x0200, struct.pack("<HHHHH", 0, dimensions[0], 0, dimensions[1], 0))]
        if dimensions
        else []
    )
    records = [xls_cell(*place, cell) for place, cell in cells.items()]
    sheet = biff(begin, *reach, *records, end)
    opening = (0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0))
    start = len(biff(opening, (0x0085, bytes(6) + b"\x01S"), end))
    bound = (0x0085, struct.pack("<IH", start, 0) + b"\x01S")
    return compound_file(biff(opening, bound, end) + sheet)


def xls_cell(row: int, column: int, cell: str | float | Exception) -> tuple[int, bytes]:
    if isinstance(cell, Exception):
        return 0x0205, struct.pack("<HHHBB", row, column, 0, NA, 1)
    if isinstance(cell, str):
        return xls_label(row, column, cell)
    if isinstance(cell, Formula):
        return 0x0006, struct.pack("<HHHdHIH", row, column, 0, cell, 0, 0, 0)
    return 0x0203, struct.pack("<HHHd", row, column, 0, cell)


def compound_file(stream: bytes) -> bytes:
    stream = stream.ljust(4096, b"\0")  # shorter ones would need a second allocation table
    sectors = -(-len(stream) // 512)
    assert sectors <= 126, "one sector of the allocation table is written"
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head += struct.pack("<I", 0xFFFFFFFF) * 108
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    root = directory_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    book = directory_entry("Book", 2, 0xFFFFFFFF, 2, len(stream))
    return head + table + (root + book).ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")


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


def xlsb(cells: Cells = TWO) -> bytes:
    bundle = struct.pack("<II", 0, 1) + wide("r0") + wide("S")
    book = binary_record(131) + binary_record(143) + binary_record(156, bundle)
    sheet = binary_record(129) + binary_record(148, struct.pack("<IIII", 0, 1, 0, 1))
    sheet += binary_record(145)
    for y in sorted({row for row, _ in cells}):
        sheet += binary_record(0, struct.pack("<I", y) + bytes(13))
        for (row, column), cell in cells.items():
            if row == y:
                sheet += xlsb_cell(column, cell)
    return zipped(
        {
            "xl/workbook.bin": book + binary_record(144) + binary_record(132),
            "xl/_rels/workbook.bin.rels": relations("bin", 1),
            "xl/worksheets/s0.bin": sheet + binary_record(146) + binary_record(130),
        }
    )


def xlsb_cell(column: int, cell: str | float | Exception) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(cell, Exception):
        return binary_record(3, place + bytes([NA]))
    if isinstance(cell, str):
        return binary_record(6, place + wide(cell))
    if isinstance(cell, Formula):
        return binary_record(9, place + struct.pack("<dHI", cell, 0, 0))
    return binary_record(5, place + struct.pack("<d", cell))
