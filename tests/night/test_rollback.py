from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from etl.settings import Settings

if TYPE_CHECKING:
    from tests.night.conftest import Folder


def published(folder: Folder) -> list[str]:
    """Runs that the published warehouse knows to have published, oldest first."""
    found = folder.rows("select run_id from audit.run where status = 'published' order by all")
    return [run_id for (run_id,) in found]


def kept(folder: Folder) -> list[str]:
    return sorted(path.stem for path in (folder.warehouse / "history").iterdir())


@pytest.fixture
def two_nights(yesterday: Folder) -> Folder:
    yesterday.change("figures/khm.csv", 5, value="26")
    assert yesterday.night() == 0
    return yesterday


def test_history_lists_every_run_and_which_can_be_gone_back_to(two_nights: Folder) -> None:
    assert two_nights.night() == 0
    first, second = published(two_nights)
    (unchanged,) = two_nights.noted()
    done = two_nights.command("history")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == [unchanged, second, first]
    assert [line[3] for line in lines] == ["unchanged", "published", "published"]
    assert [line[4] for line in lines[1:]] == ["published", "kept"]
    assert two_nights.command("history", "--last", "1").stdout.count("\n") == 1


def test_history_works_before_any_night(folder: Folder) -> None:
    done = folder.command("history")
    assert (done.returncode, done.stderr) == (0, "")


def test_history_works_where_no_night_was_published(folder: Folder) -> None:
    folder.night(dry_run=True)
    done = folder.command("history")
    assert done.returncode == 0
    assert "dry run" in done.stdout


def test_history_of_a_damaged_warehouse_returns_2_and_says_so(folder: Folder) -> None:
    folder.warehouse.mkdir()
    folder.file.write_bytes(b"no database")
    done = folder.command("history")
    assert done.returncode == 2
    assert str(folder.file) in done.stderr
    assert "Traceback" not in done.stderr


def test_only_the_last_good_warehouses_are_kept(yesterday: Folder) -> None:
    assert Settings().keep_files == 7
    older = [f"2020010{day}T020000.000Z-0000" for day in range(1, 9)]
    for run_id in older:
        os.link(yesterday.file, yesterday.warehouse / "history" / f"{run_id}.duckdb")
    assert yesterday.night() == 0
    assert kept(yesterday) == [*older[-5:], *published(yesterday)]


def test_rollback_publishes_the_warehouse_before(two_nights: Folder) -> None:
    first, second = published(two_nights)
    done = two_nights.command("rollback")
    assert done.returncode == 0, done.stderr
    assert first in done.stdout
    assert published(two_nights) == [first]
    assert two_nights.file.samefile(two_nights.warehouse / "history" / f"{first}.duckdb")
    assert kept(two_nights) == [first, second]
    assert not list(two_nights.warehouse.glob(".building-*"))


def test_rollback_takes_a_run_by_name_and_back_again(two_nights: Folder) -> None:
    first, second = published(two_nights)
    for run_id, nights in ((first, [first]), (second, [first, second])):
        assert two_nights.command("rollback", run_id).returncode == 0
        assert published(two_nights) == nights
        lines = two_nights.command("history").stdout.splitlines()
        assert [line.split()[0] for line in lines if " kept " in line] == [
            next(name for name in (first, second) if name != run_id)
        ]


def test_the_night_after_a_rollback_builds_anew(two_nights: Folder) -> None:
    first, second = published(two_nights)
    assert two_nights.command("rollback").returncode == 0
    assert two_nights.night() == 0
    *before, third = published(two_nights)
    assert before == [first, second]
    assert kept(two_nights) == [first, second, third]
    states = sorted(row[1] for row in two_nights.findings().values())
    assert states == ["persisting", "resolved"]


@pytest.mark.parametrize("arguments", [["no-such-run"], ["../history"], []])
def test_rollback_to_what_is_not_there_returns_2_and_tells_what_is(
    untouched: Folder, arguments: list[str]
) -> None:
    done = untouched.command("rollback", *arguments)
    assert done.returncode == 2
    assert published(untouched)[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_rollback_before_any_night_returns_2(folder: Folder) -> None:
    done = folder.command("rollback")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_rollback_works_where_files_cannot_be_linked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", fail)
    assert [folder.night(), folder.night(force=True)] == [0, 0]
    first, _ = published(folder)
    assert folder.command("rollback").returncode == 0
    assert published(folder) == [first]


def test_a_rollback_and_the_run_that_it_undid_stay_in_the_history(two_nights: Folder) -> None:
    first, second = published(two_nights)
    assert two_nights.command("rollback").returncode == 0
    lines = two_nights.command("history").stdout.splitlines()
    assert [line.split()[0] for line in lines][1:] == [second, first]
    assert "  rolled back  " in lines[0]
    assert lines[0].endswith(f"run {first} is published again")
    assert two_nights.night() == 0
    told = two_nights.rows("select status, message from audit.run order by run_id")
    assert [status for status, _ in told] == ["published", "published", "rolled back", "published"]
    assert told[2][1] == f"run {first} is published again"
    assert two_nights.noted() == set()


def test_rollback_to_a_damaged_warehouse_returns_2_and_changes_nothing(two_nights: Folder) -> None:
    first, second = published(two_nights)
    (two_nights.warehouse / "history" / f"{first}.duckdb").unlink()
    (two_nights.warehouse / "history" / f"{first}.duckdb").write_bytes(b"no database")
    done = two_nights.command("rollback")
    assert done.returncode == 2
    assert f"{first}.duckdb" in done.stderr
    assert published(two_nights) == [first, second]
    assert two_nights.noted() == set()


def test_rollback_away_from_a_damaged_warehouse_works(two_nights: Folder) -> None:
    first, second = published(two_nights)
    two_nights.file.unlink()
    two_nights.file.write_bytes(b"no database")
    assert two_nights.command("rollback", first).returncode == 0
    assert published(two_nights) == [first]
    assert two_nights.night() == 0
    assert published(two_nights)[:2] == [first, second]
