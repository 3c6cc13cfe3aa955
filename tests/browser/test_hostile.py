from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from etl.console import Console
from etl.run import night
from etl.settings import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Visit = Callable[..., Page]

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "'\"><svg onload=alert(1)>",
    "=cmd|' /C calc'!A0",
    "\x1b[31m red",
    "\u202ecod.exe",
    "\u2066a\u2069b\u200b\u061c\u00ad\ufeff",
    "\u0639\u0627\u0645 2019",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "X" * 10_000,
)
FIELDS = {
    "sources/sources.csv": ("publisher", "title", "url", "original_publisher"),
    "reference/measures.csv": ("label", "unit", "description"),
    "reference/dimensions.csv": ("label", "description"),
    "reference/nationalities.csv": ("label",),
    "figures/khm.csv": ("note",),
    "figures/lao.csv": ("figure_id", "category", "note"),
    "figures/usa.csv": ("value",),
}


def spoil(file: Path, columns: tuple[str, ...]) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        bad = HOSTILE[number % len(HOSTILE)]
        row |= {column: f"{bad} {number}" if column == "figure_id" else bad for column in columns}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    raw = shutil.copytree(ROOT / "data" / "raw", folder / "raw")
    for name, columns in FIELDS.items():
        spoil(raw / name, columns)
    (raw / "figures" / "<img src=x onerror=alert(1)>.csv").write_text("a\n1\n")
    settings = Settings(raw=raw, warehouse=folder / "warehouse", max_held_share=1)
    assert night(settings, Console()) == 0
    return settings.warehouse / "reports" / "latest.html"


def test_hostile_values_are_shown_and_do_nothing(visit: Visit, spoilt: Path) -> None:
    page = visit(spoilt)  # the fixture fails on a dialog, an error or a request
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for asked in ("5,852", "persons", "alert"):
        page.fill("#number", asked)
        page.keyboard.press("Enter")
    assert page.locator(".answer").count() > 0
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, object, embed, [onload], [onerror], [style]").count() == 0
    text = page.inner_text("body")
    for shown in ("<script>alert(1)</script>", "{{ 7 * 7 }}", "[U+001B][31m", "[U+202E]"):
        assert shown in text
    source = page.content()
    assert not set("\x1b\u202e\u2066\u200b\u061c\u00ad\ufeff") & set(source)
    assert source.count("\u0639\u0627\u0645") == source.count("\u2068\u0639\u0627\u0645\u2069") > 0
    links = page.locator("a").evaluate_all("all => all.map(one => one.protocol)")
    assert set(links) <= {"http:", "https:", "file:"}


def test_a_page_of_hostile_values_stays_narrow_and_small(visit: Visit, spoilt: Path) -> None:
    page = visit(spoilt, viewport={"width": 360, "height": 800})
    page.fill("#number", "alert")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert spoilt.stat().st_size < 4_000_000
