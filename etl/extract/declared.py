"""What `reference/files.*` declares of files: how they are written where they do not say it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

DATASET = "reference_files"
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENCODINGS = (
    "utf-8", "utf-16-le", "utf-16-be", "latin-1",
    *(f"cp{page}" for page in (874, 932, 936, 949, 950, *range(1250, 1259))),
    "big5", "euc-jp", "euc-kr", "gb18030", "iso8859-11", "iso8859-15", "koi8-r", "mac-roman",
    "shift_jis", "tis-620",
)  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """How one file is to be read; what is None was not declared.

    Attributes:
        encoding: Codec of a text without byte-order mark.
        delimiter: What parts its fields.
        header_row: Row of its header.
        sheet: Name of the sheet to read.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Declarations:
    """The lines of `reference/files.*` that readers go by: path, setting, value."""

    lines: Sequence[tuple[str, str, str]] = field(default=())

    def of(self, file: str) -> Declared:
        """Gather what holds for a file; what is said of itself beats what is said of folders."""
        encoding = self._value(file, "encoding")
        header_row = self._value(file, "header_row")
        return Declared(
            encoding if encoding in ENCODINGS else None,
            DELIMITERS.get(self._value(file, "delimiter") or ""),
            int(header_row) if header_row and header_row.isdecimal() and int(header_row) else None,
            self._value(file, "sheet"),
        )

    def _value(self, file: str, setting: str) -> str | None:
        """Give the value of the longest name that fits; None where two lines contradict."""
        fitting = {
            name: {value for other, key, value in self.lines if (other, key) == (name, setting)}
            for name, key, _ in self.lines
            if key == setting and fits(name, file)
        }
        values = fitting[max(fitting, key=len)] if fitting else set()
        return values.pop() if len(values) == 1 else None

    def idle(self, files: Iterable[str]) -> tuple[str, ...]:
        """Name the files and folders that are declared and not there."""
        names = dict.fromkeys(name for name, _, _ in self.lines)
        known = tuple(files)
        return tuple(name for name in names if not any(fits(name, file) for file in known))


def fits(name: str, file: str) -> bool:
    """Say whether a declared name is this file, or a folder (with `/` at its end) around it."""
    return file == name or (name.endswith("/") and file.startswith(name))


def advice(file: str, setting: str, value: object) -> str:
    """Say which line declares a setting, ready to be copied."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow((file, setting, value))
    return f"add to reference/files.csv (path,setting,value) the line `{text.getvalue()}`"
