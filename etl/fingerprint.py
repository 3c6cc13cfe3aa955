"""Hashes that tell whether something has changed: files of code, or what a thing is made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CODE = Path(__file__).resolve().parent
CACHE = CODE / "__pycache__"  # what is worked out once is kept beside the bytecode


def contents_of(files: Iterable[Path]) -> str:
    """A hash of the names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.parent.name}/{file.name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def made_of(*parts: Any) -> str:
    """A hash of values, in the order given; what JSON has no form for counts as its text."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]
