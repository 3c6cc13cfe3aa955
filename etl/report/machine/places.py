"""Where a row of the input stands: its file as an address, its line as editors count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from etl.extract.survey import format_of
from etl.extract.text import marked_encoding

if TYPE_CHECKING:
    from etl.settings import Settings

_CHUNK = 1 << 20


class Places:
    """The places of some rows, worked out once per file.

    Args:
        settings: whose raw folder.
        rows: entries with a `file` and a `row_number`, each of which may be missing.
    """

    def __init__(self, settings: Settings, rows: Iterable[Mapping[str, Any]]) -> None:
        self._settings = settings
        wanted: dict[str, set[int]] = {}
        for row in rows:
            if row["file"] and row["row_number"]:
                wanted.setdefault(row["file"], set()).add(row["row_number"])
        self._lines = {file: _lines(settings.raw / file, rows) for file, rows in wanted.items()}
        self._uris: dict[str, str] = {}

    def path(self, file: str) -> str:
        """The file as messages name it: below the product's own folder where it lies there."""
        return f"{self._settings.raw_shown}/{file}"

    def uri(self, file: str) -> str:
        """The same as a URI reference."""
        if file not in self._uris:
            path = quote(self.path(file), errors="surrogateescape")
            self._uris[file] = f"file://{path}" if path.startswith("/") else path
        return self._uris[file]

    def line(self, row: Mapping[str, Any]) -> int | None:
        """The line, counted from 1, that the row begins in; None where the file has no lines."""
        return self._lines.get(row["file"], {}).get(row["row_number"])


def _lines(path: Path, rows: set[int]) -> dict[int, int]:
    """The line of each row: they differ where a quoted field holds a line end."""
    suffix, is_packed = format_of(path.name)
    if is_packed or suffix not in (".csv", ".tsv", ".ndjson", ".jsonl"):
        return {}
    with suppress(OSError):
        if suffix in (".csv", ".tsv") and any(b'"' in chunk for chunk in _chunks(path)):
            return _counted(path, rows)
        return {row: row for row in rows}
    return {}


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _counted(path: Path, rows: set[int]) -> dict[int, int]:
    """A record goes on while the quotes met since its start are odd in number (RFC 4180)."""
    with path.open("rb") as stream:
        encoding = marked_encoding(stream.read(4)) or "utf-8"
    found: dict[int, int] = {}
    row, is_open, last = 0, False, max(rows)
    # In whatever encoding else, quotes and line ends are those of ASCII.
    with path.open(encoding=encoding, errors="replace") as lines:
        for number, text in enumerate(lines, 1):
            if not is_open:
                row += 1
                if row in rows:
                    found[row] = number
                if row > last:
                    break
            is_open ^= text.count('"') % 2 == 1
    return found
