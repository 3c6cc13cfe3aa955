"""The report for machines: one module per format, each a function from a night to text.

    report_json    report.json          everything, as docs/report.schema.json says
    junit          junit.xml            one test case per check, for CI servers
    sarif          findings.sarif       one result per finding, on file and line
    summary        summary.md           the night on one page, for chats and GitHub
    lineage        openlineage.ndjson   what was made of what, and what the checks said
    tables         findings.*           findings and their figures as CSV and Parquet
    github         standard output      on GitHub only

Every value is data. A format that has a markup or commands of its own escapes them; none of them
passes on a character that a terminal would obey. Text is made piece by piece, so that 100,000
findings take no more memory than they do already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.publish import write_whole
from etl.report.machine import junit, lineage, report_json, sarif, summary, tables

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

FORMATS = {
    "report.json": report_json.pieces,
    "junit.xml": junit.pieces,
    "findings.sarif": sarif.pieces,
    "summary.md": summary.pieces,
    "openlineage.ndjson": lineage.pieces,
}


def write(settings: Settings, night: Night, folder: Path) -> None:
    """Writes every format of a night's report; `folder` is that of the report."""
    for name, pieces in FORMATS.items():
        write_whole(settings, folder / name, pieces(settings, night))
    tables.write(settings, night, folder)
    if settings.step_summary:
        with settings.step_summary.open("a", encoding="utf-8") as stream:
            stream.writelines(summary.pieces(settings, night))
    if settings.openlineage:
        lineage.send(settings, night)
