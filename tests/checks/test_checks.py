"""`tests/checks/<check>/`: every check that an author named, in every verdict.

All rows (for a rule about groups, all groups) of `invalid.csv` break the rule, none of `valid.csv`
does, and of none in `unknown.csv` can it be told; where it always can, that file has no row.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.checks.conftest import Declared
    from tests.conftest import Engine

HERE = Path(__file__).parent
NAMES = sorted(file.parent.name for file in HERE.glob("*/valid.csv"))

each_check = pytest.mark.parametrize("name", NAMES)


def given(declared: dict[str, Declared], engine: Engine, name: str, rows: str) -> Declared:
    check = declared[name]
    engine.create(check.table, check.table.stem, HERE / name / f"{rows}.csv")
    return check


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=repr)


@each_check
def test_valid_rows_pass(declared: dict[str, Declared], engine: Engine, name: str) -> None:
    check = given(declared, engine, name, "valid")
    result = check.counted(engine)
    assert (result.verdict, result.failed_count, result.unknown_count) == ("pass", 0, 0)
    assert check.failed_in_pandas(engine) == []


@each_check
def test_invalid_rows_are_offenders_all(
    declared: dict[str, Declared], engine: Engine, name: str
) -> None:
    check = given(declared, engine, name, "invalid")
    result = check.counted(engine)
    about = in_order(check.about(engine))
    assert result.verdict == ("fail" if check.check.severity == "error" else "warn")
    assert (result.tested_count, result.failed_count) == (len(about), len(about))
    assert in_order(check.offenders(engine)) == about
    assert in_order(check.failed_in_pandas(engine)) == about


@each_check
def test_rows_of_which_it_cannot_be_told_are_unknown(
    declared: dict[str, Declared], engine: Engine, name: str
) -> None:
    check = given(declared, engine, name, "unknown")
    result = check.counted(engine)
    assert (result.verdict, result.tested_count) == ("unknown", 0)
    assert result.unknown_count == len(check.about(engine))
    assert check.failed_in_pandas(engine) == []


@each_check
def test_an_empty_table_is_unknown(
    declared: dict[str, Declared], engine: Engine, name: str
) -> None:
    check = declared[name]
    engine.create(check.table, check.table.stem)
    result = check.counted(engine)
    assert (result.verdict, result.tested_count, result.unknown_count) == ("unknown", 0, 0)


def test_every_check_that_an_author_named_has_its_folder(declared: dict[str, Declared]) -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert folders == declared.keys() == set(NAMES)
    for name in NAMES:
        files = sorted(file.name for file in (HERE / name).iterdir())
        assert files == ["invalid.csv", "unknown.csv", "valid.csv"]
