import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.extract import DatasetSpec, FileOutcome, Limits, survey
from etl.extract.load import load

SPECS = {"figures": DatasetSpec(("id", "value"), ("note",))}
LOADED_AT = datetime(2026, 11, 23)  # noqa: DTZ001 - a TIMESTAMP has no zone
LOAD = sys.modules["etl.extract.load"]

Result = tuple[FileOutcome, list[tuple[Any, ...]], list[tuple[Any, ...]]]


def loaded(raw: Path, bulk_bytes: int) -> Result:
    connection = duckdb.connect()
    (outcome,) = load(
        connection, survey(raw), SPECS, LOADED_AT, limits=Limits(bulk_bytes=bulk_bytes)
    )
    rows = connection.execute("from raw.figures").fetchall()
    return outcome, rows, connection.execute("from raw.rejected_row").fetchall()


def both_ways(content: bytes, name: str = "x.csv") -> tuple[Result, Result]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures" / name
        path.parent.mkdir()
        path.write_bytes(content)
        return loaded(Path(folder), 0), loaded(Path(folder), 1 << 40)


def is_read_in_bulk(content: bytes, monkeypatch: pytest.MonkeyPatch, name: str = "x.csv") -> bool:
    calls = []
    careful = LOAD.read_delimited

    def watched(*arguments: object) -> object:
        calls.append(arguments)
        return careful(*arguments)

    monkeypatch.setattr(LOAD, "read_delimited", watched)
    fast, slow = both_ways(content, name)
    assert fast == slow
    return len(calls) == 1  # the second of the two ways always calls it


@pytest.mark.parametrize(
    "content",
    [
        b"id,value\na,1\nb,2\n",
        b"id,value\na,1\nb,2",
        b"id,value\r\na,1\r\nb,2\r\n",
        b"id;value\na;1,2\n",
        b"id\tvalue\n a \t NA\n",
        b"value,remarks,id\n1,x,a\n,,\n\\,#,'\n",
        b"\xef\xbb\xbfid,value\na,1\n",
        "id,value\nក,\u2028\x0b\x1c\n".encode(),
    ],
)
def test_a_plain_file_is_read_in_bulk(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_read_in_bulk(content, monkeypatch)


@pytest.mark.parametrize(
    "content",
    [
        b'id,value\na,"1"\n',
        b'id,value\na,5" pipe\n',
        b"id,value\na,1,\nb,2\n",
        b"id,value\na,1,\nb\n",
        b"id,value\na,1,2\nb,2\n",
        b"id,value\na\nb,2\n",
        b"id,value\n\na,1\n",
        b"id,value\na,1\n\n",
        b"id,value\na,1\n  \n",
        b"\nid,value\na,1\n",
        b"id,value\na,1\r\nb,2\n",
        b"id,value\na,1\rb,2\n",
        b"id,value\ra,1\r",
        b"id,value\r\na,1\r\nb,\r2\r\n",
        b"id,value\n",
        "id,value\na,1\n".encode("utf-16"),
        b"id,value\na," + b"x" * 3_000_000 + b"\n",
    ],
)
def test_a_tricky_file_falls_back_to_the_careful_reader(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_read_in_bulk(content, monkeypatch)


@pytest.mark.parametrize("name", ["a*.csv", "a[1].csv", "a?.csv", "{a,b}.csv"])
def test_a_name_that_the_engine_would_expand_is_read_carefully(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_read_in_bulk(b"id,value\na,1\n", monkeypatch, name)


@pytest.mark.parametrize("name", ["year=2024/x.csv", "a'; drop table x; --.csv", "ក é\n.csv"])
def test_an_odd_name_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = name.replace("/", "_")
    assert is_read_in_bulk(b"id,value\na,1\n", monkeypatch, name)


def test_an_engine_that_does_not_keep_the_order_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/x.csv").write_text("id,value\na,1\n")
    monkeypatch.setattr(LOAD, "bulk_relation", lambda *_: pytest.fail("was asked"))
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    (outcome,) = load(connection, survey(tmp_path), SPECS, LOADED_AT, limits=Limits(bulk_bytes=0))
    assert outcome.rows_loaded == 1


def test_a_large_file_is_numbered_in_its_own_order(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "id,value\n" + "".join(f"{number},{number * 7}\n" for number in range(300_000))
    with monkeypatch.context() as patch:
        assert is_read_in_bulk(content.encode(), patch)


FIELD = st.text(st.sampled_from(list("a1 é\\'#;\t|\u2028")), max_size=4)
TRICKY = st.sampled_from(['"', ",", "\n", "\r", "\r\n", ",,", '""', " \n"])
LINE = st.lists(st.one_of(FIELD, FIELD, FIELD, TRICKY), min_size=2, max_size=3)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(FIELD, min_size=3, max_size=3), max_size=6),
    st.lists(LINE, max_size=2),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@example([["", "", ""]], [], "\n", False)
def test_bulk_and_careful_reading_agree_on_any_file(
    plain: list[list[str]], tricky: list[list[str]], newline: str, ended: bool
) -> None:
    lines = ["id,value,extra", *(",".join(fields) for fields in plain + tricky)]
    fast, slow = both_ways((newline.join(lines) + newline * ended).encode())
    assert fast == slow
