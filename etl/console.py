"""What the command line says: lines as the night goes on, and the summary of the morning after."""

from __future__ import annotations

import os
import secrets
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import EtlError
from etl.harmless import one_line, printable
from etl.night import CORROBORATION, STATES, Night, Status

if TYPE_CHECKING:
    from rich.status import Status as Spinner

    from etl.settings import Settings

_MOST_FINDINGS = 5


class Console:
    """Plain lines; on a terminal also a spinner; or JSON, one object per event.

    Args:
        as_json: write events as JSON lines, with structlog.
        on_github: what is printed is also read for commands, so until `annotate` it must hold none.
    """

    def __init__(self, *, as_json: bool = False, on_github: bool = False) -> None:
        self._as_json = as_json
        self._token = secrets.token_hex(16) if on_github else ""
        if on_github:
            _say(f"::stop-commands::{self._token}")
        self._spinner: Spinner | None = None
        self._is_terminal = sys.stdout.isatty() and not as_json and os.environ.get("TERM") != "dumb"

    @contextmanager
    def stage(self, night: Night, name: str) -> Iterator[list[str]]:
        """Times a stage and says what it did."""
        with self._spinning(name), night.stage(name) as said:
            yield said
        done = night.stages[-1]
        if self._as_json:
            self._event(
                "stage", run_id=night.run_id, stage=name, did=done.summary, seconds=done.seconds
            )
        else:
            self._line(f"{name:16} {done.seconds:7.2f} s  {done.summary}")

    def doing(self, what: object) -> None:
        """Shows what a long stage is at; on a terminal only."""
        if self._spinner:
            from rich.text import Text

            self._spinner.update(Text(printable(f"{getattr(what, 'name', what)}")))

    def complain(self, message: str) -> None:
        """Says why nothing was done."""
        if self._as_json:
            self._event("not done", message=message)
        else:
            print(in_lines(message), file=sys.stderr)

    def explain(self, error: Exception) -> str:
        """Says what broke; for an error that the program does not know, where it happened too."""
        if not isinstance(error, EtlError) and not self._as_json:
            print(in_lines("".join(traceback.format_exception(error))), file=sys.stderr)
        return str(error) if isinstance(error, EtlError) else f"{type(error).__name__}: {error}"

    def summary(self, settings: Settings, night: Night) -> None:
        """Says how the night went."""
        if self._as_json:
            self._event(
                "night", **night.row(), warnings=night.warnings, warehouse=str(settings.file)
            )
            return
        for line in _summary(settings, night):
            self._line(line)

    def annotate(self, commands: Iterable[str]) -> None:
        """Gives GitHub its commands, and takes nothing else for one."""
        _say(f"::{self._token}::")
        for command in commands:
            _say(command)
        _say(f"::stop-commands::{self._token}")

    @contextmanager
    def _spinning(self, name: str) -> Iterator[None]:
        if not self._is_terminal:
            yield
            return
        from rich.console import Console as Terminal

        with Terminal().status(name) as self._spinner:
            yield
        self._spinner = None

    def _line(self, text: str) -> None:
        _say(one_line(text))

    def _event(self, event: str, **fields: Any) -> None:
        import structlog

        render = structlog.processors.JSONRenderer(default=str)
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        entry = stamp(None, "info", {"event": event, **fields})
        _say(str(render(None, "info", entry)))


