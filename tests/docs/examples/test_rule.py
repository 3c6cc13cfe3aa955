"""The worked example of a rule: one SQL file that writes statements, and all that follows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.console import Console
from etl.run import night
from etl.settings import ROOT, Settings

RULE = ROOT / "docs" / "examples" / "rule"
CHECK = "sent_to_court_are_no_more_than_arrested"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for file in RULE.glob("raw/*/*.csv"):
        copy = tmp_path / file.relative_to(RULE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return tmp_path / "raw"


def change(raw: Path, old: str, new: str) -> None:
    file = raw / "figures" / "figures.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def told(raw: Path, warehouse: Path) -> dict[str, str]:
    settings = Settings(raw=raw, warehouse=warehouse, models=(ROOT / "sql", RULE / "sql"))
    assert night(settings, Console()) == 0
    with duckdb.connect(str(settings.file), read_only=True) as connection:
        found = connection.execute(
            "select subject, message from audit.finding where check_name = ?", [CHECK]
        ).fetchall()
    return dict(found)


def counts(warehouse: Path) -> tuple[int, ...]:
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        (found,) = connection.execute(
            "select tested_count, failed_count, unknown_count from audit.check_result"
            " where check_name = 'other_statements_hold' order by run_id desc limit 1"
        ).fetchall()
    return tuple(found)


def test_the_planted_defect_is_told_in_words_and_nothing_else_is(raw: Path, tmp_path: Path) -> None:
    ((subject, message),) = told(raw, tmp_path / "warehouse").items()
    assert subject == "sent_to_court:summer.arrested and summer.sent"
    assert message.startswith("Sent to court are no more than arrested")
    for said in ("38", "83", "-45", "at least 0", "figures/figures.csv, rows 4–5"):
        assert said in message
    assert counts(tmp_path / "warehouse") == (3, 1, 0)


def test_an_open_interval_that_reaches_far_enough_is_no_defect(raw: Path, tmp_path: Path) -> None:
    change(raw, "50,over", "50,exact")
    assert {subject.partition(":")[2] for subject in told(raw, tmp_path / "warehouse")} == {
        "summer.arrested and summer.sent",
        "autumn.arrested and autumn.sent",
    }


def test_the_rule_is_silent_once_the_defect_is_mended(raw: Path, tmp_path: Path) -> None:
    change(raw, "TOTAL,83", "TOTAL,38")
    assert told(raw, tmp_path / "warehouse") == {}
    assert counts(tmp_path / "warehouse") == (3, 0, 0)


def test_figures_of_different_pages_are_not_compared(raw: Path, tmp_path: Path) -> None:
    change(raw, "sent,summer", "sent,spring")
    assert told(raw, tmp_path / "warehouse") == {}
    assert counts(tmp_path / "warehouse") == (2, 0, 0)


def test_the_rule_holds_on_the_sample(tmp_path: Path) -> None:
    assert told(ROOT / "data" / "raw", tmp_path / "warehouse") == {}
    assert counts(tmp_path / "warehouse") == (1, 0, 0)
