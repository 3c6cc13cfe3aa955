"""Find the cells of a workbook that its reader would show as empty although they are not.

Measured: python-calamine 0.9 gives '' for an error cell and for a formula without stored value. It
reserves the whole rectangle of cells, 32 bytes each, before anything can be asked of it, and where
that fails the process is aborted: so no sheet reaches it whose extent was not looked at here.
"""

import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, fromstring, iterparse

from etl.extract.outcome import Refused

Faults = dict[tuple[int, int], tuple[str, str]]
"""Place of a cell (row and column from 0) to what it shows and why it cannot be read."""

_ERROR = "holds an error, not a value"
MERGED = "is merged with another, which holds the value: unmerge them and fill in each"
_NO_RESULT = "holds a formula whose result was never stored: open the file, calculate, save"


def is_error(shown: str) -> tuple[str, str]:
    """Say of a cell that it shows an error."""
    return shown, _ERROR


@dataclass
class SheetScan:
    """What one sheet says: its extent from A1, formulas, and the cells that cannot be read."""

    height: int = 0
    width: int = 0
    has_formulas: bool = False
    faults: Faults = field(default_factory=dict)

    def reach(self, height: int, width: int, most_cells: int) -> None:
        """Take in one more cell; raise `Refused` once the extent is beyond `most_cells`."""
        self.height, self.width = max(self.height, height), max(self.width, width)
        if self.height * self.width > most_cells:
            raise Refused(
                f"the sheet reaches as far as cell {_name_of(height, width)} and spans "
                f"{self.height:,} rows by {self.width:,} columns; at most {most_cells:,} cells are "
                "read: delete the rows and columns beyond the table, or save it as .csv"
            )


def _name_of(row: int, column: int) -> str:
    """Name a cell as spreadsheets do, by its row and column from 1."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def scan_sheet(handle: IO[bytes], suffix: str, sheet: str | None, most_cells: int) -> SheetScan:
    """Go through the XML of one sheet of an .xlsx, .xlsm or .ods.

    Args:
        handle: The open file.
        suffix: Which of them it is.
        sheet: Its name; None for every sheet of an .ods, laid over each other.
        most_cells: Largest rectangle of cells.

    Raises:
        Refused: Its cells span more than `most_cells`.
    """
    handle.seek(0)
    with zipfile.ZipFile(handle) as archive:
        if suffix == ".ods":
            with archive.open("content.xml") as content:
                return _open_document_scan(content, sheet, most_cells)
        with archive.open(_sheet_part(archive, sheet or "")) as content:
            return _excel_scan(content, most_cells)


# S314: the parts are bounded by then, and expat (2.4.1 on) stops entities that multiply
def tree(archive: zipfile.ZipFile, part: str) -> Element:
    """Parse a small part of a workbook."""
    return fromstring(archive.read(part))  # noqa: S314


def _events(content: IO[bytes]) -> Iterator[tuple[str, Element]]:
    return iterparse(content, events=("start", "end"))  # noqa: S314


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: Element, name: str, default: str = "") -> str:
    for key, value in element.attrib.items():
        if _local(key) == name:
            return value
    return default


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    book = tree(archive, "xl/workbook.xml")
    relations = tree(archive, "xl/_rels/workbook.xml.rels")
    for element in book.iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            wanted = next(
                value for key, value in element.attrib.items() if key.endswith("relationships}id")
            )
    target = next(item.get("Target", "") for item in relations if item.get("Id") == wanted)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _excel_scan(content: IO[bytes], most_cells: int) -> SheetScan:
    scan = SheetScan()
    row = column = 0
    for event, element in _events(content):
        tag = _local(element.tag)
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "start" and tag == "c":
            row, column = _place(element.get("r", ""), row, column)
            scan.reach(row, column, most_cells)
        elif event == "end" and tag == "c":
            fault = _excel_fault(element)
            if fault:
                scan.faults[row - 1, column - 1] = fault
        elif event == "end" and tag == "row":
            element.clear()
    return scan


def _place(reference: str, row: int, column: int) -> tuple[int, int]:
    """Read `B5`; a cell without reference follows the one before it."""
    letters = reference.rstrip("0123456789")
    if not letters:
        return row, column + 1
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]), column


def _excel_fault(cell: Element) -> tuple[str, str] | None:
    parts = {_local(part.tag): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v", ""), _ERROR
    if "f" in parts and "v" not in parts:
        return f"={parts['f']}", _NO_RESULT
    return None


def _open_document_scan(content: IO[bytes], sheet: str | None, most_cells: int) -> SheetScan:
    scan = SheetScan()
    row = 0
    inside = False
    for event, element in _events(content):
        tag = _local(element.tag)
        if tag == "table":
            inside = event == "start" and sheet in (None, _attribute(element, "name"))
            row = 0
        elif event == "end" and tag == "table-row":
            following = row + int(_attribute(element, "number-rows-repeated", "1"))
            for start, end, fault in _row_cells(element) if inside else ():
                scan.reach(following, end, most_cells)
                if fault:
                    places = itertools.product(range(row, following), range(start, end))
                    scan.faults |= dict.fromkeys(places, fault)
            row = following if inside else 0
            element.clear()
    return scan


def _row_cells(
    row: Element,
) -> Iterator[tuple[int, int, tuple[str, str] | None]]:
    """Give the cells that are not empty: first column, column after the last, fault."""
    column = 0
    for cell in row:
        end = column + int(_attribute(cell, "number-columns-repeated", "1"))
        shown = "".join(cell.itertext())
        if _local(cell.tag) == "covered-table-cell":
            yield column, end, ("", MERGED)
        elif _attribute(cell, "value-type") or shown:
            is_error = any(value == "error" for value in cell.attrib.values())
            is_error = is_error or (shown.startswith("Err:") and bool(_attribute(cell, "formula")))
            yield column, end, ((shown, _ERROR) if is_error else None)
        elif formula := _attribute(cell, "formula"):
            yield column, end, (formula.removeprefix("of:"), _NO_RESULT)
        column = end
