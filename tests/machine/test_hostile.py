"""A value from somebody's file does no harm in any format."""

from __future__ import annotations

import csv
import html.parser
import json
import re
from pathlib import Path

import pytest

from etl.console import Console
from etl.night import Status
from etl.report.machine import github
from etl.settings import Settings
from tests.machine.conftest import HOSTILE, full_night, parsed, written

in_each = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@in_each
def test_json_brings_it_as_it_was(settings: Settings, text: str) -> None:
    folder = written(settings, full_night(text=text))
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["findings"][0]["headline"] == text
    events = (folder / "openlineage.ndjson").read_text(encoding="utf-8").split("\n")
    assert [json.loads(line)["eventType"] for line in events if line]
    (run,) = json.loads((folder / "findings.sarif").read_text(encoding="utf-8"))["runs"]
    assert run["results"][0]["properties"]["subject"] == text


@in_each
def test_files_hold_nothing_that_a_terminal_obeys(settings: Settings, text: str) -> None:
    folder = written(settings, full_night(Status.REFUSED, text))
    files = [file for file in folder.iterdir() if file.suffix != ".parquet"]
    assert len(files) == 7
    for file in files:
        shown = set(file.read_bytes().decode()) - {"\n", "\r"}
        assert not [char for char in shown if not char.isprintable()], file.name


def test_sarif_has_no_links_or_placeholders_in_its_messages(settings: Settings) -> None:
    night = full_night(text="[click](http://evil.example) {0} back\\slash")
    (run,) = json.loads((written(settings, night) / "findings.sarif").read_text())["runs"]
    shown = r"\[click\](http://evil.example) {{0}} back\\slash"
    assert run["results"][0]["message"]["text"] == shown


@in_each
def test_junit_stays_well_formed(settings: Settings, text: str) -> None:
    root = parsed(written(settings, full_night(Status.REFUSED, text)) / "junit.xml")
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }


@in_each
def test_csv_has_no_formula(settings: Settings, text: str) -> None:
    folder = written(settings, full_night(text=text))
    for name in ("findings", "finding_figures"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert not [cell for cell in row if re.match("[=+\\-@\t\r\n\uff1d]", cell)]


class Tags(html.parser.HTMLParser):
    """The tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


@in_each
def test_markdown_is_neither_markup_nor_longer_than_a_page(settings: Settings, text: str) -> None:
    shown = (written(settings, full_night(text=text)) / "summary.md").read_text(encoding="utf-8")
    assert Tags(shown).found == []
    assert not re.search(r"(?<!\\)[\[`@]", shown)
    assert len(shown) < 8_000
    assert len(shown.splitlines()) == len(plain_summary(settings).splitlines())


def plain_summary(settings: Settings) -> str:
    night = full_night(text="plain")
    night.run_id += "plain"
    return (written(settings, night) / "summary.md").read_text(encoding="utf-8")


@in_each
def test_annotations_are_one_command_each(settings: Settings, text: str) -> None:
    night = full_night(Status.REFUSED, text)
    night.findings[0]["check_name"] = text
    commands = list(github.commands(settings, night))
    assert len(commands) == 2
    for command in commands:
        assert command.startswith("::error ")
        assert len(command.splitlines()) == 1
        assert len(command) < 2_000
        _, properties, _ = command.split("::", 2)
        assert set(re.findall(r"(?:^error |,)(\w+)=", properties)) <= {"title", "file", "line"}


def test_on_github_nothing_but_annotations_is_a_command(
    capfd: pytest.CaptureFixture[str],
) -> None:
    console = Console(on_github=True)
    console.complain("::error::owned")
    console.annotate(["::error::told"])
    console.complain("::error::owned")
    lines = capfd.readouterr().out.splitlines()
    stop = lines[0]
    token = stop.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert lines[1:] == [f"::{token}::", "::error::told", stop]


def test_a_file_name_is_an_address_and_no_more(settings: Settings, tmp_path: Path) -> None:
    night = full_night()
    night.findings[0] |= {"file": "figures/a b?#%\n.csv", "figures": []}
    (run,) = json.loads((written(settings, night) / "findings.sarif").read_text())["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == f"file://{tmp_path}/raw/figures/a%20b%3F%23%25%0A.csv"


def test_labels_for_prometheus_are_escaped(settings: Settings) -> None:
    night = full_night()
    where = Settings(raw=settings.raw, warehouse=settings.warehouse / 'a "b"\\c')
    where.warehouse.mkdir()
    written(where, night)
    text = (where.warehouse / "metrics" / "run.prom").read_text()
    assert r"a \"b\"\\c" in text
