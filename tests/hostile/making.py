"""Files of figures as people make them, each named for what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HEADER = (
    "figure_id", "source_id", "measure", "geography", "period_start", "period_end", "dimension",
    "category", "value", "value_qualifier", "breakdown_complete", "note",
)  # fmt: skip
VALUES = ("5852", "7", "0")
ALL = {2: 5852, 3: 7, 4: 0}


@dataclass(frozen=True)
class Case:
    """One file below `figures/`, and what must become of it.

    Attributes:
        name: its name.
        content: its bytes.
        rows: in the file, loaded, quarantined.
        good: value of each figure that is published, by row.
        held: column and text at fault of each row in quarantine, by row.
        status: what `audit.input_file` says.
        message: what its message must say; every part of it, or that there is none.
        declared: lines of `reference/files.csv` about it.
        days: first day of each figure, by row, where that is what the case is about.
    """

    name: str
    content: bytes
    rows: tuple[int, int, int] = (3, 3, 0)
    good: Mapping[int, int] = field(default_factory=lambda: ALL)
    held: Mapping[int, tuple[str | None, str | None]] = field(default_factory=dict)
    status: str = "loaded"
    message: tuple[str, ...] = ()
    declared: tuple[tuple[str, str], ...] = ()
    days: Mapping[int, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"figures/{self.name}"


def row(name: str, number: int, **cells: str) -> dict[str, str]:
    """A figure with an identifier of its own, in a year of its own, of a measure of the file's."""
    year = 1900 + number % 150
    stem = "".join(character if character.isalnum() and character.isascii() else "_"
                   for character in name.lower())  # fmt: skip
    return {
        "figure_id": f"{name}.{number}",
        "source_id": "page",
        "measure": f"m_{stem}",
        "geography": "KHM",
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-12-31",
        "dimension": "total",
        "category": "TOTAL",
        "value": "5852",
        "value_qualifier": "exact",
        "breakdown_complete": "unknown",
        "note": "",
        **cells,
    }


def rows(name: str, values: Sequence[str] = VALUES, **cells: str) -> list[dict[str, str]]:
    return [row(name, number, value=value, **cells) for number, value in enumerate(values, 2)]


def table(
    name: str,
    values: Sequence[str] = VALUES,
    *,
    delimiter: str = ",",
    end: str = "\r\n",
    header: Sequence[str] = HEADER,
    **cells: str,
) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header)
    for one in rows(name, values, **cells):
        writer.writerow([one[column] for column in HEADER])
    return text.getvalue()


def refused(name: str, content: bytes | str, *message: str, **more: object) -> Case:
    """A file of which nothing may be taken."""
    return Case(name, _bytes(content), (0, 0, 0), {}, {}, "refused", message, **more)  # type: ignore[arg-type]


def taken(name: str, content: bytes | str, *message: str, **more: object) -> Case:
    """A file of three good rows of which every one must go through."""
    return Case(name, _bytes(content), message=message, **more)  # type: ignore[arg-type]


def partly(
    name: str,
    content: bytes | str,
    held: Mapping[int, tuple[str | None, str | None]],
    good: Mapping[int, int],
    *message: str,
    **more: object,
) -> Case:
    """A file of which some rows must be held, and all the others go through."""
    count = (len(good) + len(held), len(good), len(held))
    status = "loaded_in_part" if held else "loaded"
    return Case(name, _bytes(content), count, good, held, status, message, **more)  # type: ignore[arg-type]


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content
