from __future__ import annotations

import io
import json
import random
import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from etl.explain import as_json
from etl.explain.blocks import Block
from etl.explain.layout import lay_out, write
from etl.explain.text import blocks

if TYPE_CHECKING:
    import duckdb

    from tests.explain.conftest import Known, Page

MISPRINT = "asianewsit-2019.khm.persons_arrested.20181220-20190319.nationality.tha"
# What a terminal obeys or what turns its letters round; a newline ends a line and is none.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What Python calls a value that the page should have words for.
WORDLESS = re.compile(r"\b(None|NaT|True|False)\b")
IDS = {
    "figure": "select figure_id from marts.fct_reported_figure",
    "claim": "select claim_id from staging.stg_claims",
    "source": "select source_id from staging.stg_sources",
    "finding": "select finding_id from audit.finding",
    "check": "select distinct check_name from audit.check_result",
    "statement": "select statement_id from intermediate.int_statements",
}
FIGURES_TRIED = 200
OTHERS_TRIED = 25


@pytest.mark.parametrize("kind", IDS)
def test_anything_in_the_sample_is_told_in_100_columns_and_in_json(
    known: Known, published: duckdb.DuckDBPyConnection, kind: str
) -> None:
    ids = sorted(row[0] for row in published.execute(IDS[kind]).fetchall())
    tried = FIGURES_TRIED if kind == "figure" else OTHERS_TRIED
    for identifier in random.Random(3).sample(ids, min(tried, len(ids))):
        content = known(identifier)
        lines = [line.text for line in lay_out(blocks(content))]
        # the line to copy into acknowledged.csv stays in one piece
        copied = content.get("finding", {}).get("acknowledge_with") or {"line": None}
        folded = [line for line in lines if line.strip() != copied["line"]]
        assert max(map(cell_len, folded)) <= 100, identifier
        assert not any(CONTROL.search(line) or "\n" in line for line in lines)
        assert not any(WORDLESS.search(line) for line in lines), identifier
        assert json.loads(as_json(content))[kind]


def test_figure_reads_from_the_printed_value_to_every_verdict(page: Page) -> None:
    told = page(MISPRINT)
    for said in (
        (
            "926 persons arrested\nCambodia, 20 December 2018 to 19 March 2019,"
            " nationality Thailand (THA)"
        ),
        "data/raw/figures/khm.csv, row 891",
        "http://asianews.it/index.php",
        "reported 341, computed 1,223,\n              residual -882.",
        "- 926  part, nationality Thailand (THA)",
        "nationality.tha  ◂ this figure",
        "= -882; allowed: 0 or more: fail",
        "conflict    2 figures on 2 pages, 2 independent: 26 to 926, residual 900.",
        "26   Radio Free Asia",
        "finding 31af14c2ace0, subtotals_do_not_exceed_total",
    ):
        assert said in told


def test_claim_reads_with_its_slip(page: Page) -> None:
    told = page("ettoday-20260112.c02")
    assert "percent change = 56.8 (allows 56.75 to 56.9), computed 131.66" in told
    assert "change divided by new value" in told
    assert "+ 2,000 \N{MULTIPLICATION SIGN} 13,557  subject, 2025" in told


def test_bounds_of_a_claim_are_not_rounded(page: Page) -> None:
    assert "percent change = 16.34 (allows 16.335 to 16.35)" in page("asiaviews-20240812.c04")


def test_value_that_another_claim_implies_is_told_from_what_was_printed(page: Page) -> None:
    assert "87   comparator, taken from 104 as printed" in page("asiaviews-20240812.c04")


def test_term_without_a_figure_says_so(page: Page) -> None:
    told = page("asiaviews-20240812.c03")
    assert "- 2 \N{MULTIPLICATION SIGN} ?    comparator: no figure says it" in told
    assert "= not tested, since a figure is missing or in doubt" in told


def test_rank_reads_against_each_of_the_others(page: Page) -> None:
    assert "postekh-20220407.c01: rank > each of the others" in page("postekh-20220407.c01")


def test_source_reads_whom_it_contradicts(page: Page) -> None:
    told = page("kt-106902")
    assert "ppp-2018-ncct2017 (The Phnom Penh Post, undated), on 4 figures:" in told
    assert "citizens repatriated, Cambodia, 2017: 307 here, 757 there" in told


