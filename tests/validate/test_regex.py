from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.validate.refuse import UncompilableError
from etl.validate.regex import found_anywhere, is_anchored_at_end, match_from_start

TEXTS = [
    *("", "a", "b", "ab", "abc", "aab", "A", "é", "e\u0301", "😀", "٣", "3", "12", "_", "-", "]"),
    *("^", "\\", "a\n", "\n", "\na", "a\nb", "a\n\n", " ", "\t", "\v", "\x1c", "\x85", "\u00a0"),
]
PIECES = st.sampled_from(
    [
        *("a", "b", "é", r"\.", r"\n", ".", "[ab]", "[^ab]", "[a-c_-]", r"[^\n\]]", "()"),
        *("^", "$", r"\A", r"\Z"),
    ]
)
PATTERNS = st.recursive(
    PIECES,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})")
        | st.tuples(inner, inner).map("|".join)
        | st.tuples(inner, st.sampled_from(["?", "*", "+?", "{2}", "{1,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        )
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def found(connection: duckdb.DuckDBPyConnection, pattern: str) -> list[str]:
    rows = connection.execute(
        "select text from (select unnest(?::varchar[]) as text) where regexp_matches(text, ?)",
        [TEXTS, pattern],
    ).fetchall()
    return [text for (text,) in rows]


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "()", r"()\Z", "(a|)$", "a", "a|b", "^a|b", "a$|b$", "(a|b$)", r"a\Z", r"\Aa", "^$"),
        *("[a-z]+$", "a*?b", "a{2}", "a{0}", "a{2,1000}", "(?P<named>a)b", r"ab?\Z|-", "'"),
        *(".", "^.$", "(?s).b", "(?x) a  b", "[^a]$", "[]^]", r"[\\\]]", r"\^", r"[\x00-\x7f]"),
        *(r"(?a)\d", r"(?a)^\w+$", r"(?a)\s", r"(?a)[^\S]", r"(?a)\D\Z", r"(?a)\W", "[٣]", "😀|é"),
        re.compile("a.b", re.DOTALL),
        re.compile("a  b # comment", re.VERBOSE),
    ],
)
def test_a_pattern_finds_the_texts_that_python_finds(
    connection: duckdb.DuckDBPyConnection, pattern: str | re.Pattern[str]
) -> None:
    searched = [text for text in TEXTS if re.search(pattern, text)]
    matched = [text for text in TEXTS if re.match(pattern, text)]
    assert found(connection, found_anywhere(pattern)) == searched
    assert found(connection, match_from_start(pattern)) == matched


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pattern=PATTERNS)
def test_a_generated_pattern_is_refused_or_finds_what_python_finds(
    connection: duckdb.DuckDBPyConnection, pattern: str
) -> None:
    try:
        anywhere, from_start = found_anywhere(pattern), match_from_start(pattern)
    except UncompilableError:
        assert "$" in pattern
        return
    assert found(connection, anywhere) == [text for text in TEXTS if re.search(pattern, text)]
    assert found(connection, from_start) == [text for text in TEXTS if re.match(pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"\d+", r"for \\d write \[0-9\]"),
        (r"[\w-]", "Unicode here"),
        (r"a\s", "Unicode here"),
        (r"\bword\b", "mean other things"),
        (r"a\B", "mean other things"),
        ("(?i)a", "ignoring case"),
        ("(?i:a)b", "nothing like subpattern"),
        ("(?m)^a", "lines"),
        ("a$b", "not last"),
        ("(a$)+", "not last"),
        ("(?=a)", "nothing like assert"),
        ("(?<!a)b", "nothing like assert_not"),
        (r"(a)\1", "nothing like groupref"),
        ("(?>a)b", "nothing like atomic_group"),
        ("a++", "nothing like possessive_repeat"),
        ("\ud800", "surrogate"),
        (re.compile("a", re.IGNORECASE), "ignoring case"),
    ],
)
def test_a_pattern_that_means_something_else_to_the_engine_is_refused(
    pattern: str | re.Pattern[str], reason: str
) -> None:
    with pytest.raises(UncompilableError, match=reason):
        found_anywhere(pattern)


@pytest.mark.parametrize(
    ("pattern", "is_anchored"), [("a$", True), (r"a\Z", True), ("a", False), ("a$|b", False)]
)
def test_words_can_tell_whether_a_pattern_is_the_whole_text(
    pattern: str, *, is_anchored: bool
) -> None:
    assert is_anchored_at_end(pattern) == is_anchored


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"^\d$", "٣"), (r"^\w$", "é"), (r"^\s$", "\v"), ("a$", "a\n"), ("(?i)^i$", "\u0130")],
)
def test_the_trap_is_real_and_the_engine_reads_the_pattern_differently(
    connection: duckdb.DuckDBPyConnection, pattern: str, text: str
) -> None:
    (row,) = connection.execute("select regexp_matches(?, ?)", [text, pattern]).fetchall()
    assert row[0] != bool(re.search(pattern, text))


@pytest.mark.parametrize("pattern", [r"\A(?:)", r"(?:)\z"])
def test_the_trap_is_real_and_an_anchored_nothing_is_taken_for_the_empty_text(
    connection: duckdb.DuckDBPyConnection, pattern: str
) -> None:
    assert found(connection, pattern) == [""]
