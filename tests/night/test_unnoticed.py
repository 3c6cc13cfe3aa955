from __future__ import annotations

import os
from time import time_ns
from typing import TYPE_CHECKING

import pytest

from etl.extract import source
from etl.extract.outcome import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from etl.extract.declared import Declared
    from etl.extract.outcome import InputFile, Limits
    from tests.night.conftest import Folder


def in_place(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def by_a_rename(file: Path, content: bytes) -> None:
    beside = file.with_name("beside")
    beside.write_bytes(content)
    beside.replace(file)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files were put there long before the night."""
    monkeypatch.setattr("etl.publish.time_ns", lambda: time_ns() + 10**11)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("put", [in_place, by_a_rename])
def test_a_change_that_keeps_size_and_time_is_noticed(
    folder: Folder, put: Callable[[Path, bytes], None]
) -> None:
    assert folder.night() == 0
    file = folder.raw / "figures/lao.csv"
    before, content = file.stat(), file.read_bytes()
    put(file, content.replace(b"771", b"772"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert folder.night() == 0
    values = folder.rows("select reported_value from marts.fct_reported_figure")
    assert (772,) in values
    assert (771,) not in values


@pytest.mark.usefixtures("later")
def test_a_file_known_for_long_is_not_read_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.night() == 0
    monkeypatch.setattr("etl.extract.source.fingerprint", lambda _: pytest.fail("read again"))
    assert folder.night() == 0
    assert len(folder.noted()) == 1


def test_a_file_changed_a_moment_before_the_night_is_read_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    original = source.fingerprint

    def counted(path: Path) -> str:
        read.append(path)
        return original(path)

    monkeypatch.setattr("etl.extract.source.fingerprint", counted)
    assert [folder.night(), folder.night()] == [0, 0]
    assert len(read) == 2 * len({*read})


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), Refused(source.CHANGED)])
def test_a_file_that_one_reading_refused_is_tried_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(
        file: InputFile, limits: Limits, declared: Declared
    ) -> AbstractContextManager[source.Source]:
        if file.name.endswith("khm.csv"):
            raise error
        return source.open_source(file, limits, declared)

    with monkeypatch.context() as patch:
        patch.setattr("etl.extract.load.open_source", failing)
        assert folder.night() == 0
    assert folder.rows("select count(*) from marts.fct_reported_figure") == [(13,)]
    assert folder.night(max_fall_share=1.0) == 0
    assert folder.rows("select count(*) from marts.fct_reported_figure") == [(27,)]
    before = folder.file.read_bytes()
    assert folder.night(max_fall_share=1.0) == 0
    assert folder.file.read_bytes() == before


def test_a_file_that_every_reading_refuses_is_no_work_for_the_next_night(folder: Folder) -> None:
    folder.put("figures/odd.csv", "a,b\n1,2\n")
    folder.put("figures/odd.pdf", "a")
    assert [folder.night(), folder.night()] == [0, 0]
    assert len(folder.noted()) == 1
