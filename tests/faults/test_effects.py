from __future__ import annotations

import copy
import errno
import io
import itertools
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etl import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from etl.console import Console
    from etl.night import Night
    from etl.settings import Settings
    from tests.night.conftest import Folder

CALLS = ("mkdir", "rmdir", "unlink", "rename", "replace", "link", "open", "fsync", "scandir")


class Effects:
    """Numbers what the program does to the warehouse folder, and fails the n-th of it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.fatal = 0
        self._folder = str(folder)
        for name in CALLS:
            patch.setattr(os, name, self._numbered(name, getattr(os, name)))
        patch.setattr(io, "open", self._numbered("io.open", io.open))

    def _numbered(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def numbered(*arguments: Any, **named: Any) -> Any:
            if self._concerns(arguments[0]):
                self.done.append(name)
                if len(self.done) == self.fatal:
                    raise OSError(errno.EIO, os.strerror(errno.EIO), arguments[0])
            return call(*arguments, **named)

        return numbered

    def _concerns(self, target: object) -> bool:
        if isinstance(target, int):
            target = Path(f"/proc/self/fd/{target}").readlink()
        return str(target).startswith(self._folder)

    def failing(self, nth: int) -> Effects:
        self.done.clear()
        self.fatal = nth
        return self

    @contextmanager
    def unnumbered(self) -> Iterator[None]:
        done, fatal, self.fatal = [*self.done], self.fatal, 0
        yield
        self.done[:], self.fatal = done, fatal


class Work:
    """What a night does before it writes down how it went: once done, it is put back.

    So the many effects after it are tried without a warehouse being built for each.
    """

    def __init__(self, effects: Effects, folder: Folder) -> None:
        self._effects, self._folder = effects, folder.warehouse
        self._kept, self._work = folder.warehouse.with_name("kept"), run.work
        self._done: list[str] = []
        self._night: dict[str, Any] = {}

    def __call__(self, settings: Settings, tonight: Night, console: Console) -> None:
        if not self._effects.fatal:
            self._work(settings, tonight, console)
        elif self._night:
            with self._effects.unnumbered():
                shutil.copytree(self._kept, self._folder, dirs_exist_ok=True, copy_function=relink)
            vars(tonight).update(copy.deepcopy(self._night))
            self._effects.done[:] = self._done
        else:
            self._work(settings, tonight, console)
            self._night, self._done = copy.deepcopy(vars(tonight)), [*self._effects.done]
            of_the_run = shutil.ignore_patterns(".lock", ".holder.json")
            with self._effects.unnumbered():
                shutil.copytree(self._folder, self._kept, copy_function=relink, ignore=of_the_run)


def relink(existing: str, name: str) -> None:
    Path(name).unlink(missing_ok=True)
    os.link(existing, name)


@pytest.fixture
def effects(changed: Folder) -> Iterator[Effects]:
    with pytest.MonkeyPatch.context() as patch:
        made = Effects(changed.warehouse, patch)
        patch.setattr(run, "work", Work(made, changed))
        yield made


def as_yesterday(folder: Folder, first_night: Folder) -> Folder:
    if folder.warehouse.exists():
        shutil.rmtree(folder.warehouse)
    return first_night.linked(folder)


def test_a_night_that_fails_at_each_effect_in_turn_keeps_its_promises_until_one_is_done(
    changed: Folder,
    first_night: Folder,
    effects: Effects,
    assert_healed: Callable[[Folder], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = changed.file.read_bytes()
    codes: list[int] = []
    for nth in itertools.count(1):
        as_yesterday(changed, first_night)
        effects.failing(nth)
        codes.append(changed.night())
        done, said = [*effects.done], capsys.readouterr()
        effects.failing(0)
        is_published = changed.rows("select count(*) from marts.fct_reported_figure") == [(28,)]
        assert is_published or changed.file.read_bytes() == before
        assert codes[-1] == 2 or is_published
        assert codes[-1] == 0 or os.strerror(errno.EIO) in said.out + said.err
        if len(done) < nth:
            break
        if nth % 16 == 0:  # not after each, since it takes a night
            assert changed.night() == 0
            assert_healed(changed)
    assert {"mkdir", "unlink", "replace", "link", "fsync", "io.open"} <= {*done}
    assert codes[-1] == 0
    assert codes.count(2) > 20
    assert_healed(changed)


def test_a_refused_night_that_fails_at_each_effect_in_turn_never_says_that_it_is_well(
    untouched: Folder, effects: Effects, first_night: Folder
) -> None:
    (untouched.raw / "sources/sources.csv").unlink()
    codes = []
    for nth in itertools.count(1, 4):
        as_yesterday(untouched, first_night)
        effects.failing(nth)
        codes.append(untouched.night())
        done = [*effects.done]
        effects.failing(0)
        if len(done) < nth:
            break
    assert {*codes} == {1, 2}
    assert codes[-1] == 1
    assert (untouched.warehouse / "reports" / max(untouched.reports()) / "report.html").exists()
