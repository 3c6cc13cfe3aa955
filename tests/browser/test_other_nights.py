from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from etl.console import Console
from etl.run import night
from etl.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Visit = Callable[..., Page]


@pytest.fixture
def settings(two_nights: Path, tmp_path: Path) -> Settings:
    raw = shutil.copytree(two_nights.with_name("raw"), tmp_path / "raw")
    return Settings(raw=raw, warehouse=shutil.copytree(two_nights, tmp_path / "warehouse"))


def test_a_refused_night_says_why_and_what_can_be_queried(visit: Visit, settings: Settings) -> None:
    figures = settings.raw / "figures" / "khm.csv"
    rows = len(figures.read_text(encoding="utf-8").splitlines()) - 1
    figures.unlink()
    assert night(settings, Console()) == 1
    page = visit(settings.warehouse / "reports" / "latest.html")
    first = page.inner_text(".first")
    assert page.inner_text("h1") == "Refused: yesterday's warehouse stays as it was."
    assert "a fall of more than 20%" in first
    assert "What can be queried is the warehouse of" in first
    assert "310\nfit to publish" in first or "fit to publish\n310" in first
    assert f"Figures: {rows:,} gone" in page.inner_text("#changed")
    assert page.locator(".finding").count() > 0
    assert not list(settings.warehouse.glob(".building-*"))


def test_a_night_that_broke_says_what_broke(visit: Visit, settings: Settings) -> None:
    models = settings.raw.parent / "models" / "staging"
    models.mkdir(parents=True)
    (models / "stg_more__figures.sql").write_text("select * from nowhere", encoding="utf-8")
    assert night(replace(settings, models=(*settings.models, models.parent)), Console()) == 2
    page = visit(settings.warehouse / "reports" / "latest.html")
    first = page.inner_text(".first")
    assert page.inner_text("h1") == "The run broke: yesterday's warehouse stays as it was."
    assert "nowhere" in first
    assert page.locator("#number").count() == 0
    nights = visit(settings.warehouse / "reports" / "index.html").locator("tbody tr")
    assert "broke" in nights.first.inner_text()
    assert nights.count() == 3


def test_a_first_night_has_nothing_to_compare_with(visit: Visit, two_nights: Path) -> None:
    first = min((two_nights / "reports").glob("*/report.html"))
    assert "This is the first night" in visit(first).inner_text("#changed")
