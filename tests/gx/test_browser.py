from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_pages_run_nothing_load_nothing_and_complain_of_nothing(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
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
        browser.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 3
    assert said == []
