"""`findings.sarif`: findings as SARIF 2.1.0, on the file and line where each was typed.

What code hosts and editors show beside the line: one result per finding, the figures that take part
as related locations, its state from night to night as `baselineState`, one that somebody has
accepted as suppressed. Those that need somebody come first, and are all that a code host would take
of very many. https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from etl.report.machine.places import Places

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASELINE = {
    "new": "new",
    "persisting": "unchanged",
    "acknowledged": "unchanged",
    "resolved": "absent",
}
_SAID = str.maketrans({"\\": r"\\", "[": r"\[", "]": r"\]", "{": "{{", "}": "}}"})
_MOST_RELATED = 100  # places of one finding; a code host shows fewer
_MOST_RESULTS = 25_000  # GitHub takes no file with more


def pieces(settings: Settings, night: Night) -> Iterator[str]:
    """The log, a result at a time."""
    shown = night.findings[:_MOST_RESULTS]
    rules = _rules(night, shown)
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    figures = (figure for finding in shown for figure in finding["figures"])
    places = Places(settings, chain(shown, figures))
    code = str(night.made_of.get("code", "unknown"))[:12]
    driver = {"name": "reported-figures-etl", "version": code, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"night/{night.run_id}"},
        "invocations": [_invocation(night)],
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0"}
    yield f'{_json(log)[:-1]}, "runs": [{_json(run)[:-1]}, "results": ['
    opening = "\n"
    for finding in shown:
        yield f"{opening}{_json(_result(finding, index, places))}"
        opening = ",\n"
    yield "\n]}]}\n"


def _rules(night: Night, shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The checks that findings come from; the same name on several tables is one rule."""
    claims = {check["check_name"]: check for check in reversed(night.checks)}
    names = sorted({finding["check_name"] for finding in shown})
    return [
        {
            "id": name,
            "shortDescription": {"text": _said(claims[name]["claim"] if name in claims else name)},
        }
        for name in names
    ]


def _invocation(night: Night) -> dict[str, Any]:
    notes = [("warning", text) for text in night.warnings]
    if more := len(night.findings[_MOST_RESULTS:]):
        notes.append(("note", f"{more:,} more findings are in findings.csv"))
    if night.exit_code:
        notes = [("error", text) for text in night.refusals or [night.message]] + notes
    return {
        "executionSuccessful": night.exit_code == 0,
        "exitCode": night.exit_code,
        "startTimeUtc": f"{night.started_at:%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _said(text)}} for level, text in notes
        ],
    }


def _result(finding: Mapping[str, Any], index: Mapping[str, int], places: Places) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding["check_name"],
        "ruleIndex": index[finding["check_name"]],
        "level": finding["severity"],
        "message": {"text": _said(finding["message"])},
        "locations": [_location(finding, places)],  # GitHub takes no result without
        "partialFingerprints": {"findingId/v1": finding["finding_id"]},
        "baselineState": _BASELINE[finding["state"]],
        "properties": {
            name: finding[name] for name in ("subject", "source_id", "measure", "geography")
        },
    }
    if figures := finding["figures"][:_MOST_RELATED]:
        result["relatedLocations"] = [
            _location(figure, places, place) for place, figure in enumerate(figures)
        ]
    if finding["state"] == "acknowledged":
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return result


def _location(row: Mapping[str, Any], places: Places, number: int | None = None) -> dict[str, Any]:
    """A row's place; with a number, that of a figure, and what is known of its part."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": places.uri(row["file"] or "")}}
    if line := places.line(row):
        physical["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if number is not None:
        known = {name: value for name, value in row.items() if value is not None}
        said = f"{row['role']}: {row['figure_id']}, row {row['row_number']}"
        location |= {"id": number, "message": {"text": _said(said)}, "properties": known}
    return location


def _said(text: str) -> str:
    """A text in which nothing is a link (§3.11.6) or a placeholder (§3.11.5)."""
    return text.translate(_SAID)


# one for all: `json.dumps` makes another for every result, which takes longer than the result
_json = json.JSONEncoder(default=str, allow_nan=False).encode
