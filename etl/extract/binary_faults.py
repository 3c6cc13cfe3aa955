"""Look into .xls and .xlsb before their reader does: how far cells reach, and which hold errors.

Measured: python-calamine 0.9 shows an error cell as empty, and reserves the rectangle of all cells
(in .xls also the one that the sheet says it has) before anything can be asked of it; where that
fails the process is aborted. Formats: Microsoft's [MS-CFB], [MS-XLS] and [MS-XLSB].
"""

import struct
import zipfile
from collections.abc import Iterator
from typing import IO

from etl.extract.cell_faults import SheetScan, is_error, tree
from etl.extract.outcome import Refused

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_END_OF_CHAIN = 0xFFFFFFFA  # from here on a sector number is a mark, not a place
_Record = tuple[int, bytes]


def scan_binary_sheet(handle: IO[bytes], suffix: str, position: int, most_cells: int) -> SheetScan:
    """Go through the records of one sheet of an .xls or .xlsb.

    Args:
        handle: The open file.
        suffix: Which of the two it is.
        position: Place of the sheet in the workbook's list, from 0.
        most_cells: Largest rectangle of cells.

    Raises:
        Refused: Its cells span more than `most_cells`, or it is no such workbook.
        struct.error, IndexError, KeyError: It is damaged.
    """
    handle.seek(0)
    if suffix == ".xls":
        return _xls_scan(_workbook_stream(handle.read()), position, most_cells)
    with zipfile.ZipFile(handle) as archive:
        return _xlsb_scan(archive, position, most_cells)


def check_xls(handle: IO[bytes], most_cells: int) -> None:
    """Raise `Refused` if one of the sheets of an .xls spans more than `most_cells`."""
    handle.seek(0)
    stream = _workbook_stream(handle.read())
    for position in range(len(_xls_starts(stream))):
        _xls_scan(stream, position, most_cells)


def _xlsb_scan(archive: zipfile.ZipFile, position: int, most_cells: int) -> SheetScan:
    sheets = [data for kind, data in _xlsb_records(archive.read("xl/workbook.bin")) if kind == 156]
    (length,) = struct.unpack_from("<I", sheets[position], 8)
    wanted = sheets[position][12 : 12 + 2 * length].decode("utf-16-le")
    relations = {item.get("Id"): item for item in tree(archive, "xl/_rels/workbook.bin.rels")}
    target = relations[wanted].get("Target", "")
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    scan, row = SheetScan(), 0
    for kind, data in _xlsb_records(archive.read(part)):
        if kind == 0:
            (row,) = struct.unpack_from("<I", data)
        elif 2 <= kind <= 11:  # every kind of cell but the blank one
            (column,) = struct.unpack_from("<I", data)
            scan.reach(row + 1, column + 1, most_cells)
            scan.has_formulas |= kind >= 8
            if kind in (3, 11):
                scan.faults[row, column] = is_error(_ERRORS.get(data[8], "#?"))
    return scan


def _xlsb_records(data: bytes) -> Iterator[_Record]:
    place = 0
    while place < len(data):
        kind, place = _variable(data, place, 2)
        size, place = _variable(data, place, 4)
        yield kind, data[place : place + size]
        place += size


def _variable(data: bytes, place: int, most: int) -> tuple[int, int]:
    """Read a number of which every byte but the last has its high bit set."""
    number = 0
    for step in range(most):
        byte = data[place + step]
        number |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            return number, place + step + 1
    return number, place + most


def _xls_scan(stream: bytes, position: int, most_cells: int) -> SheetScan:
    scan = SheetScan()
    for kind, data in _biff(stream, _xls_starts(stream)[position]):
        if kind == 0x0200:
            wide = len(data) >= 14  # a row takes 4 bytes from Excel 97 on
            _, height, _, width = struct.unpack_from("<IIHH" if wide else "<HHHH", data)
            if height * width > most_cells:
                scan.reach(height, width, most_cells)
        elif kind in _XLS_CELLS:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == 0x00BD else column
            scan.reach(row + 1, last + 1, most_cells)
            scan.has_formulas |= kind in _XLS_FORMULAS
            error = _xls_error(kind, data)
            if error is not None:
                scan.faults[row, column] = is_error(_ERRORS.get(error, "#?"))
    return scan


def _xls_starts(stream: bytes) -> list[int]:
    return [struct.unpack_from("<I", data)[0] for kind, data in _biff(stream, 0) if kind == 0x0085]


_XLS_FORMULAS = {0x0006, 0x0206, 0x0406}
_XLS_CELLS = {0x0203, 0x00FD, 0x027E, 0x00BD, 0x0204, 0x00D6, 0x0205, *_XLS_FORMULAS}


def _xls_error(kind: int, data: bytes) -> int | None:
    if kind == 0x0205:
        return data[6] if data[7] else None
    return (
        data[8] if kind in _XLS_FORMULAS and data[6] == 2 and data[12:14] == b"\xff\xff" else None
    )


def _biff(stream: bytes, place: int) -> Iterator[_Record]:
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        depth += kind in (0x0809, 0x0409, 0x0209)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size
        depth -= kind == 0x000A
        if depth <= 0:
            return


def _workbook_stream(data: bytes) -> bytes:
    """Take the stream `Workbook` (`Book` before Excel 97) out of a compound file."""
    if not data.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        raise Refused("is no .xls workbook, whatever its name says")
    size, mini_size = (1 << shift for shift in struct.unpack_from("<HH", data, 30))
    (first_directory,) = struct.unpack_from("<I", data, 48)
    cutoff, first_mini, _, next_table, _ = struct.unpack_from("<5I", data, 56)

    def sector(number: int) -> bytes:
        found = data[(number + 1) * size : (number + 2) * size]
        if len(found) < size:  # the library reads on for ever where a sector is missing
            raise IndexError("a sector is missing")
        return found

    places = [*struct.unpack_from("<109I", data, 76)]
    while next_table < _END_OF_CHAIN and len(places) * size <= len(data):
        *more, next_table = struct.unpack(f"<{size // 4}I", sector(next_table))
        places += more
    table = _numbers(b"".join(sector(place) for place in places if place < _END_OF_CHAIN))
    directory = b"".join(map(sector, _chain(table, first_directory)))
    entries = {}
    for at in range(0, len(directory) - 127, 128):
        name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        entries[name] = struct.unpack_from("<II", directory, at + 116)
    start, length = entries["Workbook"] if "Workbook" in entries else entries["Book"]
    if length >= cutoff:
        return b"".join(map(sector, _chain(table, start)))[:length]
    small = b"".join(map(sector, _chain(table, entries["Root Entry"][0])))
    minis = _chain(_numbers(b"".join(map(sector, _chain(table, first_mini)))), start)
    return b"".join(small[at * mini_size : (at + 1) * mini_size] for at in minis)[:length]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(table: tuple[int, ...], place: int) -> Iterator[int]:
    for _ in table:  # no chain is longer than its table, unless it is damaged into a ring
        if place >= _END_OF_CHAIN:
            return
        yield place
        place = table[place]
    raise IndexError("its sectors make a ring")
