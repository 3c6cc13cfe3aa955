"""Values as text that no reader takes for markup, a command or a line of its own."""

from __future__ import annotations

from etl.console import printable

LONGEST = 500
# What a spreadsheet runs as a formula where a cell begins so: also the wide forms that Asian ones
# take, and white space that some drop (OWASP).
FORMULA = "^[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]"


def one_line(value: object, longest: int = LONGEST) -> str:
    """A value on one line, without control and direction characters, cut where it is very long."""
    text = " ".join(printable(str(value)).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
