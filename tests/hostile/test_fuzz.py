from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.damaging import (
    SUFFIXES,
    Damaged,
    broken_promises,
    damaged,
    read,
    valid_rows,
    written,
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=40, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(seed=st.integers(0, 2**32))
def test_damage_loses_no_row_and_changes_no_good_one(suffix: str, seed: int) -> None:
    one = damaged(Random(seed), suffix)
    with TemporaryDirectory() as folder:
        assert [*broken_promises(one, *read(Path(folder), one))] == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_damage_is_taken_whole(suffix: str, tmp_path: Path) -> None:
    rows = valid_rows(Random(7))
    if suffix.startswith((".xls", ".ods")):
        rows = tuple((one, value, "plain note") for one, value, _ in rows)
    one = Damaged(suffix, rows, written(suffix, rows), rows)
    outcome, found, rejected = read(tmp_path, one)
    assert (outcome.status, found, rejected) == ("loaded", [*rows], 0)
