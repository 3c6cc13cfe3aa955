"""Input files that were refused, or that somebody should look at, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.findings.record import Finding


def tell(inputs: Sequence[Mapping[str, Any]], raw: str) -> Iterator[Finding]:
    """One finding per file that did not come in whole, or came with a remark."""
    for entry in inputs:
        if entry["status"] == "refused":
            yield _finding(entry, raw, "file_is_readable", "was refused: none of it is loaded")
        elif entry["status"] == "ignored":
            yield _finding(entry, raw, "file_is_expected", "was left aside")
        elif entry["message"]:
            yield _finding(entry, raw, "file_is_as_declared", "was loaded, with a remark")


def _finding(entry: Mapping[str, Any], raw: str, check: str, what: str) -> Finding:
    return Finding(
        check_name=check,
        severity="error" if entry["status"] == "refused" else "warning",
        subject=entry["file"],
        headline=f"{raw}/{entry['file']} {what}.",
        detail=entry["message"] or "",
        file=entry["file"],
        evidence=" ".join(f"{entry['status']} {entry['message'] or ''}".split()),
    )
