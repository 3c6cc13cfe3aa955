"""Find the cells of a workbook that its reader would show as empty although they are not.

Measured: python-calamine 0.9 gives '' for an error cell and for a formula without stored value,
and reserves the whole rectangle of cells, 32 bytes each, before anything can be asked of it.
"""

import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET

from etl.extract.outcome import Refused

Faults = dict[tuple[int, int], tuple[str, str]]
"""Place of a cell (row and column from 0) to what it shows and why it cannot be read."""

_ERROR = "holds an error, not a value"
_NO_RESULT = "holds a formula whose result was never stored: open the file, calculate, save"


def find_faults(handle: IO[bytes], suffix: str, sheet: str, most_cells: int) -> Faults:
    """Go through the XML of one sheet.

    Raises:
        Refused: Its cells span more than `most_cells`.
    """
    handle.seek(0)
    with zipfile.ZipFile(handle) as archive:
        if suffix == ".ods":
            with archive.open("content.xml") as content:
                return _open_document_faults(content, sheet, most_cells)
        with archive.open(_sheet_part(archive, sheet)) as content:
            return _excel_faults(content, most_cells)


# S314: the parts are bounded by then, and expat (2.4.1 on) stops entities that multiply
def _tree(archive: zipfile.ZipFile, part: str) -> ET.Element:
    return ET.fromstring(archive.read(part))  # noqa: S314


def _events(content: IO[bytes]) -> Iterator[tuple[str, ET.Element]]:
    return ET.iterparse(content, events=("start", "end"))  # noqa: S314


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str, default: str = "") -> str:
    for key, value in element.attrib.items():
        if _local(key) == name:
            return value
    return default


def _refuse_large(rows: int, columns: int, most_cells: int) -> None:
    if rows * columns > most_cells:
        raise Refused(
            f"the sheet spans {rows:,} rows by {columns:,} columns, at most {most_cells:,} cells "
            "are read: delete what stands far off, or save it as .csv"
        )


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    book = _tree(archive, "xl/workbook.xml")
    relations = _tree(archive, "xl/_rels/workbook.xml.rels")
    for element in book.iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            wanted = next(
                value for key, value in element.attrib.items() if key.endswith("relationships}id")
            )
    target = next(item.get("Target", "") for item in relations if item.get("Id") == wanted)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _excel_faults(content: IO[bytes], most_cells: int) -> Faults:
    faults: Faults = {}
    height = width = row = column = 0
    for event, element in _events(content):
        tag = _local(element.tag)
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "start" and tag == "c":
            column = _column(element.get("r", "")) or column + 1
            height, width = max(height, row), max(width, column)
            _refuse_large(height, width, most_cells)
        elif event == "end" and tag == "c":
            fault = _excel_fault(element)
            if fault:
                faults[row - 1, column - 1] = fault
        elif event == "end" and tag == "row":
            element.clear()
    return faults


def _column(reference: str) -> int:
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter.upper()) - ord("A") + 1
    return column


def _excel_fault(cell: ET.Element) -> tuple[str, str] | None:
    parts = {_local(part.tag): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v", ""), _ERROR
    if "f" in parts and "v" not in parts:
        return f"={parts['f']}", _NO_RESULT
    return None


def _open_document_faults(content: IO[bytes], sheet: str, most_cells: int) -> Faults:
    faults: Faults = {}
    height = width = row = 0
    inside = False
    for event, element in _events(content):
        tag = _local(element.tag)
        if tag == "table":
            inside = event == "start" and _attribute(element, "name") == sheet
        elif event == "end" and tag == "table-row":
            repeated = int(_attribute(element, "number-rows-repeated", "1"))
            cells = list(_row_cells(element)) if inside else []
            if cells:
                height, width = row + repeated, max(width, *(end for _, end, _ in cells))
                _refuse_large(height, width, most_cells)
            for start, end, fault in cells:
                if fault:
                    places = ((r, c) for r in range(row, height) for c in range(start, end))
                    faults |= dict.fromkeys(places, fault)
            row += repeated if inside else 0
            element.clear()
    return faults


def _row_cells(
    row: ET.Element,
) -> Iterator[tuple[int, int, tuple[str, str] | None]]:
    """Give the cells that are not empty: first column, column after the last, fault."""
    column = 0
    for cell in row:
        end = column + int(_attribute(cell, "number-columns-repeated", "1"))
        shown = "".join(cell.itertext())
        if _local(cell.tag) == "covered-table-cell":
            yield column, end, ("", "is merged with another cell that holds the value")
        elif _attribute(cell, "value-type") or shown:
            is_error = any(value == "error" for value in cell.attrib.values())
            is_error = is_error or (shown.startswith("Err:") and bool(_attribute(cell, "formula")))
            yield column, end, ((shown, _ERROR) if is_error else None)
        column = end
