from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Visit = Callable[..., Page]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        ("latest.html", "light", 1280),
        ("latest.html", "dark", 360),
        ("index.html", "light", 360),
        ("index.html", "dark", 1280),
    ],
)
def test_axe_finds_no_serious_problem(
    visit: Visit, latest: Path, name: str, scheme: str, width: int
) -> None:
    page = visit(
        latest.with_name(name),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,  # axe is put into the page as a script
    )
    if name == "latest.html":
        page.fill("#number", "5,852")
        page.keyboard.press("Enter")
        page.locator(".finding details").first.evaluate("one => { one.open = true }")
        page.select_option("#filters [name=state]", "new")  # one by one they are all alike
    assert serious(page) == []


def test_there_is_one_landmark_of_each_kind_and_headings_do_not_skip(
    visit: Visit, latest: Path
) -> None:
    page = visit(latest)
    for landmark in ("header", "main", "footer", "h1"):
        assert page.locator(landmark).count() == 1
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => +one.tagName[1])")
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_how_many_findings_are_shown_is_announced(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    assert page.locator("#shown").get_attribute("role") == "status"
    assert page.locator("#answers").get_attribute("aria-live") == "polite"


def test_every_picture_has_its_words(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    pictures = page.locator("figure.picture")
    assert pictures.count() >= 6
    for picture in pictures.all():
        assert len(picture.locator("figcaption").inner_text()) > 20
        assert len(str(picture.locator(".words-of p").text_content())) > 20


def test_no_labels_of_a_picture_overlap(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    overlapping = page.evaluate(
        """() => [...document.querySelectorAll(".picture svg")].flatMap((svg) => {
            const texts = [...svg.querySelectorAll("text")].filter((one) => one.textContent);
            const boxes = texts.map((one) => [one.textContent, one.getBoundingClientRect()]);
            return boxes.flatMap(([name, a], place) => boxes.slice(place + 1)
                .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
                .map(([other]) => `${name} | ${other}`));
        })"""
    )
    assert overlapping == []
