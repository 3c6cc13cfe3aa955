from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.matrix import CASES

if TYPE_CHECKING:
    from tests.hostile.conftest import Folder
    from tests.hostile.making import Case

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_every_row_of_a_file_is_loaded_or_quarantined(hostile: Folder, case: Case) -> None:
    status, in_file, loaded, quarantined, _ = hostile.file(case.file)
    assert (status, (in_file, loaded, quarantined)) == (case.status, case.rows)
    assert in_file == loaded + quarantined
    held = {row for row, *_ in hostile.quarantined(case.file)}
    assert len(held) == quarantined


@each_case
def test_a_figure_is_exactly_what_the_file_says(hostile: Folder, case: Case) -> None:
    published = hostile.rows(
        "select row_number, reported_value, period_start::varchar from marts.fct_reported_figure"
        " where file = ?",
        case.file,
    )
    assert {row: value for row, value, _ in published} == case.good
    days = {row: day for row, _, day in published}
    assert {row: days[row] for row in case.days} == case.days


@each_case
def test_what_is_held_is_located_and_explained(hostile: Folder, case: Case) -> None:
    held = hostile.quarantined(case.file)
    assert {row: (column, text) for row, _, column, text, _ in held} == case.held
    assert len(held) == len(case.held)
    assert all(reason for *_, reason in held)


@each_case
def test_what_is_said_of_a_file_is_what_must_be_said(hostile: Folder, case: Case) -> None:
    message = hostile.file(case.file)[-1]
    assert (message is None) == (not case.message)
    for part in case.message:
        assert part in message


def test_no_case_is_there_twice() -> None:
    assert len({case.file.lower() for case in CASES}) == len(CASES)
