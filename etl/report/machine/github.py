"""GitHub's workflow commands: findings beside the line of the pull request that brought them.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from etl.harmless import brief
from etl.report.machine.places import Places

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

MOST = 10  # GitHub shows as many of each level for one step


def commands(settings: Settings, night: Night) -> Iterator[str]:
    """What went wrong with the night, then its new findings, errors before warnings."""
    if night.exit_code:
        for text in (night.refusals or [night.message])[:MOST]:
            yield f"::error title=The night was {night.status}::{_data(text)}"
    new = night.findings_in("new")
    for level in ("error", "warning"):
        shown = [finding for finding in new if finding["severity"] == level][:MOST]
        places = Places(settings, shown)
        for finding in shown:
            where = {"title": finding["check_name"]}
            if finding["file"]:
                line = places.line(finding)
                where |= {"file": places.path(finding["file"])}
                where |= {"line": str(line)} if line else {}
            properties = ",".join(f"{name}={_property(text)}" for name, text in where.items())
            yield f"::{level} {properties}::{_data(finding['message'])}"


def _data(text: str) -> str:
    return brief(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
