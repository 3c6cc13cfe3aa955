from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Visit = Callable[..., Page]

# The three questions of docs/guide.md: each is answered from the page alone, in three clicks at
# most. Typing into a field is one, and so is choosing from a list.


def test_can_i_quote_5852(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#number", "5,852")
    page.click("text=Look it up")
    answer = page.inner_text(".answer")
    assert answer.startswith("Yes: 5,852, persons deported, Cambodia, 2024")
    assert "All other evidence confirms it. 3 independent sources speak of it." in answer
    assert "Best value: 5,852 (reported)." in answer
    assert "“+56.8 %” is not what the figures say" in answer
    pages = page.locator(".answer tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in pages] == ["5,852"] * 3
    assert page.locator(".answer td a").first.get_attribute("href").startswith("https://")  # type: ignore[union-attr]
    assert "figures/khm.csv, row 8" in pages[0]


def test_why_does_2019_not_add_up(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#filters [name=text]", "Cambodia, 2019")
    page.select_option("#filters [name=group]", "g1")
    cards = page.locator(".finding:not([hidden])")
    told = " ".join(cards.all_inner_texts())
    assert "1,533 persons deported (Cambodia, 2019, CamboInfo) is less than its own" in told
    assert "The 7 figures by nationality already add up to 1,549, 16 more." in told
    card = cards.filter(has_text="1,533")
    card.locator("summary", has_text="figures").click()
    rows = card.locator("tbody tr").all_inner_texts()
    assert len(rows) == 8
    assert any(row.startswith("whole\t1,533\t") for row in rows)
    assert all("figures/khm.csv, row" in row for row in rows)


def test_what_changed_since_yesterday(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.click(".contents >> text=What changed")
    changed = page.inner_text("#changed")
    assert "figures/khm.csv changed" in changed
    assert "Figures: 1 changed" in changed
    (row,) = page.locator("#changed tbody tr").all_inner_texts()
    assert row.split("\t")[2:4] == ["26", "926"]
    assert "341 persons arrested" in changed
    assert "Since the last good night: 0 findings resolved, 2 new" in changed
    assert "failed 4 → 5" in changed


def test_a_number_that_nobody_prints_is_said_to_be_none(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#number", "123456789")
    page.keyboard.press("Enter")
    assert page.inner_text("#answers") == "“123456789”: No page that was read prints it."


def test_a_disputed_number_is_answered_with_what_speaks_against_it(
    visit: Visit, latest: Path
) -> None:
    page = visit(latest)
    page.fill("#number", "16 200")
    page.keyboard.press("Enter")
    answer = page.inner_text(".answer >> nth=0")
    assert answer.startswith("With care: 16,200, persons deported, Cambodia, 2014–2019")
    assert "16,200 or 16,720, on 2 pages" in answer


def test_a_number_that_is_blamed_is_answered_with_the_better_one(
    visit: Visit, latest: Path
) -> None:
    page = visit(latest)
    page.fill("#number", "926")
    page.keyboard.press("Enter")
    answer = page.inner_text(".answer >> nth=0")
    assert answer.startswith("Rather not: 926, persons arrested (nationality: Thailand)")
    assert "Best value: 26 (reported)." in answer


def test_a_number_that_nothing_checks_is_said_to_be_so(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#number", "11,240")
    page.keyboard.press("Enter")
    assert page.inner_text(".answer h3").startswith("Nobody can tell: 11,240")


def test_words_find_figures_too(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#number", "laos raids")
    page.keyboard.press("Enter")
    assert page.locator(".answer").count() > 0
    assert all("Laos" in title for title in page.locator(".answer h3").all_inner_texts())
