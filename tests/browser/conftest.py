from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page; at the end nothing may have been said, asked or fetched by any of them."""
    contexts = []
    unwanted: list[str] = []

    def opened(file: Path, fragment: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: unwanted.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: unwanted.append(f"error: {error}"))
        page.on("dialog", lambda dialog: unwanted.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.partition("#")[0] == file.as_uri()
                else unwanted.append(f"request: {request.url}")
            ),
        )
        page.goto(file.as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert unwanted == []


@pytest.fixture(scope="session")
def latest(two_nights: Path) -> Path:
    return two_nights / "reports" / "latest.html"
