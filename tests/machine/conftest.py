from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from etl import metrics
from etl.night import STATES, Night, Stage, Status
from etl.report import machine
from etl.settings import Settings

# What a cell of somebody's file may hold, and what must then happen nowhere.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(1)",
    "wide formula": "\uff1d1+1",
    "terminal": "\x1b[31mred\x07\x9b2J",
    "right to left": "\u202e5852\u2066\u2069\u061c",
    "unseen": "58\u200b52\u00ad\ufeff\U000e0041\u3164",
    "new command": "a\r\n::error::owned\n##[error]owned",
    "nul": "a\x00b\ufffe",
    "markdown": "[click](http://evil.example) `code` | cell | **bold** <img src=x>",
    "placeholder": "{0} %0A %25 ]]> \"' & @everyone",
    "long": "x" * 10_000,
}


def finding(identifier: str = "0123456789ab", **said: Any) -> dict[str, Any]:
    """A row of `audit.finding` with its figures."""
    moment = datetime(2026, 11, 23, 2, 0)  # noqa: DTZ001 - as the warehouse keeps it
    place = {"file": "figures/a.csv", "row_number": 3}
    blame = {"blame_rank": None, "blame_band": None, "mended_value": None, "slip": None}
    line = {
        "line_number": 1,
        "kind": "figure",
        "words": "308 (persons, Indonesia, 2026; page)",
        "figure_id": "one",
        "source_id": "page",
        "blame_rank": None,
        "blame_band": None,
        **place,
    }
    figure = {"figure_id": "one", "role": "whole", **place, **blame}
    return {
        "run_id": "run",
        "finding_id": identifier,
        "check_name": "subtotals_sum_to_total",
        "severity": "error",
        "state": "new",
        "subject": "one.2019",
        "headline": "10 is less than its parts.",
        "message": "10 is less than its parts. They add up to 11.",
        "evidence": "10 / 11",
        "source_id": "page",
        "measure": "persons",
        "geography": "KHM",
        "file": "figures/a.csv",
        "row_number": 3,
        "first_seen_at": moment,
        "last_seen_at": moment,
        "figures": [figure, {**figure, "figure_id": "two", "role": "part", "row_number": 4}],
        "proof": [line],
        **said,
    }


def check(name: str = "subtotals_sum_to_total", verdict: str = "fail", **said: Any) -> Any:
    """A row of `audit.check_result`."""
    return {
        "run_id": "run",
        "table_name": "intermediate.int_breakdown_members",
        "check_name": name,
        "kind": "group",
        "claim": "The parts add up to the total",
        "severity": "warning" if verdict == "warn" else "error",
        "scope": "group",
        "verdict": verdict,
        "tested_count": 0 if verdict in ("unknown", "error") else 5,
        "failed_count": 2 if verdict in ("fail", "warn") else 0,
        "unknown_count": 1,
        "message": "no such column" if verdict == "error" else None,
        **said,
    }


def full_night(status: Status = Status.PUBLISHED, text: str = "") -> Night:
    """A night with something in every list; `text` stands wherever a value may come from a file."""
    said = {name: text for name in ("headline", "message", "subject", "evidence") if text}
    said |= {"source_id": text, "measure": text, "geography": text} if text else {}
    night = Night("20261123T020000.000Z-abcd", datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    night.end(status, text or ("it could not go on" if status is Status.BROKE else ""))
    night.finished_at = night.started_at
    night.stages = [Stage("load", "2 files", 0.5)]
    night.findings = [
        finding(f"{place:012}", state=state, **said) for place, state in enumerate(STATES)
    ]
    verdicts = ("pass", "warn", "fail", "unknown", "error")
    night.checks = [check(f"check_{verdict}", verdict) for verdict in verdicts] + [check()]
    night.refusals = [text or "too many rows held"] if status is Status.REFUSED else []
    night.warnings = [text or "take care"]
    night.figures_read, night.figures_held, night.figures_published = 9, 1, 8
    night.inputs = [
        {
            "run_id": night.run_id,
            "file": text or "figures/a.csv",
            "dataset": "figures",
            "sha256": "0" * 64,
            "size_bytes": 99,
            "status": "loaded",
            "rows_in_file": 9,
            "rows_loaded": 8,
            "rows_quarantined": 1,
            "message": text or None,
            "fingerprint": "0" * 32,
            "is_carried": False,
        }
    ]
    night.held = [
        {
            "run_id": night.run_id,
            "dataset": "figures",
            "file": "figures/a.csv",
            "row_number": 5,
            "check_name": "row_is_readable",
            "column_name": None,
            "raw_text": text or None,
            "reason": text or "no number",
            "row_text": text or "a,b",
        }
    ]
    night.models = [
        {
            "run_id": night.run_id,
            "model": "marts.fct_a",
            "rows_count": 8,
            "seconds": 0.25,
            "made_seconds": 0.1,
            "checked_seconds": 0.1,
            "held_seconds": 0.05,
            "fingerprint": "0" * 32,
            "is_carried": False,
        }
    ]
    return night


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw" / "figures").mkdir(parents=True)
    (tmp_path / "raw" / "figures" / "a.csv").write_text('h,i\n"a\nb",1\nc,2\nd,3\n')
    (tmp_path / "warehouse").mkdir()
    return Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse")


def parsed(file: Path) -> ElementTree.Element:
    """An XML file of ours."""
    return ElementTree.parse(file).getroot()  # noqa: S314 - a file of ours


def written(settings: Settings, night: Night) -> Path:
    """The folder of the night's report, with every format in it."""
    folder = settings.warehouse / "reports" / night.run_id
    folder.mkdir(parents=True)
    machine.write(settings, night, folder)
    metrics.write(settings, night)
    return folder
