from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.harmless import brief, one_line, printable, printable_sql


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("5,852\u00a0“ok”\n", "5,852\u00a0“ok”\n"),
        ("\x1b[31m\x9b", "�[31m�"),
        ("a\u202eb\u2069", "a�b�"),
        ("58\u200b\u200b52", "58�52"),
        ("ភ្នំ\u200bពេញ, می\u200cخواهم", "ភ្នំ\u200bពេញ, می\u200cخواهم"),
        ("\ud800", "�"),
    ],
)
def test_what_nobody_sees_is_replaced(value: str, shown: str) -> None:
    assert printable(value) == shown


def test_a_text_on_one_line_has_no_other_and_keeps_its_columns() -> None:
    assert one_line("  a\r\nb\u2028c   d\n") == "  a ⏎ b�c   d ⏎ "


def test_a_brief_value_is_one_line_without_its_ends_and_cut_where_it_is_long() -> None:
    assert brief(" a\nb \n") == "a ⏎ b"
    assert brief(12_345, longest=4) == "123…"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
            st.sampled_from("a5\u1780\u200b\u200c\u200d\u202e\x1b\ufeff"),
        )
    )
)
def test_the_engine_replaces_the_same(value: str) -> None:
    sql = f"select {printable_sql('$1')}"
    with duckdb.connect() as connection:
        assert connection.execute(sql, [value]).fetchall() == [(printable(value),)]
