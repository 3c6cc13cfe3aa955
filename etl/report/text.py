"""How values are written for people: numbers, times, addresses; nothing hostile comes through."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

LONGEST = 2_000
# Left as they are, an override turns the text around it about, and an escape works on a terminal.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]")


def plain(value: str, longest: int = LONGEST) -> str:
    """A text in which every control character is visible, cut where it is very long."""
    cut = value
    if len(value) > longest:
        cut = f"{value[:longest]}… ({len(value):,} characters)"
    return _INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", cut)


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
