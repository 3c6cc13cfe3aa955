"""Pages of sources by the names that people know, where a message has their ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from etl.report.text import day, plain

if TYPE_CHECKING:
    from datetime import date

    import duckdb

_TOKEN = re.compile(r"\w+(?:[-.]\w+)*")
_LONGEST = 60


class Names:
    """What the pages are called, as far as they were asked for (`learn`).

    An id that might as well be a word or a number ("2019", "cambodia") is left alone: it cannot be
    told from the text around it. So is one that stands in brackets behind its own publisher.

    Args:
        connection: the night's warehouse, if it built one.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection | None) -> None:
        self._connection = connection
        self._pages: dict[str, tuple[str, date | None] | None] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Asks the warehouse for the pages that texts name; ids of others stay as they are."""
        codes = {code for text in texts for code in _TOKEN.findall(text) if _is_code(code)}
        asked = list(codes - self._pages.keys())
        if asked and self._connection:
            sql = (
                "select source_id, publisher, published_date from dim_source"
                " where source_id in (select unnest(?::varchar[]))"
            )
            known = self._connection.execute(sql, [asked]).fetchall()
            self._pages |= dict.fromkeys(asked) | {row[0]: row[1:] for row in known}

    def plainly(self, text: str) -> str:
        """A text with names for ids."""
        return "".join(before + (name or identifier) for before, identifier, name in self._of(text))

    def marked(self, text: str) -> Markup:
        """The same for a page, where each name tells its id to whoever rests on it."""
        told = (
            f"{escape(plain(before))}{_page(identifier, name) if name else escape(identifier)}"
            for before, identifier, name in self._of(plain(text))
        )
        return Markup("".join(told))  # noqa: S704 - every part of it is escaped

    def _of(self, text: str) -> Iterator[tuple[str, str, str]]:
        """What stands before an id, the id, and its name, empty where it stays."""
        end = 0
        for found in _TOKEN.finditer(text):
            page = self._pages.get(found[0])
            if page is None:
                continue
            publisher, published = page
            before, end = text[end : found.start()], found.end()
            named = plain(publisher, _LONGEST) + (f" of {day(published)}" if published else "")
            yield before, found[0], "" if before.endswith(f"{publisher} (") else named
        yield text[end:], "", ""


def _page(identifier: str, name: str) -> str:
    return f'<bdi title="{escape(identifier)}">{escape(name)}</bdi>'


def _is_code(identifier: str) -> bool:
    """Whether it has a letter, and what no word has."""
    return any(map(str.isalpha, identifier)) and not identifier.isalpha()
