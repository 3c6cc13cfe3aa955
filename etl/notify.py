"""Notifications: what is new or resolved, to whoever asked to hear of it, through Apprise.

Nothing is sent where nothing changed. A night that published nothing is told each time, since what
people read is then older than they think; so is the first good one after it. An address may hold a
secret, so none is ever printed: a service that fails is named by its place in the list.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from etl.harmless import brief
from etl.night import Night, Status
from etl.publish import kept_runs

if TYPE_CHECKING:
    import apprise

    from etl.settings import Settings

_MOST_TOLD = 10  # findings of one state in a message
_TIMEOUT_SECONDS = 20.0
_HEADINGS = {"new": "New", "resolved": "Resolved"}


def tell(settings: Settings, night: Night) -> None:
    """Sends what this night has to say; whoever could not be told is a warning of the night."""
    try:
        title = _title(settings, night)
        body = "\n".join(_body(settings, night))
        for number, service in _services(settings.notify if title else ()):
            if fault := _send(service, title, body):
                night.warnings.append(f"address {number} of --notify was not told: {fault}")
    except Exception as error:  # noqa: BLE001 - a failure to notify never fails the night
        night.warnings.append(f"not everybody was told: {type(error).__name__}")


def test(addresses: Sequence[str]) -> int:
    """Sends a message to every address, and says how that went.

    Returns:
        0 if all were told; 2 if one was not, or there is none.
    """
    faults = []
    for number, service in _services(addresses):
        fault = _send(service, "Reported figures: a test", "This is a test. Nothing has happened.")
        name = service.service_name if service else "unknown"
        print(f"address {number} ({name}): {fault or 'told'}")  # noqa: T201 - a command's answer
        faults.append(fault)
    if not faults:
        print("nobody to tell: set ETL_NOTIFY or --notify", file=sys.stderr)  # noqa: T201
    return 2 if any(faults) or not faults else 0


def _title(settings: Settings, night: Night) -> str:
    """What happened, in a line; empty where that is nothing new."""
    if night.status in (Status.REFUSED, Status.BROKE):
        return f"Reported figures: the night was {night.status}, yesterday's warehouse stays"
    if night.status is not Status.PUBLISHED:
        return ""
    counts = {state: len(night.findings_in(state)) for state in _HEADINGS}
    said = [f"{number:,} {state}" for state, number in counts.items() if number]
    if said:
        return f"Reported figures: {', '.join(said)}"
    failed = [row for _, row in kept_runs(settings) if row["exit_code"]]
    return "Reported figures: published again" if failed else ""


def _body(settings: Settings, night: Night) -> Iterator[str]:
    for text in night.refusals or [night.message]:
        if text:
            yield _harmless(text)
    base = settings.report_url.rstrip("/")
    page = f"{base}/{night.run_id}/report.html" if base else ""
    for state, heading in _HEADINGS.items():
        found = night.findings_in(state) if night.status is Status.PUBLISHED else []
        if found:
            yield f"\n{heading}:"
        for finding in found[:_MOST_TOLD]:
            link = f" {page}#f-{finding['finding_id']}" if page else ""
            yield f"- {_harmless(finding['headline'])}{link}"
        if len(found) > _MOST_TOLD:
            yield f"… and {len(found) - _MOST_TOLD:,} more"
    yield f"\n{page or settings.warehouse / 'reports' / night.run_id / 'report.html'}"


def _harmless(text: str) -> str:
    """A text in which chats find nobody to call: `@all`, `<!channel>`."""
    return re.sub(r"[@<]", "\\g<0>\N{ZERO WIDTH SPACE}", brief(text))


def _services(addresses: Sequence[str]) -> Iterator[tuple[int, apprise.NotifyBase | None]]:
    """Each address with the service that it names; those of a file share its number."""
    import apprise

    for number, address in enumerate(addresses, 1):
        with _silence():
            if "://" in address:
                found = [apprise.Apprise.instantiate(address, suppress_exceptions=True)]
            else:
                found = [*apprise.AppriseConfig(address).services()]
        yield from ((number, service) for service in found or [None])


def _silence() -> AbstractContextManager[object]:
    """Apprise logs what it sends, and where: what it says here goes nowhere."""
    import apprise

    return apprise.LogCapture()  # type: ignore[no-untyped-call]


def _send(service: apprise.NotifyBase | None, title: str, body: str) -> str:
    """Tells one service; gives what went wrong, in words without the address."""
    import apprise

    if service is None:
        return "Apprise knows no such service"
    try:
        told = apprise.Apprise([service])
        with _silence():
            done = told.notify(body, title, body_format="text", timeout=_TIMEOUT_SECONDS)
    except Exception as error:  # noqa: BLE001 - somebody else's plugin must not cost a night
        return type(error).__name__
    return "" if done else "it did not take the message"
