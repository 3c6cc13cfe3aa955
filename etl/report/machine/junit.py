"""`junit.xml`: a test suite per table, a test case per check, for the servers that show tests.

A check that failed is a failure, told with its findings, what most likely is wrong in each and what
would mend it; one that broke is an error, one that had nothing to test is skipped.
A warning is no failure, but says so in the case's output. The night itself is the first case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from etl.harmless import printable
from etl.night import Night, Status

if TYPE_CHECKING:
    from etl.settings import Settings

_MOST_TOLD = 20  # findings in the text of one failure; the other formats have all
_ELEMENTS = {"fail": "failure", "error": "error", "unknown": "skipped"}
_IN_ATTRIBUTES = str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})
_COUNTED = {"failures": "fail", "errors": "error", "skipped": "unknown"}


def pieces(settings: Settings, night: Night) -> Iterator[str]:
    """The report as XML, a suite at a time."""
    del settings  # every format is asked in the same way
    told = _told(night)
    tables: dict[str, list[dict[str, Any]]] = {}
    for check in night.checks:
        tables.setdefault(check["table_name"], []).append(check)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_attribute('reported figures')}>\n"
    yield from _run(night)
    for table, checks in tables.items():
        yield _suite(table, night, [check["verdict"] for check in checks])
        for check in checks:
            yield from _case(check, told.get(check["check_name"], []))
        yield "</testsuite>\n"
    yield "</testsuites>\n"


def _told(night: Night) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for finding in night.findings_in("new", "persisting", "acknowledged"):
        of_check = told.setdefault(finding["check_name"], [])
        if len(of_check) <= _MOST_TOLD:
            of_check.append(finding["message"])
    return told


def _run(night: Night) -> Iterator[str]:
    """The night itself as a case."""
    verdict = {Status.REFUSED: "fail", Status.BROKE: "error"}.get(night.status, "pass")
    yield _suite("run", night, [verdict])
    yield f'<testcase classname="run" name={_attribute(night.run_id)}'
    yield from _outcome(verdict, night.message, [*night.refusals, *night.warnings])
    yield "</testsuite>\n"


def _suite(name: str, night: Night, verdicts: list[str]) -> str:
    counts = "".join(f' {word}="{verdicts.count(verdict)}"' for word, verdict in _COUNTED.items())
    moment = f"{night.started_at:%Y-%m-%dT%H:%M:%S}"
    return (
        f'<testsuite name={_attribute(name)} tests="{len(verdicts)}"{counts}'
        f' timestamp="{moment}">\n'
    )


def _case(check: Mapping[str, Any], findings: list[str]) -> Iterator[str]:
    yield f"<testcase classname={_attribute(check['table_name'])}"
    yield f" name={_attribute(check['check_name'])}"
    said = (
        f"{check['claim']}: {check['tested_count']:,} tested, {check['failed_count']:,} failed,"
        f" {check['unknown_count']:,} unknown"
    )
    shown = findings[:_MOST_TOLD] + (["…"] if len(findings) > _MOST_TOLD else [])
    message = [check["message"]] if check["message"] else []
    failed = check["verdict"] in ("fail", "warn", "error")
    yield from _outcome(check["verdict"], said, [*message, *shown] if failed else [])


def _outcome(verdict: str, said: str, details: Iterable[str]) -> Iterator[str]:
    """The end of a case: nothing where it passed, else what was wrong."""
    text = escape(printable("\n".join(details)), quote=False)
    if verdict == "pass":
        yield "/>\n"
    elif verdict == "warn":
        warning = escape(printable(f"warning: {said}"), quote=False)
        yield f">\n<system-out>{warning}\n{text}</system-out>\n</testcase>\n"
    else:
        element = _ELEMENTS[verdict]
        kind = "" if verdict == "unknown" else f' type="{verdict}"'
        yield f">\n<{element} message={_attribute(said)}{kind}>{text}</{element}>\n</testcase>\n"


def _attribute(text: str) -> str:
    # XML has no way to write most control characters, not even escaped
    return f'"{escape(printable(text), quote=False).translate(_IN_ATTRIBUTES)}"'
