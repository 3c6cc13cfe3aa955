r"""Python's regular expressions, in the words of the engine's (RE2).

The two read one pattern differently: `\d`, `\w`, `\s` and `\b` mean ASCII in RE2 and Unicode in
Python, `$` allows one last line break in Python only, `(?i)` folds other letters, and RE2 has
neither lookaround nor backreferences. So a pattern is parsed as Python parses it and written anew
from constructs that mean the same in both; where there is none, it is refused.
"""

from __future__ import annotations

import re
from re import _constants as parts  # type: ignore[attr-defined]  # what `re` itself parses with
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from etl.validate.refuse import UncompilableError

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNLIKE = re.IGNORECASE | re.MULTILINE | re.LOCALE
_SURROGATES = range(0xD800, 0xE000)
_ASCII_CLASSES = {
    parts.CATEGORY_DIGIT: r"\d",
    parts.CATEGORY_NOT_DIGIT: r"\D",
    parts.CATEGORY_WORD: r"\w",
    parts.CATEGORY_NOT_WORD: r"\W",
    # RE2's \s leaves out the vertical tab.
    parts.CATEGORY_SPACE: r"\t-\r ",
    parts.CATEGORY_NOT_SPACE: r"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{10ffff}",
}
_INSTEAD = {"\\d": "[0-9]", "\\w": "[0-9A-Za-z_]", "\\s": "the spaces that are meant"}


def match_from_start(pattern: str | re.Pattern[str]) -> str:
    """The RE2 pattern found in exactly the texts in which `re.match` finds `pattern`."""
    return rf"\A(?:{found_anywhere(pattern)})"


def found_anywhere(pattern: str | re.Pattern[str]) -> str:
    """The RE2 pattern found in exactly the texts in which `re.search` finds `pattern`.

    Raises:
        UncompilableError: the pattern needs something that RE2 lacks or reads differently.
    """
    try:
        return _Translation(re.compile(pattern)).text
    except UncompilableError as error:
        raise UncompilableError(f"pattern {_source(pattern)!r}: {error}") from None


def is_anchored_at_end(pattern: str | re.Pattern[str]) -> bool:
    r"""Whether the pattern says how the text ends, by a last `$` or `\Z`."""
    items = list(parser.parse(_source(pattern)))
    ends = (parts.AT_END, parts.AT_END_STRING)
    return bool(items) and items[-1][0] is parts.AT and items[-1][1] in ends


def _source(pattern: str | re.Pattern[str]) -> str:
    return pattern.pattern if isinstance(pattern, re.Pattern) else pattern


class _Translation:
    """One pattern on its way; `text` is the result."""

    def __init__(self, compiled: re.Pattern[str]) -> None:
        if not isinstance(compiled.pattern, str):
            raise UncompilableError("it is bytes, not text")
        if compiled.flags & _UNLIKE:
            raise UncompilableError("ignoring case, or lines, means other things to the engine")
        self._flags = compiled.flags
        self.text = self._sequence(parser.parse(compiled.pattern, compiled.flags), is_last=True)

    def _sequence(self, items: Iterable[tuple[Any, Any]], *, is_last: bool) -> str:
        listed = list(items)
        if not listed:
            return ".{0}"  # DuckDB 2.0 takes `\A(?:)` and `(?:)\z` for the empty text alone
        return "".join(
            self._item(kind, value, is_last=is_last and place == len(listed))
            for place, (kind, value) in enumerate(listed, start=1)
        )

    def _item(self, kind: Any, value: Any, *, is_last: bool) -> str:
        if kind in (parts.LITERAL, parts.NOT_LITERAL):
            return f"[{'^' if kind is parts.NOT_LITERAL else ''}{_character(value)}]"
        if kind is parts.ANY:
            return "(?s:.)" if self._flags & re.DOTALL else r"[^\n]"
        if kind is parts.IN:
            return f"[{''.join(self._member(*member) for member in value)}]"
        if kind is parts.AT:
            return _position(value, is_last=is_last)
        return self._nested(kind, value, is_last=is_last)

    def _nested(self, kind: Any, value: Any, *, is_last: bool) -> str:
        if kind is parts.BRANCH:
            branches = (self._sequence(branch, is_last=is_last) for branch in value[1])
            return f"(?:{'|'.join(branches)})"
        if kind is parts.SUBPATTERN and not value[1] and not value[2]:
            return f"(?:{self._sequence(value[3], is_last=is_last)})"
        if kind in (parts.MAX_REPEAT, parts.MIN_REPEAT):
            least, most, repeated = value
            upper = "" if most is parts.MAXREPEAT else most
            return f"(?:{self._sequence(repeated, is_last=False)}){{{least},{upper}}}"
        raise UncompilableError(f"the engine has nothing like {str(kind).lower()}")

    def _member(self, kind: Any, value: Any) -> str:
        if kind is parts.NEGATE:
            return "^"
        if kind is parts.LITERAL:
            return _character(value)
        if kind is parts.RANGE:
            return f"{_character(value[0])}-{_character(value[1])}"
        if not self._flags & re.ASCII:
            advice = "; ".join(f"for {name} write {text}" for name, text in _INSTEAD.items())
            raise UncompilableError(
                f"a class such as \\d is Unicode here, ASCII in the engine: {advice}"
            )
        return _ASCII_CLASSES[value]


def _character(code: int) -> str:
    if code in _SURROGATES:
        raise UncompilableError("half of a surrogate pair is no character")
    return rf"\x{{{code:x}}}"


def _position(where: Any, *, is_last: bool) -> str:
    if where in (parts.AT_BEGINNING, parts.AT_BEGINNING_STRING):
        return r"\A"
    if where is parts.AT_END_STRING:
        return r"\z"
    if where is parts.AT_END and is_last:
        return r"\n?\z"
    raise UncompilableError(
        r"`\b`, `\B`, and a `$` that is not last, mean other things to the engine"
    )
