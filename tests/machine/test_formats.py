"""Each format says what the night said, in the form that its readers expect."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from etl.console import Console
from etl.night import STATES, Status
from etl.report.machine import FORMATS, github, report_json, sarif
from etl.settings import ROOT, Settings
from tests.machine.conftest import check, finding, full_night, parsed, written

if TYPE_CHECKING:
    from etl.plan import Plan

# The schema of OASIS as the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT) ships it.
SARIF = Path(__file__).with_name("sarif-2.1.0.json")
PUBLISHED_SCHEMA = ROOT / "docs" / "report.schema.json"
in_each_status = pytest.mark.parametrize(
    "status", [status for status in Status if status is not Status.UNCHANGED]
)


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


@in_each_status
def test_the_report_keeps_to_its_published_schema(settings: Settings, status: Status) -> None:
    report = read(written(settings, full_night(status)), "report.json")
    schema = json.loads(PUBLISHED_SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(report)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"findings": [{"finding_id": "x"}]},
        {"run": {}},
        {"checks": [check(verdict="maybe")]},
        {"held": None},
    ],
)
def test_the_published_schema_refuses_another_report(
    settings: Settings, change: dict[str, Any]
) -> None:
    report = read(written(settings, full_night()), "report.json") | change
    schema = json.loads(PUBLISHED_SCHEMA.read_text(encoding="utf-8"))
    assert not Draft202012Validator(schema).is_valid(report)


def test_the_published_schema_is_that_of_the_declarations(plan: Plan) -> None:
    assert json.loads(PUBLISHED_SCHEMA.read_text(encoding="utf-8")) == report_json.schema(plan)


def test_times_in_the_report_say_their_zone(settings: Settings) -> None:
    report = read(written(settings, full_night()), "report.json")
    assert report["run"]["started_at"] == "2026-11-23T02:00:00Z"
    assert report["findings"][0]["first_seen_at"] == "2026-11-23T02:00:00Z"


def test_a_figure_brings_along_whatever_is_known_of_it(settings: Settings) -> None:
    night = full_night()
    night.findings[0]["figures"][0]["blame_rank"] = 1
    folder = written(settings, night)
    assert read(folder, "report.json")["findings"][0]["figures"][0]["blame_rank"] == 1
    (run,) = read(folder, "findings.sarif")["runs"]
    assert run["results"][0]["relatedLocations"][0]["properties"]["blame_rank"] == 1


def test_junit_counts_as_the_checks_do(settings: Settings) -> None:
    suites = parsed(written(settings, full_night()) / "junit.xml")
    run, table = suites.findall("testsuite")
    assert (run.get("failures"), run.get("errors")) == ("0", "0")
    counts = {name: table.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "2", "errors": "1", "skipped": "1"}
    for verdict, element in (
        ("fail", "failure"),
        ("error", "error"),
        ("unknown", "skipped"),
        ("warn", "system-out"),
    ):
        case = table.find(f"testcase[@name='check_{verdict}']")
        assert case is not None
        assert [child.tag for child in case] == [element]
    passed = table.find("testcase[@name='check_pass']")
    assert passed is not None
    assert list(passed) == []


def test_junit_tells_what_failed(settings: Settings) -> None:
    suites = parsed(written(settings, full_night()) / "junit.xml")
    failure = suites.find(".//testcase[@name='subtotals_sum_to_total']/failure")
    assert failure is not None
    assert "10 is less than its parts." in str(failure.text)
    assert "2 failed" in str(failure.get("message"))


@pytest.mark.parametrize(
    ("status", "element"), [(Status.REFUSED, "failure"), (Status.BROKE, "error")]
)
def test_junit_has_the_night_itself_as_a_case(
    settings: Settings, status: Status, element: str
) -> None:
    suites = parsed(written(settings, full_night(status)) / "junit.xml")
    assert suites.find(f"testsuite[@name='run']/testcase/{element}") is not None


@in_each_status
def test_sarif_keeps_to_the_schema_of_oasis(settings: Settings, status: Status) -> None:
    log = read(written(settings, full_night(status)), "findings.sarif")
    schema = json.loads(SARIF.read_text(encoding="utf-8"))
    errors = Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(log)
    assert [error.message for error in errors] == []


def test_sarif_says_what_became_of_each_finding(settings: Settings) -> None:
    (run,) = read(written(settings, full_night()), "findings.sarif")["runs"]
    states = [result["baselineState"] for result in run["results"]]
    assert dict(zip(STATES, states, strict=True)) == {
        "new": "new",
        "persisting": "unchanged",
        "acknowledged": "unchanged",
        "resolved": "absent",
    }
    suppressed = [bool(result.get("suppressions")) for result in run["results"]]
    assert suppressed == [state == "acknowledged" for state in STATES]


def test_sarif_has_no_more_results_than_a_code_host_takes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "_MOST_RESULTS", 1)
    (run,) = read(written(settings, full_night()), "findings.sarif")["runs"]
    assert [result["baselineState"] for result in run["results"]] == ["new"]
    (invocation,) = run["invocations"]
    notes = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert "3 more findings are in findings.csv" in notes


def test_sarif_points_at_the_line_and_not_at_the_row(settings: Settings) -> None:
    (run,) = read(written(settings, full_night()), "findings.sarif")["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == f"file://{settings.raw}/figures/a.csv"
    # row 2 has a line end inside a quoted field, so row 3 begins in line 4
    assert place["region"] == {"startLine": 4}


def test_sarif_names_files_of_the_product_by_their_place_in_it(tmp_path: Path) -> None:
    night = full_night()
    night.findings = [finding(file="figures/khm.csv", row_number=888)]
    settings = Settings(warehouse=tmp_path)
    (run,) = read(written(settings, night), "findings.sarif")["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data/raw/figures/khm.csv"
    assert place["region"] == {"startLine": 888}


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", b'h\n"x""\ny"\nz\n', 4),
        ("a.csv", b"h\r\nx\r\nz\r\n", 3),
        ("a.csv", '\ufeffh\n"x\ny"\nz\n'.encode("utf-16"), 4),
        ("a.ndjson", b"{}\n{}\n{}\n", 3),
        ("a.xlsx", b"PK", None),
        ("a.csv.gz", b"", None),
        ("gone.csv", None, None),
    ],
)
def test_the_line_of_the_third_row(
    settings: Settings, name: str, content: bytes | None, line: int | None
) -> None:
    if content is not None:
        (settings.raw / name).write_bytes(content)
    night = full_night()
    night.findings = [finding(file=name, row_number=3, figures=[])]
    (run,) = read(written(settings, night), "findings.sarif")["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place.get("region", {}).get("startLine") == line


def test_the_tables_have_every_finding_and_figure(settings: Settings) -> None:
    night = full_night()
    folder = written(settings, night)
    for name, expected in (("findings", 4), ("finding_figures", 8)):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        found = duckdb.from_parquet(str(folder / f"{name}.parquet"))
        assert len(rows) == found.shape[0] == expected
        assert list(rows[0]) == found.columns
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    assert types["row_number"] == "BIGINT"


def test_a_night_that_checked_nothing_leaves_no_tables(settings: Settings) -> None:
    night = full_night(Status.BROKE)
    night.checks, night.findings = [], []
    assert not list(written(settings, night).glob("findings.*v"))


def test_lineage_says_what_was_read_written_and_asserted(settings: Settings) -> None:
    folder = written(settings, full_night())
    lines = (folder / "openlineage.ndjson").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"] * 2
    assert [event["job"]["name"] for event in events] == ["night"] * 2 + ["night.checks"] * 2
    done, checked = events[1], events[3]
    assert [dataset["name"] for dataset in done["inputs"]] == [f"{settings.raw}/figures/a.csv"]
    assert [dataset["name"] for dataset in done["outputs"]] == ["marts.fct_a"]
    facet = checked["inputs"][0]["inputFacets"]["dataQualityAssertions"]
    said = {assertion["name"]: assertion["success"] for assertion in facet["assertions"]}
    # a check that tested nothing has asserted nothing
    assert said == {
        "check_pass": True,
        "check_warn": False,
        "check_fail": False,
        "check_error": False,
        "subtotals_sum_to_total": False,
    }


def test_lineage_of_a_night_that_published_nothing_is_a_failure(settings: Settings) -> None:
    folder = written(settings, full_night(Status.REFUSED))
    lines = (folder / "openlineage.ndjson").read_text(encoding="utf-8").splitlines()
    event = json.loads(lines[1])
    assert (event["eventType"], event["outputs"]) == ("FAIL", [])
    assert "errorMessage" in event["run"]["facets"]


def samples(folder: Path) -> dict[str, float]:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.prom")))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_prometheus_is_told_how_the_night_ended(settings: Settings) -> None:
    written(settings, full_night())
    where = f'warehouse="{settings.warehouse}"'
    told = samples(settings.warehouse / "metrics")
    assert told[f"reported_figures_run_exit_code{{{where}}}"] == 0
    assert told[f'reported_figures_run_status{{{where},status="published"}}'] == 1
    assert told[f'reported_figures_run_status{{{where},status="refused"}}'] == 0
    assert told[f'reported_figures_findings{{{where},state="new"}}'] == 1
    assert told[f'reported_figures_figures{{{where},outcome="held"}}'] == 1
    assert told[f"reported_figures_published_timestamp_seconds{{{where}}}"] == 1795399200


def test_a_refused_night_leaves_the_metrics_of_the_warehouse(settings: Settings) -> None:
    written(settings, full_night())
    before = (settings.warehouse / "metrics" / "warehouse.prom").read_text()
    refused = full_night(Status.REFUSED)
    refused.run_id = "later"
    written(settings, refused)
    assert (settings.warehouse / "metrics" / "warehouse.prom").read_text() == before
    where = f'warehouse="{settings.warehouse}"'
    told = samples(settings.warehouse / "metrics")
    assert told[f"reported_figures_run_exit_code{{{where}}}"] == 1


def test_annotations_are_for_new_findings_on_their_line(settings: Settings) -> None:
    commands = list(github.commands(settings, full_night()))
    where = f"title=subtotals_sum_to_total,file={settings.raw}/figures/a.csv,line=4"
    assert commands == [f"::error {where}::10 is less than its parts. They add up to 11."]


def test_annotations_are_no_more_than_github_shows(settings: Settings) -> None:
    night = full_night(Status.REFUSED)
    night.findings = [finding(f"{place:012}") for place in range(50)]
    commands = list(github.commands(settings, night))
    assert len(commands) == 1 + github.MOST
    assert commands[0] == "::error title=The night was refused::too many rows held"


def test_the_summary_tells_the_new_before_the_old(settings: Settings) -> None:
    text = (written(settings, full_night()) / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("## Published\n")
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert headings == ["### New: 1", "### Resolved: 1", "### Persisting: 1"]


def test_the_summary_tells_the_worst_checks_first(settings: Settings) -> None:
    text = (written(settings, full_night()) / "summary.md").read_text(encoding="utf-8")
    verdicts = re.findall(r"^\| (error|fail|warn) \|", text, re.MULTILINE)
    assert verdicts == ["error", "fail", "fail", "warn"]


@in_each_status
def test_a_finding_is_called_resolved_only_where_the_night_is_published(
    settings: Settings, status: Status, capsys: pytest.CaptureFixture[str]
) -> None:
    night = full_night(status)
    text = (written(settings, night) / "summary.md").read_text(encoding="utf-8")
    Console().summary(settings, night)
    printed = capsys.readouterr().out
    is_good = status is Status.PUBLISHED
    for said in ("### Resolved: 1" in text, "| findings resolved |" in text):
        assert said is is_good
    for said in ("### Not found tonight: 1" in text, "| findings not found tonight |" in text):
        assert said is not is_good
    assert ("1 resolved" in printed, "1 not found tonight" in printed) == (is_good, not is_good)


@pytest.mark.parametrize("name", ["summary.md", "junit.xml", "report.json", "findings.sarif"])
def test_every_format_for_people_tells_suspects_and_mends(settings: Settings, name: str) -> None:
    night = full_night()
    suspects = "Most likely wrong: 3 of page; 2 would mend it: one digit wrong. Less likely: 5."
    night.findings = [finding(message=f"10 is less than its parts. {suspects}")]
    assert suspects in (written(settings, night) / name).read_text(encoding="utf-8")


def test_the_summary_is_added_to_that_of_the_step(settings: Settings, tmp_path: Path) -> None:
    step = tmp_path / "step.md"
    step.write_text("before\n")
    with_step = Settings(raw=settings.raw, warehouse=settings.warehouse, step_summary=step)
    folder = written(with_step, full_night())
    assert step.read_text() == "before\n" + (folder / "summary.md").read_text()


def test_text_is_made_an_entry_at_a_time(settings: Settings) -> None:
    night = full_night()
    night.findings = [finding(f"{place:012}") for place in range(2_000)]
    for name, pieces in FORMATS.items():
        lengths = [len(piece) for piece in pieces(settings, night)]
        assert max(lengths) < 5_000, name
