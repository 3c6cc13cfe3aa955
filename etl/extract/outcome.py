"""The values that the parts of `etl.extract` hand to each other and to the caller."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

GIB = 1 << 30
MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much a file may cost; beyond it the file is refused, never the machine exhausted.

    Attributes:
        file_bytes: Largest file taken, and largest content of a packed one.
        unpacked_ratio: Most bytes that one gzip byte may become, once past `unpacked_floor`.
            Real tables stay under 100; a gzip bomb reaches 1,000.
        unpacked_floor: Content that is never called a bomb.
        document_bytes: Largest JSON array; it is held in memory whole (NDJSON is not).
        workbook_bytes: Largest unpacked workbook.
        sheet_cells: Largest rectangle of cells; the reader takes 32 bytes for each.
        bulk_bytes: Size from which the engine's own CSV reader is worth its proof.
        batch_cells: Cells held in Python at a time.
        batch_characters: Characters held in Python at a time.
    """

    file_bytes: int = 8 * GIB
    unpacked_ratio: int = 200
    unpacked_floor: int = 64 * MIB
    document_bytes: int = GIB
    workbook_bytes: int = 512 * MIB
    sheet_cells: int = 20_000_000
    bulk_bytes: int = 64 * 1024
    batch_cells: int = 600_000
    batch_characters: int = 64 * MIB


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class DatasetSpec:
    """What the files of one dataset must look like.

    Attributes:
        mandatory: Columns without which a file is refused.
        optional: Columns a file may have.
        open: The columns are whatever the files have; `mandatory` is then empty.
    """

    mandatory: tuple[str, ...]
    optional: tuple[str, ...] = ()
    open: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """All declared columns, in declared order."""
        return self.mandatory + self.optional


@dataclass(frozen=True)
class InputFile:
    """One file found under the raw folder, known from its directory entry only.

    Attributes:
        path: Where it lies.
        name: Posix path relative to the raw folder.
        dataset: Raw table it belongs to: the folder that it lies in, or in none its own name.
        size: Bytes.
        mtime_ns: Time of last change.
        refusal: Why it cannot be taken, or None.
    """

    path: Path
    name: str
    dataset: str
    size: int
    mtime_ns: int
    refusal: str | None


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; `rows_in_file` = `rows_loaded` + `rows_rejected`, always.

    Attributes:
        message: What a person must know, or None when there is nothing to say.
    """

    file: str
    dataset: str | None
    sha256: str | None
    size: int
    status: Literal["loaded", "loaded_in_part", "refused", "ignored"]
    rows_in_file: int
    rows_loaded: int
    rows_rejected: int
    message: str | None


@dataclass(frozen=True)
class RejectedRow:
    """A record that could not be read, verbatim in `row_text`."""

    row_number: int
    reason: str
    row_text: str
    column_name: str | None = None
    raw_text: str | None = None


@dataclass(frozen=True)
class Batch:
    """A stretch of one file as every reader returns it; each file gives at least one.

    Attributes:
        header: Column names, stripped and distinct.
        row_numbers: Place of each good row in the file.
        columns: The texts, one list per name of `header`; None where the file has no value.
        rejected: The records that could not be read.
        records: Records met in the file, counted apart from the two lists.
        remarks: What a person must know of the file beside its rows.
    """

    header: tuple[str, ...]
    row_numbers: list[int]
    columns: list[list[str | None]]
    rejected: list[RejectedRow]
    records: int
    remarks: tuple[str, ...] = ()


class Refused(Exception):
    """The file cannot be taken; the text says why. Never leaves `etl.extract`."""


def listed(names: Iterable[str], most: int = 10) -> str:
    """Name things in a message, and only count those beyond `most`."""
    quoted = [f"`{name}`" for name in names]
    more = f" and {len(quoted) - most} more" if len(quoted) > most else ""
    return ", ".join(quoted[:most]) + more


def shortened(text: str, most: int = 200) -> str:
    """Fit verbatim text into a message."""
    return text if len(text) <= most else text[:most] + "…"
