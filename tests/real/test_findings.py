"""The complete list of findings on data/raw, each marked by a person in docs/real-findings.md."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from etl.settings import ROOT

if TYPE_CHECKING:
    import duckdb

GOLDEN = Path(__file__).parent / "findings.txt"
MARKED = (ROOT / "docs" / "real-findings.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([0-9a-f]{12})` \| (\w+) \| \S+ \| (\w+) \|", re.MULTILINE)


def golden() -> list[list[str]]:
    return [line.split(" | ") for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def test_the_golden_list_of_findings_is_current(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select finding_id, check_name, severity, headline from audit.finding"
        " order by check_name, subject"
    ).fetchall()
    text = "".join(" | ".join(finding) + "\n" for finding in found)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_the_document_marks_exactly_the_findings_of_the_golden_list() -> None:
    assert [row[:2] for row in ROW.findall(MARKED)] == [(line[0], line[1]) for line in golden()]


def test_the_document_counts_its_own_marks() -> None:
    marks = Counter(mark for _, _, mark in ROW.findall(MARKED))
    assert set(marks) <= {"right", "arguable", "wrong"}
    counted = " | ".join(str(marks[mark]) for mark in ("right", "arguable", "wrong"))
    assert f"| all | {counted} | {marks.total()} |" in MARKED


def test_every_finding_that_the_document_names_is_in_the_golden_list() -> None:
    assert set(re.findall(r"`([0-9a-f]{12})`", MARKED)) == {line[0] for line in golden()}
