from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.two_pages import LEFT_ON_PURPOSE
from tests.night.conftest import first_night, folder, new_folder, untouched, yesterday

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.night.conftest import Folder

__all__ = ["first_night", "folder", "new_folder", "untouched", "yesterday"]


@pytest.fixture
def changed(yesterday: Folder) -> Folder:
    """Yesterday's warehouse, and one figure more in the files."""
    rows = yesterday.read("figures/lao.csv")
    more = {"figure_id": "more", "period_end": "2024-12-31"}
    yesterday.write("figures/lao.csv", [*rows, rows[-1] | more])
    return yesterday


@pytest.fixture
def assert_healed() -> Callable[[Folder], None]:
    """Tonight is published, no run is forgotten, and nothing lies about."""

    def check(folder: Folder) -> None:
        names = [str(path.relative_to(folder.warehouse)) for path in folder.warehouse.rglob("*")]
        assert [name for name in names if not LEFT_ON_PURPOSE.fullmatch(name)] == []
        assert folder.rows("select count(*) from marts.fct_reported_figure") == [(28,)]
        told = dict(folder.rows("select run_id, status from audit.run"))
        good = {path.stem for path in (folder.warehouse / "history").iterdir()}
        assert good <= {run_id for run_id, status in told.items() if status == "published"}
        assert max(told) in good
        assert folder.file.samefile(folder.warehouse / "history" / f"{max(told)}.duckdb")

    return check
