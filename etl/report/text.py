"""How values are written for people: numbers, times, addresses; nothing hostile comes through."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from etl.harmless import HIDDEN

LONGEST = 2_000
# Letters that run from right to left: from Hebrew to Arabic, in older scripts, as presented.
_LETTER = (
    "\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff"
)
_WORDS = f"[{_LETTER}](?:[{_LETTER} \u200b-\u200d'-]*[{_LETTER}])?"
_TOLD = re.compile(f"\u2068{_WORDS}\u2069|(?P<words>{_WORDS})|(?P<hidden>{HIDDEN})")


def plain(value: str, longest: int = LONGEST) -> str:
    """A text for a page: nothing in it is hidden, and nothing turns the text around it about.

    Characters that nobody sees are named; words from right to left are set apart by Unicode's
    isolates, which do in titles and attributes what `bdi` does for elements; a very long text is
    cut. A text that has been here before stays as it is.
    """
    cut = value
    if len(value) > longest:
        cut = f"{value[:longest]}… ({len(value):,} characters)"
    if cut.isascii() and cut.isprintable():  # most are, which is seen in a tenth of the time
        return cut
    return _TOLD.sub(_told, cut)


def _told(found: re.Match[str]) -> str:
    if found["hidden"]:
        return "".join(f"[U+{ord(char):04X}]" for char in found["hidden"])
    if found["words"]:
        return f"\N{FIRST STRONG ISOLATE}{found['words']}\N{POP DIRECTIONAL ISOLATE}"
    return found[0]


def plain_all(value: Any, longest: int = LONGEST) -> Any:
    """Dictionaries and lists in which every text is plain."""
    if isinstance(value, str):
        return plain(value, longest)
    if isinstance(value, dict):
        return {key: plain_all(inner, longest) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_all(inner, longest) for inner in value]
    return value


def number(value: int) -> str:
    """A number with separators: 5,852."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    """A share, to the whole percent; never 0 % or 100 % where it is not."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    return "over 99 %" if 99 < share < 100 else f"{share:.0f} %"  # noqa: PLR2004


def day(value: date | None) -> str:
    """A day: 28 March 2025."""
    return "" if value is None else f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """A time in UTC: 28 March 2025, 02:00 UTC."""
    return "" if value is None else f"{day(value)}, {value:%H:%M} UTC"


def duration(seconds: float) -> str:
    """A time span, as exact as somebody cares: 0.12 s, 3 s, 2 min 5 s, 1 h 12 min."""
    if seconds < 10:  # noqa: PLR2004
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def web_address(text: str | None) -> str | None:
    """An address that may be linked to: of the web, and nothing that a browser would run."""
    if not text or unicodedata.category(text[0]).startswith("C"):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None


def file_address(folder: Path, file: str, row_number: int | None = None) -> str:
    """The address of a file on this machine, at a row (RFC 7111, where the header is row 1)."""
    address = (folder / file).absolute().as_uri()
    return address if row_number is None else f"{address}#row={row_number}"
