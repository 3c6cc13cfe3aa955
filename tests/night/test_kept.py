from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from etl.reconcile import kept, night

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from etl.reconcile.evidence import Component
    from tests.night.conftest import Folder

LAO, KHM = "figures/lao.csv", "figures/khm.csv"


@pytest.fixture
def reasoned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Countries of the blocks that are reasoned about, as nights go by."""
    countries: list[str] = []
    original = night._answer

    def told(
        connection: Any, tables: Any, components: Mapping[str, Component], *others: Any
    ) -> None:
        countries.extend(one.cells[0]["geography"] for one in components.values())
        original(connection, tables, components, *others)

    monkeypatch.setattr(night, "_answer", told)
    return countries


def answers(folder: Folder) -> Collection[Any]:
    return folder.rows("select * from intermediate.int_suspects order by all")


def test_only_blocks_that_changed_are_reasoned_about_again(
    yesterday: Folder, reasoned: list[str]
) -> None:
    before = answers(yesterday)
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert set(reasoned) == {"LAO"}
    assert before
    assert set(before) < set(answers(yesterday))


def test_a_block_with_a_new_line_above_its_own_is_another(
    yesterday: Folder, reasoned: list[str]
) -> None:
    rows = yesterday.read(KHM)
    yesterday.write(KHM, [rows[-1], *rows[:-1]])
    assert yesterday.night() == 0
    assert set(reasoned) == {"KHM"}


@pytest.mark.parametrize("changed", [{"force": True}, {"component_seconds": 19}])
def test_answers_that_follow_from_more_than_the_rows_are_found_anew(
    yesterday: Folder, reasoned: list[str], changed: dict[str, Any]
) -> None:
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night(**changed) == 0
    assert set(reasoned) == {"LAO", "KHM"}


def test_what_was_cut_short_is_looked_into_again(yesterday: Folder, reasoned: list[str]) -> None:
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night(component_statements=1) == 0
    assert yesterday.rows("select distinct status from intermediate.int_explained") == [
        ("cut short",)
    ]
    reasoned.clear()
    yesterday.change(LAO, 2, value="769")
    assert yesterday.night(component_statements=1) == 0
    assert "KHM" in reasoned


@pytest.mark.parametrize(
    "made", ["create schema yesterday", "attach ':memory:' as yesterday", "select 1"]
)
def test_nothing_is_kept_of_a_warehouse_that_knows_no_such_answers(made: str) -> None:
    connection = duckdb.connect()
    connection.execute(made)
    tables: Sequence[Any] = ()
    assert kept.take(connection, tables, ["some"]) == set()


def test_answers_are_told_to_be_those_of_yesterday(
    yesterday: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    yesterday.change(LAO, 2, value="770")
    assert yesterday.night() == 0
    assert "blocks as yesterday: " in capsys.readouterr().out