def test_finding_reads_with_the_line_that_accepts_it(page: Page) -> None:
    told = page("31af14c2ace0")
    assert "  finding_id,expect,reason,who,acknowledged_on\n" in told
    assert re.search(r"\n  31af14c2ace0,341 / [+ \d]+,why,who,\d{4}-\d\d-\d\d\n", told)


def test_check_reads_with_its_denominators(page: Page) -> None:
    told = page("subtotals_do_not_exceed_total")
    assert "Some of the parts never add up to more than the stated total." in told
    assert re.search(r"fail +\d+ tested, \d+ failed, \d+ unknown", told)


@pytest.mark.parametrize(
    ("identifier", "facts"),
    [
        (MISPRINT, ["926", "1223", "-882", "figures/khm.csv", "31af14c2ace0"]),
        ("ettoday-20260112.c02", ["56.8", "change_divided_by_new_value", "13557"]),
        ("kt-106902", ["ppp-2018-ncct2017", "307", "757"]),
    ],
)
def test_json_has_the_facts_of_the_page(known: Known, identifier: str, facts: list[str]) -> None:
    told = as_json(known(identifier))
    assert [fact for fact in facts if fact not in told] == []


def test_held_and_unreadable_rows_are_shown_with_their_reason(marred_page: Page) -> None:
    held = marred_page("marred.held")
    assert held.startswith("Figure marred.held: not published")
    assert "It was `x`; expected a whole number of at most 15 digits" in held
    assert "    figure_id           marred.held\n" in held
    assert "marred.cut,cd-102223,persons_deported,THA" in marred_page("marred.cut")


def test_correction_is_shown_beside_what_was_printed(marred_page: Page) -> None:
    told = marred_page(MISPRINT)
    assert told.startswith("926 persons arrested")
    assert "926 to 26, applied. a misprint (2026-11-23)" in told
    assert "- 26   part, nationality Thailand (THA), taken from 926 as printed" in told


def test_accepted_finding_says_who_accepted_it(marred_page: Page) -> None:
    told = marred_page("ettoday-20260112.c02")
    assert "Accepted by who on" in told


def test_control_characters_in_the_data_never_reach_a_terminal(
    marred: Known, marred_page: Page
) -> None:
    told = marred_page("marred-page")
    assert "red" in told
    assert not CONTROL.search(told)
    as_text = as_json(marred("marred-page"))
    assert not CONTROL.search(as_text)
    assert "\u202e" in json.loads(as_text)["source"]["page"]["title"]


@pytest.mark.parametrize(
    "text",
    [
        "word " * 100,
        "a" * 5_000,
        "统计数字" * 60,
        "https://example.org/" + "path-to/" * 40,
        "e\u0301" * 300,
        "two\nlines and\r\nthree",
        "",
    ],
    ids=["words", "one word", "wide", "url", "combining", "lines", "nothing"],
)
@pytest.mark.parametrize("width", [40, 100])
def test_no_line_is_wider_than_the_page(text: str, width: int) -> None:
    lines = list(lay_out([Block(text, "label", indent=4, column=12)], width))
    assert max(cell_len(line.text) for line in lines) <= width
    assert not any("\n" in line.text for line in lines)
    assert lines[0].text.startswith("    label")


def test_wrapping_loses_nothing() -> None:
    text = "over 3,000 persons https://example.org/" + "a-b/" * 60 + " in all"
    lines = lay_out([Block(text)], 40)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")


def test_label_wider_than_its_column_keeps_a_space_after_it() -> None:
    (line,) = lay_out([Block("value", "a_long_label", column=6)])
    assert line.text == "a_long_label value"


def test_line_to_copy_is_never_broken() -> None:
    (line,) = lay_out([Block("a, " * 60, is_whole=True)], 40)
    assert line.text == ("a, " * 60).rstrip()


def test_plain_text_is_written_where_no_terminal_reads_it() -> None:
    stream = io.StringIO()
    write([Block("fails", style="fail"), Block("Next", style="section")], stream)
    assert stream.getvalue() == "fails\n\nNext\n"


def test_terminal_gets_colour_and_nothing_that_looks_like_markup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    write([Block("[bold]fails[/bold] \x1b[5m", style="fail")], stream)
    assert "[bold]fails[/bold]" in stream.getvalue()
    assert "\x1b[31m" in stream.getvalue()
    assert "\x1b[5m" not in stream.getvalue()
