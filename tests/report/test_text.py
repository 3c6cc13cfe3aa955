from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.report import text


@pytest.mark.parametrize(
    ("address", "is_linked"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https:example.org", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_linked(address: str | None, is_linked: bool) -> None:
    assert text.web_address(address) == (address if is_linked else None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ភ្នំពេញ 5,852 – “ok”\n", "ភ្នំពេញ 5,852 – “ok”\n"),
        ("\x1b[31m", "[U+001B][31m"),
        ("a\u202eb", "a[U+202E]b"),
        ("\x85\u2028", "[U+0085][U+2028]"),
        ("58\u200b52\ufeff", "58[U+200B]52[U+FEFF]"),
        ("ភ្នំ\u200bពេញ", "ភ្នំ\u200bពេញ"),
        ("ភ្នំ\u200b\u2066", "ភ្នំ[U+200B][U+2066]"),
        ("a عام جديد, 5", "a \u2068عام جديد\u2069, 5"),
        ("\u2068abc\u2069", "[U+2068]abc[U+2069]"),
        ("x" * 11, "xxxxxxxxxx… (11 characters)"),
    ],
)
def test_control_characters_are_visible_and_long_texts_are_cut(value: str, shown: str) -> None:
    assert text.plain(value, 10 if value.startswith("x") else text.LONGEST) == shown


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("a5 ,\n\u05d0\u0627\u200b\u200d\u202e\u2068\u2069\x1b")))
def test_a_text_that_was_made_plain_stays_as_it_is(value: str) -> None:
    shown = text.plain(value)
    assert text.plain(shown) == shown
    assert not {"\u202e", "\x1b"} & set(shown)
    assert shown.count("\u2068") == shown.count("\u2069")


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 10, "0 %"),
        (1, 1000, "under 1 %"),
        (12, 100, "12 %"),
        (999, 1000, "over 99 %"),
        (10, 10, "100 %"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, shown: str) -> None:
    assert text.percent(part, whole) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.123, "0.12 s"), (3.4, "3 s"), (42, "42 s"), (125, "2 min 5 s"), (4320, "1 h 12 min")],
)
def test_durations_are_as_exact_as_somebody_cares(seconds: float, shown: str) -> None:
    assert text.duration(seconds) == shown


def test_days_and_times_are_written_out() -> None:
    assert text.day(date(2025, 3, 8)) == "8 March 2025"
    assert text.moment(datetime(2025, 3, 8, 2, 5, tzinfo=UTC)) == "8 March 2025, 02:05 UTC"


def test_a_row_of_a_file_has_an_address() -> None:
    address = text.file_address(Path("/data/raw"), "figures/a b#<c>.csv", 7)
    assert address == "file:///data/raw/figures/a%20b%23%3Cc%3E.csv#row=7"
