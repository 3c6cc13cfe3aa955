"""`messages.txt`: what a person at seven in the morning is told, 29 times; `make golden`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hostile.conftest import told
from tests.hostile.matrix import CASES

if TYPE_CHECKING:
    from tests.hostile.conftest import Folder

GOLDEN = Path(__file__).with_name("messages.txt")
CHOSEN = (
    "latin1_unsaid.csv", "nul.csv", "utf16_unsaid.csv", "thai_cut.csv", "titles.csv", "renamed.csv",
    "upper_header.csv", "twice.csv", "extra.csv", "declared_wrong.csv",
    "grouped_digits_unquoted.csv", "short_row.csv", "quote_left_open.csv", "comma_alone.csv",
    "contradiction.csv", "scientific.csv", "nothing_in_words.csv", "day_in_doubt.csv",
    "day_no_such_day.csv", "two.xlsx", "error.xlsx", "formula.xlsx", "merged.xlsx", "formula.xls",
    "far_off.xlsx", "cut.json", "broken_line.ndjson", "cut.csv.gz", "says_nonsense.csv",
)  # fmt: skip


def test_the_messages_are_those_that_were_reviewed(hostile: Folder) -> None:
    by_name = {case.name: case for case in CASES}
    parts = [f"== {name}\n{told(hostile, by_name[name])}\n" for name in CHOSEN]
    text = "\n".join(parts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
