"""Open one file so that it cannot hang, swell or change unnoticed while it is read."""

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from etl.extract.declared import Declared
from etl.extract.outcome import InputFile, Limits, Refused
from etl.extract.survey import format_of

CHANGED = "still being written; will be taken next night"


@dataclass(frozen=True)
class Source:
    """An open file: its bytes, their hash, its content once unpacked, what is declared of it."""

    file: InputFile
    handle: BinaryIO
    sha256: str
    limits: Limits
    declared: Declared

    @property
    def suffix(self) -> str:
        """The format's suffix, without `.gz`."""
        return format_of(self.file.name)[0]

    @property
    def packed(self) -> bool:
        """Whether the content is inside gzip."""
        return format_of(self.file.name)[1]

    def content(self) -> io.BufferedReader:
        """Read the content from its start; a cut, damaged or swelling gzip raises `Refused`."""
        self.handle.seek(0)
        if not self.packed:
            return io.BufferedReader(_Stream(self.handle, self.limits.file_bytes), 1 << 16)
        ratio_cap = max(self.limits.unpacked_floor, self.file.size * self.limits.unpacked_ratio)
        unpacked = gzip.GzipFile(fileobj=self.handle)
        cap = min(ratio_cap, self.limits.file_bytes)
        return io.BufferedReader(_Stream(unpacked, cap), 1 << 16)

    def check_unchanged(self) -> None:
        """Raise `Refused` if the path no longer holds the file that was surveyed and opened."""
        try:
            now, opened = self.file.path.stat(), os.fstat(self.handle.fileno())
        except FileNotFoundError:
            raise Refused("was removed while it was read") from None
        for entry in (now, opened):
            if (entry.st_size, entry.st_mtime_ns) != (self.file.size, self.file.mtime_ns):
                raise Refused(CHANGED)
        if (now.st_dev, now.st_ino) != (opened.st_dev, opened.st_ino):
            raise Refused(CHANGED)


class _Stream(io.RawIOBase):
    """A view of a stream that does not own it and stops at `cap` bytes."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile, cap: int) -> None:
        self._stream, self._cap, self._total = stream, cap, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Refused(f"the gzip is cut short or damaged: {error}") from error
        self._total += len(data)
        if self._total > self._cap:
            raise Refused(f"unpacks to more than {self._cap:,} bytes: taken for a gzip bomb")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def open_source(file: InputFile, limits: Limits, declared: Declared) -> Iterator[Source]:
    """Open a surveyed file for reading.

    Raises:
        Refused: It is no longer the file that was surveyed.
        OSError: It cannot be read.
    """
    # O_NONBLOCK: a pipe put in the file's place since the survey would hang the night
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file.path, flags), "rb") as handle:
        if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
            raise Refused(CHANGED)
        source = Source(file, handle, _sha256(handle), limits, declared)
        source.check_unchanged()
        yield source


def fingerprint(path: Path) -> str:
    """Give the sha256 of a file's bytes, as hex."""
    with path.open("rb") as handle:
        return _sha256(handle)


def _sha256(handle: BinaryIO) -> str:
    return hashlib.file_digest(handle, "sha256").hexdigest()  # type: ignore[arg-type]
