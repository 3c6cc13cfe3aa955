"""What the page says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from etl.night import CORROBORATION, STATES, Status

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

VERDICTS = ("error", "fail", "warn", "unknown", "pass")
_RULES = ("row", "group", "read")
# What a finding belongs to, as a statistician would sort it; the first that fits. Rows held are
# known by their quarantine, the rest is declarations.
_GROUPS = (
    ("Figures that do not add up", ("subtotals_", "overlapping_subtotals_")),
    ("Claims that the numbers refute", ("claims_",)),
    ("Sources that disagree", ("sources_", "figures_can_")),
    (
        "Periods and running totals",
        ("period_", "adjoining_periods_", "calendar_periods_", "running_total_"),
    ),
    ("Input files", ("file_",)),
)
_ROWS_HELD = "Rows held back"
_OTHER = "Other rules, declarations and references"


def of(settings: Settings, night: Night) -> dict[str, Any]:
    """The content of the report of one night.

    Returns:
        JSON-ready apart from times: `run` (the row of `audit.run`), `sentence`,
        `words` (for the states of findings), `corroboration` (figures by what all other evidence
        makes of them), `finding_groups`, `checks` (`rules`, which are those of their own and
        whatever failed, and `others`; worst first), `held`, `inputs`, `models`, `stages`,
        `refusals`, `warnings`, `warehouse`.
    """
    return {
        "run": night.row(),
        "sentence": _sentence(night),
        "words": {state: night.word(state) for state in STATES},
        "corroboration": {name: night.corroboration.get(name, 0) for name in CORROBORATION},
        "previous_run_id": night.previous_run_id,
        "warehouse": str(settings.file),
        "raw": str(settings.raw),
        "finding_groups": _grouped(night),
        "checks": _checks(night),
        "held": night.held,
        "inputs": night.inputs,
        "models": night.models,
        "stages": [vars(stage) for stage in night.stages],
        "refusals": night.refusals,
        "warnings": night.warnings,
    }


def _sentence(night: Night) -> str:
    return {
        Status.PUBLISHED: _published(night),
        Status.DRY_RUN: "A dry run: nothing was published.",
        Status.REFUSED: "Refused: yesterday's warehouse stays as it was.",
        Status.BROKE: "The run broke: yesterday's warehouse stays as it was.",
    }.get(night.status, str(night.status))


def _published(night: Night) -> str:
    if night.findings_in("new", "persisting"):
        return "Published, with findings."
    if night.findings_in("acknowledged"):
        return "Published, with accepted findings."
    return "Published, no findings."


def _checks(night: Night) -> dict[str, list[dict[str, Any]]]:
    ranked = sorted(night.checks, key=lambda check: VERDICTS.index(check["verdict"]))
    return {
        "rules": [check for check in ranked if is_shown(check)],
        "others": [check for check in ranked if not is_shown(check)],
    }


def is_shown(check: Mapping[str, Any]) -> bool:
    """Whether a check is told by itself: it is a rule of its own, or it failed."""
    return check["kind"] in _RULES or check["verdict"] in ("error", "fail", "warn")


def _grouped(night: Night) -> list[dict[str, Any]]:
    held = {row["check_name"] for row in night.held}
    titles = [title for title, _ in _GROUPS]
    groups: dict[str, list[dict[str, Any]]] = {
        title: [] for title in (*titles[:-1], _ROWS_HELD, titles[-1], _OTHER)
    }
    for finding in sorted(night.findings, key=lambda found: STATES.index(found["state"])):
        groups[_group(finding, held)].append(finding)
    return [{"title": title, "findings": found} for title, found in groups.items() if found]


def _group(finding: dict[str, Any], held: set[str]) -> str:
    check = finding["check_name"]
    if check in held and not check.startswith("file_"):
        return _ROWS_HELD
    return next((title for title, prefixes in _GROUPS if check.startswith(prefixes)), _OTHER)
