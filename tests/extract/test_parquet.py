from __future__ import annotations

import datetime as dt
import decimal
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from tests.extract.conftest import Night

UNHCR = Path("/work/shared/data/large/unhcr_asylum_decisions.parquet")


def packed(columns: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, write_page_checksum=True, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([2**63 - 1, -5, None]), ["9223372036854775807", "-5", None]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([5852.0, 2.695, 1e10, 2.0**53, 1e22]),
         ["5852", "2.6950", "10000000000", "9007199254740992.0", "1e+22"]),
        (pa.array([0.1, 5852.0], pa.float32()), ["0.1", "5852"]),
        (pa.array([float("nan"), float("-inf")]), ["nan", "-inf"]),
        (pa.array([decimal.Decimal("1.50")]), ["1.50"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([dt.date(2024, 1, 31)]), ["2024-01-31"]),
        (pa.array([dt.datetime(2024, 1, 31, 1, 2, 3)], pa.timestamp("ms")),  # noqa: DTZ001
         ["2024-01-31 01:02:03.000"]),
        (pa.array(["", "ក", None]), ["", "ក", None]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([b"ab"]), ["ab"]),
        (pa.nulls(1), [None]),
    ],
)  # fmt: skip
def test_a_typed_value_becomes_text_that_loses_nothing(
    night: Night, values: pa.Array, texts: list[str | None]
) -> None:
    ids = [str(number) for number in range(len(values))]
    outcome = night.load_one("figures/x.parquet", packed({"id": ids, "value": values}))
    assert (outcome.status, outcome.message) == ("loaded", None)
    assert night.figures() == [(i, text, int(i) + 1) for i, text in zip(ids, texts, strict=True)]


def test_types_may_differ_from_file_to_file(night: Night) -> None:
    night.put("figures/1.parquet", packed({"id": ["a"], "value": [3]}))
    night.put("figures/2.parquet", packed({"id": ["b"], "value": [2.6]}))
    night.load()
    assert night.figures() == [("a", "3", 1), ("b", "2.6", 1)]


def test_row_groups_and_batches_keep_the_order(night: Night) -> None:
    ids = [str(number) for number in range(1000)]
    data = packed({"id": ids, "value": ids}, row_group_size=70)
    assert night.load_one("figures/x.parquet", data, batch_cells=64).rows_loaded == 1000
    assert night.figures() == [(i, i, int(i) + 1) for i in ids]


def test_a_file_without_rows_is_loaded_and_said(night: Night) -> None:
    outcome = night.load_one("figures/x.parquet", packed({"id": [], "value": []}))
    assert (outcome.status, outcome.message) == ("loaded", "has no data rows")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": ["a"], "valeu": [1]}, "column `value` missing; rename `valeu` to `value`?"),
        ({"id": ["a"], "value": [[1]]}, "column `value` holds nested values (list<"),
        ({"id": [b"\xff"], "value": [1]}, "is no whole Parquet file"),
    ],
)
def test_a_table_that_cannot_be_text_is_refused(
    night: Night, columns: dict[str, Any], message: str
) -> None:
    outcome = night.load_one("figures/x.parquet", packed(columns))
    assert outcome.status == "refused"
    assert message in str(outcome.message)


def test_a_truncated_or_damaged_file_is_refused_whole(night: Night) -> None:
    ids = [f"{number:06d}" for number in range(5000)]
    data = packed({"id": ids, "value": ids}, compression="none", row_group_size=500)
    flipped = bytearray(data)
    place = data.index(b"004321")
    flipped[place] ^= 1
    night.put("figures/cut.parquet", data[:-50])
    night.put("figures/flipped.parquet", bytes(flipped))
    night.put("figures/text.parquet", b"id,value\n")
    for outcome in night.load(batch_cells=100).values():
        assert outcome.status == "refused"
        assert str(outcome.message).startswith("is no whole Parquet file")
    assert night.figures() == []


@pytest.mark.skipif(not UNHCR.exists(), reason="the large table lies beside the project only")
def test_the_large_table_comes_in_whole(night: Night) -> None:
    night.raw.joinpath("anything").mkdir()
    shutil.copy(UNHCR, night.raw / "anything/unhcr.parquet")
    (outcome,) = night.load().values()
    assert (outcome.status, outcome.rows_in_file) == ("loaded", 113_929)
    counted = (
        "select count(*), count(distinct row_number), sum(dec_total::bigint) from raw.anything"
    )
    total = pq.read_table(UNHCR, columns=["dec_total"])["dec_total"].to_pylist()
    assert night.rows(counted) == [(113_929, 113_929, sum(total))]
