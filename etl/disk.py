"""Files that are there whole or not at all, also when the power fails; none that all may write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_OTHERS_WRITE = 0o002


def sync(path: Path) -> None:
    """Flushes a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_whole(file: Path, text: str | Iterable[str], beside: Path) -> None:
    """Writes a file by way of another one that is renamed over it."""
    with beside.open("w", encoding="utf-8") as stream:
        stream.writelines([text] if isinstance(text, str) else text)
    put_in_place(beside, file)


def put_in_place(whole: Path, file: Path) -> None:
    """Renames a file that is written whole; both its content and its name are then on the disk."""
    sync(whole)
    whole.replace(file)
    sync(file.parent)


def link(existing: Path, name: Path) -> None:
    """A second name for a file; a copy where the file system has no links. On the disk for sure."""
    name.unlink(missing_ok=True)
    try:
        os.link(existing, name)
    except OSError:
        shutil.copy2(existing, name)
        sync(name)
    sync(name.parent)


@contextmanager
def not_for_all_to_write() -> Iterator[None]:
    """Keeps every file made meanwhile from being writable by anybody, whatever the umask was."""
    before = os.umask(0)
    os.umask(before | _OTHERS_WRITE)
    try:
        yield
    finally:
        os.umask(before)
