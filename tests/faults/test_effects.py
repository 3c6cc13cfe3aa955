from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.night.conftest import Folder

CALLS = ("mkdir", "rmdir", "unlink", "rename", "replace", "link", "open", "fsync", "scandir")


class Effects:
    """Numbers what the program does to the warehouse folder, and fails the n-th of it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.fatal, self.error = 0, errno.EIO
        self._folder = str(folder)
        for name in CALLS:
            patch.setattr(os, name, self._numbered(name, getattr(os, name)))
        patch.setattr(io, "open", self._numbered("io.open", io.open))

    def _numbered(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def numbered(*arguments: Any, **named: Any) -> Any:
            if self._concerns(arguments[0]):
                self.done.append(name)
                if len(self.done) == self.fatal:
                    raise OSError(self.error, os.strerror(self.error), arguments[0])
            return call(*arguments, **named)

        return numbered

    def _concerns(self, target: object) -> bool:
        if isinstance(target, int):
            target = Path(f"/proc/self/fd/{target}").readlink()
        return str(target).startswith(self._folder)


@pytest.fixture
def effects(changed: Folder) -> Iterator[Effects]:
    with pytest.MonkeyPatch.context() as patch:
        yield Effects(changed.warehouse, patch)


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_a_night_that_fails_at_each_effect_in_turn_keeps_its_promises_until_one_is_done(
    changed: Folder,
    effects: Effects,
    error: int,
    assert_healed: Callable[[Folder], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    effects.error = error
    codes: list[int] = []
    for effects.fatal in range(1, 200):
        effects.done.clear()
        codes.append(changed.night(force=True))
        said = capsys.readouterr()
        assert codes[-1] == 0 or os.strerror(error) in said.out + said.err
        assert changed.rows("select count(*) from marts.fct_reported_figure") in ([(27,)], [(28,)])
        if len(effects.done) < effects.fatal:
            break
    assert codes[-1] == 0
    assert codes.count(2) > 20
    assert {*codes} == {0, 2}
    assert {"mkdir", "unlink", "replace", "link", "fsync", "io.open"} <= {*effects.done}
    effects.fatal = 0
    assert changed.night(force=True) == 0
    assert_healed(changed)


def test_a_refused_night_that_fails_at_each_effect_in_turn_never_says_that_it_is_well(
    untouched: Folder, effects: Effects
) -> None:
    (untouched.raw / "figures/lao.csv").unlink()
    for effects.fatal in range(1, 100):
        effects.done.clear()
        code = untouched.night(few_rows=0)
        if len(effects.done) < effects.fatal:
            break
        assert code in (1, 2)
    assert code == 1
    assert (untouched.warehouse / "reports" / max(untouched.reports()) / "report.html").exists()
