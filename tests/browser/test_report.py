from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Visit = Callable[..., Page]

SHOWN = ".finding:not([hidden])"


def test_the_first_screen_says_how_it_went_and_what_matters(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    assert page.inner_text("h1") == "Published, with findings."
    counts = page.inner_text(".counts")
    for said in ("figures read", "held back", "published", "new", "persisting", "resolved"):
        assert said in counts
    assert re.search(r"\d+ %\s+unchecked|unchecked.*\s\d+ %", counts, re.DOTALL)
    assert page.locator(".top > li").count() == 3
    for visible in ("h1", ".counts", "#lookup", ".top", ".when"):
        box = page.locator(visible).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize(
    ("field", "chosen", "said"),
    [
        ("geography", "KOR", "South Korea"),
        ("measure", "persons_deported", "ersons deported"),
        ("severity", "warning", "warning"),
        ("state", "new", "first seen tonight"),
        ("source_id", "asianewsit-2019", "AsiaNews.it"),
    ],
)
def test_a_filter_leaves_only_what_fits(
    visit: Visit, latest: Path, field: str, chosen: str, said: str
) -> None:
    page = visit(latest)
    every = page.locator(".finding").count()
    page.select_option(f"#filters [name={field}]", chosen)
    left = page.locator(SHOWN).all_inner_texts()
    assert 0 < len(left) < every
    assert all(said in text for text in left)
    assert page.inner_text("#shown").startswith(f"{len(left)} finding")
    page.click("#filters .clear")
    expect(page.locator(SHOWN)).to_have_count(every)


def test_filters_of_text_and_kind_narrow_each_other(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#filters [name=text]", "deported 2019")
    with_text = page.locator(SHOWN).count()
    page.select_option("#filters [name=group]", label=page.inner_text("option[value=g1]"))
    both = page.locator(SHOWN).all_inner_texts()
    assert 0 < len(both) < with_text
    assert all("2019" in text for text in both)
    page.fill("#filters [name=text]", "no such words")
    assert page.locator(SHOWN).count() == 0
    assert page.inner_text("#shown").startswith("0 findings")


@pytest.mark.parametrize(
    ("order", "by", "group"),
    [("place", "place", "g1"), ("seen", "seen", "g1"), ("rank", "rank", "g2")],
)
def test_findings_can_be_put_in_another_order(
    visit: Visit, latest: Path, order: str, by: str, group: str
) -> None:
    page = visit(latest)
    read = f"all => all.map(one => one.dataset.{by})"
    page.select_option("#filters [name=order]", "place" if order == "rank" else "rank")
    page.select_option("#filters [name=order]", order)
    keys = page.locator(f"#{group} .finding").evaluate_all(read)
    if order == "rank":
        assert keys == sorted(keys, key=int)
    else:
        assert keys == sorted(keys, reverse=order == "seen")
    assert len(set(keys)) > 1


def test_a_count_of_failures_leads_to_its_findings(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    link = page.locator("#checks a.pick[data-check=subtotals_sum_to_total]")
    failed = int(link.inner_text())
    link.click()
    assert page.locator(SHOWN).count() == failed


def test_a_check_has_its_claim_its_counts_and_its_nights(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    row = page.locator("#checks tr", has_text="subtotals_do_not_exceed_total")
    cells = row.first.locator("td").all_inner_texts()
    assert cells[0] == "fail"
    assert cells[1].startswith("Some of the parts never add up to more than the stated total")
    tested, failed, unknown = (int(cell.replace(",", "")) for cell in cells[2:5])
    assert tested > failed > 0 < unknown
    assert cells[5] == f"{failed - 1} · {failed}"


def test_a_source_says_how_often_it_is_contradicted_and_by_whom(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    rows = [row.locator("td") for row in page.locator("#sources tbody tr").all()]
    told = [tuple(int(cells.nth(column).inner_text()) for column in (2, 4, 5)) for cells in rows]
    assert [sum(faults) for faults in told] == sorted(map(sum, told), reverse=True)
    assert all(
        bool(faults[0]) == bool(cells.nth(3).inner_text())
        for faults, cells in zip(told, rows, strict=True)
    )
    rows[0].first.locator("a.pick").click()
    assert page.locator(SHOWN).count() > 0


def test_the_run_lists_stages_tables_and_input_files(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.click("#run details summary")
    stages, files, tables = (
        page.locator(f"#run [aria-label='{name}'] tbody tr").all_inner_texts()
        for name in ("Stages", "Input files", "Tables built")
    )
    assert any(re.fullmatch(r"load\t18 files, [\d,]+ rows\t[\d.]+ s", row) for row in stages)
    typed = next(row for row in files if row.startswith("figures/khm.csv")).split("\t")
    assert typed[1] == "loaded"
    assert typed[2] == typed[3]
    assert re.fullmatch("[0-9a-f]{12}", typed[5])
    assert any(row.startswith("marts.fct_reported_figure\t1,358\t") for row in tables)


def test_best_values_stand_beside_what_was_printed(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    picture = page.locator(".picture-years", has_text="Suspects arrested, Cambodia")
    assert "sources disagree for 2017" in picture.locator("figcaption").inner_text()
    assert "best value and its interval" in picture.locator("svg").inner_html()
    words = str(picture.locator(".words-of p").text_content())
    assert "2017: 187; 2017: 203" in words
    assert "Best values where that leaves a doubt: 2017: 203 (187 to 203)." in words


def test_a_deep_link_opens_its_finding(visit: Visit, latest: Path) -> None:
    known = visit(latest).locator(".finding").last.get_attribute("id")
    page = visit(latest, f"#{known}")
    assert page.evaluate("document.activeElement.id") == known
    assert page.locator(f"#{known} details").first.get_attribute("open") is not None
    assert page.locator(f"#{known}").bounding_box()["y"] < 900  # type: ignore[index]


def test_a_link_to_a_finding_that_is_filtered_out_shows_it(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.fill("#filters [name=text]", "no such words")
    page.locator(".top a").first.click()
    target = page.locator(".top a").first.get_attribute("href")
    expect(page.locator(str(target))).to_be_focused()
    expect(page.locator(str(target))).to_be_visible()


def test_the_keyboard_reaches_everything(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.type("a/b")
    assert page.input_value("#filters [name=text]") == "a/b"
    page.fill("#filters [name=text]", "")
    page.locator(".finding summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".finding details").first.get_attribute("open") is not None
    page.focus("#number")
    page.keyboard.type("5852")
    page.keyboard.press("Enter")
    assert page.locator(".answer").count() > 0


def test_a_finding_can_be_copied_as_text(visit: Visit, latest: Path) -> None:
    page = visit(latest)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText(t) {copied = t}}})"
    )
    card = page.locator(".finding").first
    card.locator(".copy").click()
    copied = page.evaluate("copied")
    assert copied.startswith(card.locator("h4").inner_text())
    assert copied.endswith(f"#{card.get_attribute('id')}")
    assert card.locator(".copy").inner_text() == "Copied"


def test_it_prints_without_what_only_a_screen_can_do(visit: Visit, latest: Path) -> None:
    page = visit(latest, color_scheme="dark")
    page.emulate_media(media="print")
    for hidden in ("#filters", "#lookup", ".contents", ".copy >> nth=0"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".finding").first.is_visible()
    assert not page.locator(".finding summary").first.is_visible()  # nobody can open it on paper
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def brightness(page: Page, selector: str, what: str) -> float:
    colour = page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{what}")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_in_the_dark_the_pictures_turn_too(visit: Visit, latest: Path) -> None:
    words = ".picture-blocks text[fill='#1c1b19']"
    light, dark = (visit(latest, color_scheme=scheme) for scheme in ("light", "dark"))
    assert brightness(light, "body", "backgroundColor") > 200 > brightness(light, words, "fill")
    assert brightness(dark, "body", "backgroundColor") < 60
    assert brightness(dark, words, "fill") > 200


def test_every_colour_of_a_picture_has_one_in_the_dark(visit: Visit, latest: Path) -> None:
    light, dark = (visit(latest, color_scheme=scheme) for scheme in ("light", "dark"))
    for paint in ("fill", "stroke"):
        drawn = f".picture svg [{paint}]:not([{paint}=none]):not([{paint}=transparent])"
        read = f"all => all.map(one => getComputedStyle(one).{paint})"
        pairs = zip(
            light.locator(drawn).evaluate_all(read),
            dark.locator(drawn).evaluate_all(read),
            strict=True,
        )
        assert {day for day, night in pairs if day == night} == set()


def test_a_narrow_screen_needs_no_scrolling_sideways(visit: Visit, latest: Path) -> None:
    for file in (latest, latest.with_name("index.html")):
        page = visit(file, viewport={"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_reads_without_its_script(visit: Visit, latest: Path) -> None:
    page = visit(latest, java_script_enabled=False)
    assert page.locator(".finding").first.is_visible()
    assert page.locator(".picture svg").first.is_visible()
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#lookup").is_visible()
    assert "let this page run its script" in page.inner_text("main")


def test_every_page_leads_to_the_others(visit: Visit, two_nights: Path) -> None:
    reports = two_nights / "reports"
    night = max(reports.glob("*/report.html"))
    for file in (night, reports / "latest.html", reports / "index.html"):
        page = visit(file)
        links = page.locator("header a, footer a").evaluate_all("all => all.map(one => one.href)")
        found = {link.removeprefix(f"{reports.as_uri()}/") for link in links}
        assert {"index.html", "latest.html"} <= found
        for link in found:
            assert (reports / link).is_file()
    nights = visit(reports / "index.html").locator("td a")
    assert nights.count() == 2
    assert str(nights.first.get_attribute("href")) == f"{night.parent.name}/report.html"