def _say(text: str) -> None:
    """Prints a line in what the output can encode; where nobody listens, the night goes on.

    So it does where the disk of the log is full: what there is to know stands in the report.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def in_lines(text: str) -> str:
    """Printable text of several lines: a value in it cannot pass for a line of ours either."""
    first, *others = printable(text.replace("\r\n", "\n")).splitlines() or [""]
    return "\n".join([first, *(f"  {line}" for line in others)])


def _summary(settings: Settings, night: Night) -> Iterator[str]:
    yield ""
    yield _sentence(night)
    if night.status is Status.UNCHANGED:
        yield f"warehouse        {settings.file}"
        yield f"report           {_report(settings, night.previous_run_id or '')}"
        return
    yield from (f"warning          {warning}" for warning in night.warnings)
    if night.checks:
        yield from _counts(settings, night)
        yield from _checks(night)
        yield from _findings(night)
    yield ""
    if settings.file.exists():
        yield f"warehouse        {settings.file}"
    yield f"report           {_report(settings, night.run_id)}"


def _sentence(night: Night) -> str:
    if night.status is Status.PUBLISHED:
        return f"PUBLISHED {_findings_word(night)}: run {night.run_id}"
    return f"{night.status.upper()}: {night.message} (run {night.run_id})"


def _findings_word(night: Night) -> str:
    if night.findings_in("new", "persisting"):
        return "with findings"
    return "with accepted findings" if night.findings_in("acknowledged") else "without findings"


def _counts(settings: Settings, night: Night) -> Iterator[str]:
    from etl.extract.survey import is_elsewhere
    from etl.settings import shown

    raw = settings.raw_shown
    yield (
        f"figures          {night.figures_read:,} read, {night.figures_held:,} held back,"
        f" {night.figures_published:,} {_published_word(night)}"
    )
    if any(night.corroboration.values()):
        told = (f"{night.corroboration.get(name, 0):,} {name}" for name in CORROBORATION)
        yield "other evidence   " + ", ".join(told)
    numbers = (f"{len(night.findings_in(state)):,} {night.word(state)}" for state in STATES)
    yield "findings         " + ", ".join(numbers)
    loaded = (entry["file"] for entry in night.inputs if entry["status"].startswith("loaded"))
    words = [Path(file).stem for file in loaded if is_elsewhere(file)]
    if words:
        whence = f"not in {raw}, taken from {shown(settings.vocabulary)}"
        yield f"vocabulary       {', '.join(words)}: {whence}"
    for entry in night.inputs:
        if entry["status"] in ("refused", "ignored"):
            yield f"{entry['status']:16} {raw}/{entry['file']}: {entry['message']}"


def _published_word(night: Night) -> str:
    return "published" if night.status is Status.PUBLISHED else "fit to publish"


def _checks(night: Night) -> Iterator[str]:
    """The rules of their own one by one, the others too where they do not pass, else counted.

    Counted are rules too that met nothing they are about; the report names them.
    """
    from etl.report.content import VERDICTS, is_shown

    shown = [check for check in night.checks if is_shown(check) and not _is_idle(check)]
    rest = [check for check in night.checks if not is_shown(check)]
    idle = len(night.checks) - len(shown) - len(rest)
    yield ""
    yield f"{'verdict':9}{'tested':>9}{'failed':>9}{'unknown':>9}  check"
    for check in sorted(shown, key=lambda check: VERDICTS.index(check["verdict"])):
        yield (
            f"{check['verdict']:9}{check['tested_count']:>9,}{check['failed_count']:>9,}"
            f"{check['unknown_count']:>9,}  {check['check_name']}"
            f" ({check['table_name'].rpartition('.')[2]})"
        )
    if idle:
        rules = "1 rule" if idle == 1 else f"{idle} rules"
        yield f"{'unknown':9}{0:>9}{0:>9}{0:>9}  {rules} that had nothing to test"
    for verdict in ("pass", "unknown"):
        yield from _counted(verdict, [check for check in rest if check["verdict"] == verdict])


def _is_idle(check: Mapping[str, Any]) -> bool:
    """Whether a check met nothing that it is about."""
    return check["verdict"] == "unknown" and not (check["tested_count"] or check["unknown_count"])


def _counted(verdict: str, checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line for the checks of keys, types and codes that passed, one for those with no row."""
    if not checks:
        return
    tests = sum(check["tested_count"] for check in checks)
    unknown = sum(check["unknown_count"] for check in checks)
    tables = sorted({check["table_name"].rpartition(".")[2] for check in checks})
    where = f"{len(tables)} tables" if len(tables) > 1 else f"{tables[0]}"
    why = ", which has no row to test" if verdict == "unknown" and len(tables) == 1 else ""
    yield (
        f"{verdict:9}{tests:>9,}{0:>9,}{unknown:>9,}"
        f"  {len(checks)} checks of keys, types and codes ({where}{why})"
    )


def _findings(night: Night) -> Iterator[str]:
    shown = night.findings_in("new", "persisting")
    yield ""
    for finding in shown[:_MOST_FINDINGS]:
        yield f"{finding['state']:11} {finding['headline']}"
    if len(shown) > _MOST_FINDINGS:
        yield f"            … and {len(shown) - _MOST_FINDINGS:,} more in the report"


def _report(settings: Settings, run_id: str) -> str:
    return str(settings.warehouse / "reports" / run_id / "report.html")
