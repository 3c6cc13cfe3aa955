"""Values as text that no reader takes for markup, a command or a line of its own."""

from __future__ import annotations

import re

LONGEST = 500
# What a spreadsheet runs as a formula where a cell begins so: also the wide forms that Asian ones
# take, and white space that some drop (OWASP).
FORMULA = "^[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]"

# What a terminal obeys, what turns the text around it about, what nobody sees: controls but tab and
# line feed, separators of lines, Unicode's Default_Ignorable_Code_Point and what XML cannot hold.
_UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-"
    "\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff"
)
# These belong into words of scripts from Hebrew to Khmer, and nowhere else.
_JOINERS, _JOINED = "\u200b-\u200d", "\u0590-\u1fff"
_STRAY = (f"(^|[^{_JOINED}{_JOINERS}])[{_JOINERS}]+", f"[{_JOINERS}]+($|[^{_JOINED}{_JOINERS}])")
HIDDEN = (
    rf"[{_UNSEEN}\ud800-\udfff]|(?<![{_JOINED}{_JOINERS}])[{_JOINERS}]+"
    rf"|[{_JOINERS}]+(?![{_JOINED}{_JOINERS}])"
)
_HIDDEN = re.compile(HIDDEN)
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Text without a character that a terminal would obey, or that nobody would see."""
    return _HIDDEN.sub(_INSTEAD, text)


def printable_sql(text: str) -> str:
    """The same of an SQL expression; DuckDB's patterns cannot look around themselves."""
    before, after = _STRAY
    shown = f"regexp_replace({text}, '[{_UNSEEN}]', '{_INSTEAD}', 'g')"
    shown = rf"regexp_replace({shown}, '{before}', '\1{_INSTEAD}', 'g')"
    shown = rf"regexp_replace({shown}, '{after}', '{_INSTEAD}\1', 'g')"
    # most texts have nothing to replace, and looking once takes a third of the time
    return f"if(regexp_matches({text}, '[{_UNSEEN}{_JOINERS}]'), {shown}, {text})"


def one_line(text: str) -> str:
    """Printable text on one line: a value with line breaks in it cannot pass for a line of ours."""
    return printable(text.replace("\r\n", "\n").replace("\n", " ⏎ "))


def brief(value: object, longest: int = LONGEST) -> str:
    """A value on one line, cut where it is very long."""
    text = one_line(str(value).strip())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
