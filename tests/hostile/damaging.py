"""Damage valid files at random, and say what must still hold of what is read of them."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl.extract import DatasetSpec, FileOutcome, Limits, survey
from etl.extract.load import load
from tests import workbooks

HEADER = ("id", "value", "note")
SPECS = {"figures": DatasetSpec(("id", "value"), ("note",))}
SUFFIXES = (
    ".csv", ".tsv", ".csv.gz", ".json", ".ndjson", ".parquet", ".xlsx", ".xls", ".xlsb", ".ods",
)  # fmt: skip
# Formats that carry a checksum over all that is read of them: no damage may change a value.
CHECKED = frozenset({".csv.gz", ".parquet", ".xlsx", ".xlsb", ".ods"})
LOADED_AT = datetime(2026, 11, 23, 2, 0)  # noqa: DTZ001 - a TIMESTAMP has no zone
SMALL = Limits(sheet_cells=200_000, batch_cells=30, bulk_bytes=1, unpacked_floor=1 << 20)

Row = tuple[str, str, str]


@dataclass(frozen=True)
class Damaged:
    """A valid file, and the same with damage.

    Attributes:
        suffix: its format.
        rows: what the valid file says.
        content: the bytes that are left of it.
        left_alone: the rows that were left alone, of a text damaged in one line; else None.
    """

    suffix: str
    rows: tuple[Row, ...]
    content: bytes
    left_alone: tuple[Row, ...] | None


def valid_rows(random: Random) -> tuple[Row, ...]:
    """A few rows, some with what a format must quote; every identifier once."""
    notes = ("", "plain", "a, b", 'he said "hi"', "two\nlines", "ก é", "5,852", "x" * 300, "'", ";")
    return tuple(
        (f"id{number}", str(random.randrange(10**6)), random.choice(notes))
        for number in range(random.randrange(1, 20))
    )


def written(suffix: str, rows: tuple[Row, ...]) -> bytes:
    """The rows as a valid file of a format."""
    objects = [dict(zip(HEADER, row, strict=True)) for row in rows]
    if suffix == ".json":
        return json.dumps(objects).encode()
    if suffix == ".ndjson":
        return "".join(json.dumps(one) + "\n" for one in objects).encode()
    if suffix == ".parquet":
        buffer = io.BytesIO()
        columns = {name: [one[name] for one in objects] for name in HEADER}
        pq.write_table(pa.table(columns), buffer, write_page_checksum=True)
        return buffer.getvalue()
    if suffix in (".xlsx", ".ods"):
        return _xml_workbook(suffix, rows)
    if suffix in (".xls", ".xlsb"):
        cells = {
            (y, x): text for y, row in enumerate((HEADER, *rows)) for x, text in enumerate(row)
        }
        make = workbooks.xls if suffix == ".xls" else workbooks.xlsb
        return make({place: text for place, text in cells.items() if text})
    text = "".join(csv_line(row, suffix) for row in (HEADER, *rows)).encode()
    return gzip.compress(text, mtime=0) if suffix == ".csv.gz" else text


def csv_line(row: tuple[str, ...], suffix: str) -> str:
    """One record, quoted where it must be."""
    delimiter = "\t" if suffix == ".tsv" else ","
    quoted = [
        '"' + text.replace('"', '""') + '"' if {delimiter, '"', "\n"} & set(text) else text
        for text in row
    ]
    return delimiter.join(quoted) + "\r\n"


def _xml_workbook(suffix: str, rows: tuple[Row, ...]) -> bytes:
    escaped = [[_escaped(text) for text in row] for row in (HEADER, *rows)]
    if suffix == ".xlsx":
        return workbooks.xlsx({"S": [list(map(workbooks.text, row)) for row in escaped]})
    lines = (workbooks.ods_row(*map(workbooks.ods_cell, row)) for row in escaped)
    return workbooks.ods("".join(lines))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def damaged(random: Random, suffix: str) -> Damaged:
    """A file with one to three random damages."""
    rows = valid_rows(random)
    if suffix in (".xls", ".xlsb", ".xlsx", ".ods"):  # texts without what these cannot keep
        rows = tuple((one, value, "plain note") for one, value, _ in rows)
    if suffix in (".csv", ".tsv") and random.random() < 0.5:
        return _damaged_line(random, suffix, rows)
    content = bytearray(written(suffix, rows))
    for _ in range(random.randrange(1, 4)):
        _damage(random, content)
    return Damaged(suffix, rows, bytes(content), None)


def _damaged_line(random: Random, suffix: str, rows: tuple[Row, ...]) -> Damaged:
    """One line made wrong in a way that leaves no doubt where the next begins."""
    delimiter = "\t" if suffix == ".tsv" else ","
    hurt = random.randrange(len(rows))
    lines = [csv_line(row, suffix) for row in (HEADER, *rows)]
    wrong = (
        f"id{hurt}{delimiter}5{delimiter}852{delimiter}\r\n", f"id{hurt}\r\n", "# a comment\r\n",
        f'id{hurt}{delimiter}"a "b" c"{delimiter}\r\n', f"{delimiter * 9}\r\n",
    )  # fmt: skip
    lines[hurt + 1] = random.choice(wrong)
    left_alone = (*rows[:hurt], *rows[hurt + 1 :])
    return Damaged(suffix, rows, "".join(lines).encode(), left_alone)


def _damage(random: Random, content: bytearray) -> None:
    if not content:
        return
    place, other = sorted(random.randrange(len(content) + 1) for _ in range(2))
    match random.randrange(7):
        case 0:
            content[min(place, len(content) - 1)] ^= 1 << random.randrange(8)
        case 1:
            del content[place:]
        case 2:
            del content[place : min(other, place + 50)]
        case 3:
            content[place:place] = random.randbytes(random.randrange(1, 9))
        case 4:
            content[place:place] = random.choice([b'"', b"\r", b"\n", b"\0", b",", b"\xff", b"{"])
        case 5:
            content[place:place] = content[place : min(other, place + 200)]
        case 6:
            content[place:other] = bytes(other - place)


def read(folder: Path, one: Damaged) -> tuple[FileOutcome, list[Row], int]:
    """What becomes of a damaged file: its outcome, the rows that are loaded, those rejected."""
    path = folder / "figures" / f"x{one.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(one.content)
    with duckdb.connect() as connection:
        (outcome,) = load(connection, survey(folder), SPECS, LOADED_AT, limits=SMALL)
        rows = connection.execute(
            "select coalesce(id, ''), coalesce(value, ''), coalesce(note, '') from raw.figures"
        ).fetchall()
        (rejected,) = connection.execute("select count(*) from raw.rejected_row").fetchall()
    path.unlink()
    return outcome, rows, rejected[0]


def broken_promises(
    one: Damaged, outcome: FileOutcome, rows: list[Row], rejected: int
) -> Iterator[str]:
    """What does not hold: rows lost, rows of a file refused, good rows changed or invented."""
    if outcome.rows_in_file != outcome.rows_loaded + outcome.rows_rejected:
        yield "rows in file are not loaded + rejected"
    if (len(rows), rejected) != (outcome.rows_loaded, outcome.rows_rejected):
        yield "stored rows are not those counted"
    if outcome.status in ("refused", "ignored") and (rows or rejected or not outcome.message):
        yield "a file that was not taken left rows, or no reason"
    if one.left_alone is not None:
        lost = Counter(one.left_alone) - Counter(rows)
        if outcome.status != "refused" and lost:
            yield f"a good row was lost or changed: {lost}"
        if outcome.status == "refused" and '"' not in one.content.decode():
            yield f"refused for one damaged line: {outcome.message}"
    is_whole = outcome.status == "refused" or Counter(rows) == Counter(one.rows)
    if one.suffix in CHECKED and not is_whole:
        yield f"rows differ from those written: {Counter(rows) - Counter(one.rows)}"
