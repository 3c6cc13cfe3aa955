"""Read the first visible sheet of an Excel or OpenDocument workbook."""

import datetime as dt
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etl.extract.batches import Gatherer
from etl.extract.binary_faults import check_xls, scan_binary_sheet
from etl.extract.cell_faults import MERGED, Faults, SheetScan, scan_sheet
from etl.extract.declared import advice
from etl.extract.header import FARTHEST_HEADER, check_header, clean_header, header_below
from etl.extract.numerals import number_text
from etl.extract.outcome import Batch, DatasetSpec, Refused, RejectedRow, listed
from etl.extract.source import Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_XML = (".xlsx", ".xlsm", ".ods")
Cell = str | float | bool | dt.date | dt.time | dt.timedelta


def read_workbook(source: Source, spec: DatasetSpec) -> Iterator[Batch]:
    """Read the rows of the first visible sheet, numbered as the spreadsheet numbers them.

    The library shows an error cell, a formula without stored value and the hidden part of merged
    cells as empty: rows with such cells are rejected where the file can be asked for them.

    Raises:
        Refused: The workbook is damaged, locked or too large.
    """
    if source.suffix != ".xls":
        _check_archive(source)
    elif source.file.size > source.limits.workbook_bytes:
        raise Refused(f"is too large: at most {source.limits.workbook_bytes:,} bytes are read")
    with _damage_refused(), _panics_unprinted():
        _check_extent(source)
        workbook = _opened(source)
        name = _sheet_name(workbook, source)
        scan = _scan(workbook, name, source, source.limits.sheet_cells)
        sheet = workbook.get_sheet_by_name(name)
        faults = scan.faults | _merged(sheet)
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        remarks = _remarks(workbook, name, source, scan)
    yield from _batches(rows, faults, source, spec, remarks)


def _check_archive(source: Source) -> None:
    """Unpack every part once, inside a bound, so that its declared sizes are true."""
    source.handle.seek(0)
    try:
        archive = zipfile.ZipFile(source.handle)
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > source.limits.workbook_bytes:
            raise Refused(f"unpacks to {unpacked:,} bytes: taken for a zip bomb")
        damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError) as error:
        raise Refused(f"is no whole workbook, or is locked by a password: {error}") from error
    if damaged is not None:
        raise Refused(f"is damaged in its part `{damaged}`")


