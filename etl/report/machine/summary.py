"""`summary.md`: the night on one page of Markdown, also what GitHub shows of a job."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from etl.harmless import LONGEST, brief
from etl.night import STATES, Night, Status

if TYPE_CHECKING:
    from etl.settings import Settings

_MOST_SHOWN = 50
_LONGEST = 2_000  # of what follows a finding's headline: arithmetic, suspects and mend, place
_WRONG = ("error", "fail", "warn")  # worst first
_HEADINGS = {
    Status.PUBLISHED: "Published",
    Status.DRY_RUN: "A dry run: nothing was published",
    Status.REFUSED: "Refused: yesterday's warehouse stays as it was",
    Status.BROKE: "The run broke",
}


def pieces(settings: Settings, night: Night) -> Iterator[str]:
    """The page, a line at a time."""
    del settings  # every format is asked in the same way
    for line in _lines(night):
        yield f"{line}\n"


def _lines(night: Night) -> Iterator[str]:
    yield f"## {_HEADINGS.get(night.status, str(night.status))}"
    yield ""
    yield f"Run {_text(night.run_id)}, {night.started_at:%Y-%m-%d %H:%M} UTC."
    if night.message and not night.refusals:
        yield f"\n{_text(night.message)}"
    for text in (*night.refusals, *night.warnings):
        yield f"- {_text(text)}"
    yield from _counts(night)
    yield from _checks(night)
    for state in ("new", "resolved", "persisting"):
        yield from _findings(night.word(state), night.findings_in(state))


def _counts(night: Night) -> Iterator[str]:
    numbers = {
        "figures read": night.figures_read,
        "held back": night.figures_held,
        "published": night.figures_published,
        **{f"findings {night.word(state)}": len(night.findings_in(state)) for state in STATES},
    }
    yield f"\n| {' | '.join(numbers)} |"
    yield f"|{'---:|' * len(numbers)}"
    yield f"| {' | '.join(f'{number:,}' for number in numbers.values())} |"


def _checks(night: Night) -> Iterator[str]:
    wrong = [check for check in night.checks if check["verdict"] in _WRONG]
    wrong.sort(key=lambda check: _WRONG.index(check["verdict"]))
    if wrong:
        yield "\n| verdict | check | tested | failed | unknown |"
        yield "|---|---|---:|---:|---:|"
    for check in wrong[:_MOST_SHOWN]:
        counts = (f"{check[f'{word}_count']:,}" for word in ("tested", "failed", "unknown"))
        yield f"| {check['verdict']} | {_text(check['claim'])} | {' | '.join(counts)} |"
    yield from _more(wrong)


def _findings(word: str, findings: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not findings:
        return
    yield f"\n### {word.capitalize()}: {len(findings):,}\n"
    for finding in findings[:_MOST_SHOWN]:
        detail = finding["message"].removeprefix(finding["headline"])
        yield f"- **{_text(finding['headline'])}** {_text(detail, _LONGEST)}".rstrip()
    yield from _more(findings)


def _more(entries: Sequence[object]) -> Iterator[str]:
    if len(entries) > _MOST_SHOWN:
        yield f"\n… and {len(entries) - _MOST_SHOWN:,} more."


def _text(value: object, longest: int = LONGEST) -> str:
    """A value in which nothing is markup, in Markdown nor in the HTML that Markdown allows."""
    shown = html.escape(brief(value, longest), quote=False)
    return re.sub(r"([\\`*_{}\[\]()#+!|~@-])", r"\\\1", shown)
