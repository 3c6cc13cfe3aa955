"""The record of one night: what every reader of the run (person, report, history) is told."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Any

# What all other evidence can make of a figure.
CORROBORATION = ("confirmed", "compatible", "contradicted", "unchecked")
# What a finding can be, those that need somebody first.
STATES = ("new", "persisting", "acknowledged", "resolved")
RUN_ID = re.compile(r"(\d{8}T\d{6}\.\d{3})Z-.*")


class Status(StrEnum):
    """How a night ended."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    DRY_RUN = "dry run"
    REFUSED = "refused"
    BROKE = "broke"
    ROLLED_BACK = "rolled back"

    @property
    def exit_code(self) -> int:
        """What the process returns: 0 well, 1 refused by the data, 2 the run broke."""
        return {Status.REFUSED: 1, Status.BROKE: 2}.get(self, 0)


@dataclass(frozen=True)
class Stage:
    """One step of the night: its name, what it did in words, and how long it took."""

    name: str
    summary: str
    seconds: float


@dataclass
class Night:
    """One run, filled in as it goes.

    Attributes:
        inputs: one entry per input file (the columns of `audit.input_file`).
        checks: one entry per check (the columns of `audit.check_result`).
        findings: one entry per finding (the columns of `audit.finding`, and its figures).
        held: one entry per reason that a row is held for (the columns of `audit.quarantine`).
        models: one entry per table built (the columns of `audit.model_run`).
        refusals: why the gate refused the night.
        warnings: what whoever runs the machine must know.
        corroboration: figures by what all other evidence makes of them.
        made_of: what a warehouse of this night is made of (`publish.described`).
    """

    run_id: str
    started_at: datetime
    previous_run_id: str | None = None
    finished_at: datetime | None = None
    status: Status = Status.BROKE
    message: str = ""
    figures_read: int = 0
    figures_held: int = 0
    figures_published: int = 0
    inputs: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    models: list[dict[str, Any]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    corroboration: dict[str, int] = field(default_factory=dict)
    made_of: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, after: str = "") -> Night:
        """A night that starts now; its id sorts by time, and after that of the run before."""
        now = datetime.now(UTC)
        moment, last = now, RUN_ID.fullmatch(after)
        if last:
            ended = datetime.strptime(f"{last[1]}+0000", "%Y%m%dT%H%M%S.%f%z")
            moment = max(now, ended + timedelta(milliseconds=1))
        # with milliseconds, since two nights in one second must sort by time too
        shown = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z"
        night = cls(f"{shown}-{secrets.token_hex(2)}", started_at=now.replace(microsecond=0))
        if moment > now + timedelta(seconds=1):
            night.warnings.append(
                f"the clock stands at {now:%F %T} UTC, before run {after}; is it right? The runs"
                " keep their order"
            )
        return night

    def end(self, status: Status, message: str = "") -> None:
        """Notes how the night ended."""
        self.status, self.message = status, message
        # the clock may have been set back meanwhile
        self.finished_at = max(self.started_at, datetime.now(UTC).replace(microsecond=0))

    @property
    def exit_code(self) -> int:
        """What the process returns."""
        return self.status.exit_code

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """Times a step; the caller appends what is worth saying to the list it gets."""
        started = perf_counter()
        said: list[str] = []
        yield said
        self.stages.append(Stage(name, ", ".join(said), perf_counter() - started))

    def findings_in(self, *states: str) -> list[dict[str, Any]]:
        """The findings in one of these states."""
        return [finding for finding in self.findings if finding["state"] in states]

    def word(self, state: str) -> str:
        """A state of findings as people read it: a night resolves nothing unless it publishes."""
        is_resolved = state != "resolved" or self.status is Status.PUBLISHED
        return state if is_resolved else "not found tonight"

    def row(self) -> dict[str, Any]:
        """This night as a row of `audit.run`."""
        return {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "status": str(self.status),
            "exit_code": self.exit_code,
            "message": self.message,
            "figures_read": self.figures_read,
            "figures_held": self.figures_held,
            "figures_published": self.figures_published,
            **{f"findings_{state}": len(self.findings_in(state)) for state in STATES},
        }