def _check_extent(source: Source) -> None:
    """Look at every sheet where the library reads them all as soon as it opens the file."""
    if source.suffix == ".xls":
        check_xls(source.handle, source.limits.sheet_cells)
    elif source.suffix == ".ods":
        scan_sheet(source.handle, source.suffix, None, source.limits.sheet_cells)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except (Refused, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the Rust library is no Exception
        raise Refused(f"is no whole workbook, or is locked by a password: {error}") from error


@contextmanager
def _panics_unprinted() -> Iterator[None]:
    """A panic in the Rust library is printed before it is raised, past Python's own stderr."""
    if sys.__stderr__ is None:  # it was closed from the start: number 2 may be any file by now
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _opened(source: Source) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    source.handle.seek(0)
    return CalamineWorkbook.from_filelike(source.handle)


def _sheet_name(workbook: "CalamineWorkbook", source: Source) -> str:
    """Give the declared sheet, else the first visible one."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = [s.name for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    declared = source.declared.sheet
    if declared:
        if declared in names:
            return declared
        raise Refused(f"has no sheet `{declared}`, which is declared; it has {listed(names)}")
    for sheet in workbook.sheets_metadata:
        if (sheet.typ, sheet.visible) == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible):
            return sheet.name
    raise Refused("has no visible sheet")


def _scan(workbook: "CalamineWorkbook", sheet: str, source: Source, most_cells: int) -> SheetScan:
    if source.suffix in _XML:
        return scan_sheet(source.handle, source.suffix, sheet, most_cells)
    position = [one.name for one in workbook.sheets_metadata].index(sheet)
    return scan_binary_sheet(source.handle, source.suffix, position, most_cells)


def _merged(sheet: "CalamineSheet") -> Faults:
    faults: Faults = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in range(top, min(bottom, sheet.total_height) + 1):
            for column in range(left, min(right, sheet.total_width) + 1):
                faults[row, column] = ("", MERGED)
        del faults[top, left]
    return faults


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return number_text(float(cell))
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _remarks(
    workbook: "CalamineWorkbook", name: str, source: Source, scan: SheetScan
) -> tuple[str, ...]:
    from python_calamine import SheetTypeEnum

    others = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.name != name
        and sheet.typ == SheetTypeEnum.WorkSheet
        and _has_content(workbook, sheet.name, source)
    ]
    remarks = []
    if others:
        which = "declared" if source.declared.sheet else "first"
        other = (
            ""
            if source.declared.sheet
            else (f"; for another, {advice(source.file.name, 'sheet', others[0])}")
        )
        remarks.append(
            f"only the {which} sheet, `{name}`, is read; not read: {listed(others)}{other}"
        )
    if scan.has_formulas:
        remarks.append(
            f"holds formulas, and in {source.suffix} one whose result was never stored looks like "
            "an empty cell or 0: calculate and save it as .xlsx"
        )
    return tuple(remarks)


def _has_content(workbook: "CalamineWorkbook", sheet: str, source: Source) -> bool:
    try:
        return bool(_scan(workbook, sheet, source, 1).height)
    except Refused:
        return True


def _batches(
    rows: list[list[str]],
    faults: Faults,
    source: Source,
    spec: DatasetSpec,
    remarks: tuple[str, ...],
) -> Iterator[Batch]:
    marked = {row for row, _ in faults}
    filled = [place for place, row in enumerate(rows) if any(row) or place in marked]
    if not filled:
        raise Refused("the sheet is empty")
    top, places = _top(rows, filled, source)
    kept = _kept_columns(rows, top, faults)
    header = clean_header(rows[top][column] for column in kept)
    below = _further_down(rows, filled, spec, source)
    check_header(header, spec, ", ".join(filter(None, rows[top])), below)
    gatherer = Gatherer(header, source.limits, remarks)
    for place in places:
        row = [rows[place][column] for column in kept]
        gatherer.met(sum(map(len, row)))
        rejected = _rejected(place, row, header, kept, faults) if place in marked else None
        if rejected:
            gatherer.reject(rejected)
        else:
            gatherer.accept(place + 1, row)
        if gatherer.full:
            yield gatherer.take()
    yield gatherer.take()


def _top(rows: list[list[str]], filled: list[int], source: Source) -> tuple[int, list[int]]:
    """Give the place of the header, declared or first, and the places of the rows below it."""
    row = source.declared.header_row
    top = row - 1 if row else filled[0]
    if top >= len(rows):
        raise Refused(f"has no row {row}, where its header is declared to be")
    return top, [place for place in filled if place > top]


def _further_down(
    rows: list[list[str]], filled: list[int], spec: DatasetSpec, source: Source
) -> str:
    for place in filled[:FARTHEST_HEADER]:
        if spec.mandatory and {*spec.mandatory} <= {*clean_header(rows[place])}:
            return header_below(source.file.name, place + 1)
    return ""


def _kept_columns(rows: list[list[str]], top: int, faults: Faults) -> list[int]:
    """Leave out columns without name and content, which mere formatting makes."""
    marked = {column for _, column in faults}
    return [
        column
        for column, name in enumerate(rows[top])
        if name or column in marked or any(row[column] for row in rows)
    ]


def _rejected(
    place: int, row: list[str], header: tuple[str, ...], kept: list[int], faults: Faults
) -> RejectedRow | None:
    for name, column in zip(header, kept, strict=True):
        if (place, column) in faults:
            raw, reason = faults[place, column]
            return RejectedRow(place + 1, f"the cell {reason}", "\t".join(row), name, raw)
    return None
