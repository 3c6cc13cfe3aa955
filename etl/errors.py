"""What can go wrong with a run, one class per person who must act.

Faults in the *data* are never exceptions: they are findings, quarantine rows or refused files.

    EtlError
    ├── InputError      whoever owns data/raw: the folder is missing or cannot be listed
    ├── ModelError      whoever wrote sql/: a model does not parse, has no parent, is in a cycle
    ├── SchemaError     whoever wrote etl/schemas: an invariant that cannot be enforced
    ├── WarehouseError  whoever runs the machine: the warehouse folder cannot be used
    │   └── WarehouseHeld   the same: another program has the warehouse open for writing
    ├── QueryError      whoever asks: the engine does not take the query
    ├── UnknownId       whoever asks: nothing in the warehouse has this identifier
    ├── LockHeld        nobody: another run is at work
    └── NotAvailable    whoever runs the machine: Spark or Java is missing (etl/engine/spark.py)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etl.harmless import one_line

_LONGEST_SHOWN = 200


class EtlError(Exception):
    """The run cannot go on; its message says what to do next."""


class InputError(EtlError):
    """The input folder itself cannot be used.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class ModelError(EtlError):
    """A SQL model cannot be run.

    Attributes:
        file: the model's file.
        line: the line in that file, counted from 1.
    """

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line


class SchemaError(EtlError):
    """A schema class declares something that cannot be enforced in SQL.

    Attributes:
        table: the table that the schema describes.
    """

    def __init__(self, table: str, message: str) -> None:
        super().__init__(f"schema of {table}: {message}")
        self.table = table


class WarehouseError(EtlError):
    """The warehouse folder or file cannot be used.

    Attributes:
        path: the folder or file.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class QueryError(EtlError):
    """The query is none that the warehouse answers; the message is the engine's."""


class WarehouseHeld(WarehouseError):
    """A warehouse may not be opened: another program writes into it, or permission is missing.

    Attributes:
        holder: that program and its process, as far as they are known.
    """

    def __init__(self, path: Path, holder: str, message: str = "") -> None:
        told = (
            f"another program has it open for writing ({holder}), so nobody else can read it."
            " Close it there, or open it there for reading only, and run again"
        )
        super().__init__(path, message or told)
        self.holder = holder


class UnknownId(EtlError):
    """An identifier names nothing in the warehouse, or more than one thing.

    Attributes:
        nearest: identifiers that look like it.
    """

    def __init__(self, identifier: str, nearest: Sequence[str]) -> None:
        hint = "".join("\n  " + one_line(known) for known in nearest)
        super().__init__(
            f"nothing is known as {identifier[:_LONGEST_SHOWN]!r}"
            + (f"; nearest to it:{hint}" if nearest else ", nor as anything like it")
        )
        self.nearest = tuple(nearest)


class LockHeld(EtlError):
    """Another run holds the warehouse.

    Attributes:
        holder: what that run wrote about itself (process, host, start).
    """

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is held by another run ({holder}); this one did nothing")
        self.holder = holder
