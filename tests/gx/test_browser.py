from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def test_pages_run_nothing_load_nothing_and_complain_of_nothing(
    browser: Browser, site: Path
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto((site / "index.html").as_uri())
    link = page.get_by_role("link", name="intermediate.int_breakdown_members")
    with page.expect_navigation():
        link.click()
    assert page.title() != "owned"
    assert "<script>document.title" in page.inner_text("body")
    with page.expect_navigation():
        link.click()
    assert page.title() != "owned"
    page.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 3
    assert said == []


def test_pages_hold_nothing_that_hides_or_turns_the_text_about(site: Path) -> None:
    pages = [file.read_text(encoding="utf-8") for file in site.rglob("*.html")]
    assert any("��" in page for page in pages)
    assert not [page for page in pages if {"\u202e", "\x1b", "\u200b", "\u2066"} & set(page)]
