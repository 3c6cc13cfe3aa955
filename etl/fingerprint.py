"""One hash for many files: what tells whether code, models or schemas have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

CODE = Path(__file__).resolve().parent


def contents_of(files: Iterable[Path]) -> str:
    """A hash of the names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.parent.name}/{file.name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
