from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import jinja2
import pytest

from etl.night import Night, Status
from etl.report import charts, content, findings, index, page
from etl.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

CHECKS = ("subtotals_sum_to_total", "claims_match_figures", "sources_agree", "row_is_whole")


def found(number: int, **changed: Any) -> dict[str, Any]:
    seen = datetime(2026, 1, 2, tzinfo=UTC)
    headline = f"Finding {number}: 5,852 persons deported are less than their own parts."
    return {
        "run_id": "run",
        "finding_id": f"{number:012x}",
        "check_name": CHECKS[number % len(CHECKS)],
        "severity": "error",
        "state": "persisting",
        "subject": f"subject {number:06}",
        "headline": headline,
        "message": f"{headline} The parts add up to 6,000. {'Look at the rows. ' * 20}",
        "evidence": "",
        "source_id": f"page-{number}",
        "measure": "persons_deported",
        "geography": "KHM",
        "file": "figures/khm.csv",
        "row_number": number + 2,
        "first_seen_at": seen,
        "last_seen_at": seen,
        "figures": [],
        **changed,
    }


def written(tmp_path: Path, night: Night) -> str:
    settings = Settings(raw=tmp_path / "raw", warehouse=tmp_path)
    (tmp_path / "reports" / night.run_id).mkdir(parents=True)
    index.write(settings, night, content.of(settings, night))
    return (tmp_path / "reports" / "latest.html").read_text(encoding="utf-8")


def refused() -> Night:
    night = Night.begin()
    night.end(Status.REFUSED, "too few figures")
    return night


def test_the_page_of_the_sample_is_small_and_holds_every_finding(two_nights: Path) -> None:
    page = (two_nights / "reports" / "latest.html").read_bytes()
    assert len(page) < 2_000_000
    shown = int(re.search(r"Findings \((\d+)\)", page.decode())[1])  # type: ignore[index]
    assert len(re.findall(r"<article class=\"finding ", page.decode())) == shown > 70


def test_pages_of_one_publisher_are_told_apart_by_their_day(two_nights: Path) -> None:
    page = (two_nights / "reports" / "latest.html").read_text(encoding="utf-8")
    (listed,) = re.findall(r'<select name="source_id">(.*?)</select>', page, re.DOTALL)
    labels = re.findall(r"<option[^>]*>([^<]*)</option>", listed)
    assert "Poste Cambodia, 7 April 2022" in labels
    assert labels.count("Poste Cambodia") == 0


def test_nothing_runs_but_what_the_policy_names(two_nights: Path) -> None:
    for file in ("latest.html", "index.html"):
        page = (two_nights / "reports" / file).read_text(encoding="utf-8")
        policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])  # type: ignore[index]
        assert policy.startswith("default-src 'none'; ")
        for element in ("style", "script"):
            (inner,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
            assert f"{element}-src 'sha256-{digest}'" in policy
        assert not re.search(r"<[^>]+ (style|on[a-z]+)=", page.partition("<script>")[0])


def test_a_hundred_thousand_findings_stay_under_ten_megabytes(tmp_path: Path) -> None:
    night = refused()
    night.findings = [found(number) for number in range(100_000)]
    page = written(tmp_path, night)
    assert len(page.encode()) < 10_000_000
    assert "600 of 100,000 findings, those that matter most" in page
    assert "Not shown one by one: 99,400" in page


def test_every_check_is_shown_however_many_findings_another_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(findings, "MOST_SHOWN", 30)
    many = [found(number, check_name="rows") for number in range(100)]
    few = [found(1_000 + number, check_name="sums", severity="warning") for number in range(5)]
    told = findings.told(None, [{"title": "All", "findings": [*many, *few]}])
    shown = [finding["check_name"] for finding in told["groups"][0]["findings"]]
    assert (shown.count("rows"), shown.count("sums")) == (25, 5)
    assert told["more"] == [
        {
            "check_name": "rows",
            "geography": "KHM",
            "geography_label": None,
            "severity": "error",
            "state": "persisting",
            "count": 75,
        }
    ]


def test_a_row_held_for_its_period_is_told_with_the_rows_held_back(tmp_path: Path) -> None:
    night = refused()
    night.findings = [
        found(1, check_name="period_start_is_a_day"),
        found(2, check_name="period_is_not_less_than_its_part"),
        found(3, check_name="file_is_readable"),
    ]
    night.held = [{"check_name": "period_start_is_a_day"}, {"check_name": "file_is_readable"}]
    groups = content.of(Settings(warehouse=tmp_path), night)["finding_groups"]
    assert [(group["title"], len(group["findings"])) for group in groups] == [
        ("Periods and running totals", 1),
        ("Rows held back", 1),
        ("Input files", 1),
    ]


def test_what_matters_most_is_severe_then_new_and_of_different_checks() -> None:
    listed = [
        found(1, check_name="a", severity="warning", state="new"),
        found(2, check_name="b"),
        found(3, check_name="b"),
        found(4, check_name="c", state="new"),
        found(5, check_name="d", state="acknowledged"),
        found(6, check_name="e", state="resolved"),
    ]
    top = findings.told(None, [{"title": "All", "findings": listed}])["top"]
    assert [finding["check_name"] for finding in top] == ["c", "b", "a"]
    assert [finding["alike"] for finding in top] == [0, 1, 0]


def test_a_night_that_built_nothing_has_a_page(tmp_path: Path) -> None:
    night = Night.begin()
    night.end(Status.BROKE, "</title><script>alert(1)</script> broke")
    page = written(tmp_path, night)
    assert "The run broke" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_finding_that_a_refused_night_does_not_find_is_no_good_news(tmp_path: Path) -> None:
    night = refused()
    night.findings = [found(1, state="resolved")]
    page = written(tmp_path, night)
    assert '<p class="meta soft"><span class="tag">not found tonight</span>' in page
    assert '<option value="resolved">not found tonight</option>' in page
    assert ">resolved<" not in page


def test_words_in_a_picture_are_escaped() -> None:
    hostile = "<script>alert(1)</script>\u202e\x1b\u200b"
    spec = {
        "data": {"values": [{"name": hostile}]},
        "mark": "text",
        "encoding": {"text": {"field": "name"}},
    }
    picture = charts.drawn("one", "A title", "In words", spec)
    assert "&lt;script&gt;" in picture.svg
    assert "<script" not in picture.svg
    assert "[U+202E][U+001B][U+200B]" in picture.svg
    assert not {"\u202e", "\x1b", "\u200b"} & set(picture.svg)


def test_templates_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "CACHE", tmp_path)
    page.templates(tmp_path).get_template("index.html.j2")
    monkeypatch.delattr(jinja2.Environment, "compile")
    page.templates(tmp_path).get_template("index.html.j2")


def test_templates_compiled_by_another_jinja_are_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "CACHE", tmp_path)
    page.templates(tmp_path).get_template("index.html.j2")
    monkeypatch.setattr(page, "version", lambda _: "another")
    monkeypatch.delattr(jinja2.Environment, "compile")
    with pytest.raises(AttributeError, match="compile"):
        page.templates(tmp_path).get_template("index.html.j2")


def test_templates_need_no_place_to_be_kept_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "CACHE", tmp_path / "none")
    template = page.templates(tmp_path).get_template("index.html.j2")
    assert template.name == "index.html.j2"
