"""Blocks of words put on a page of so many columns, with nothing that a terminal would obey."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from etl.harmless import one_line

if TYPE_CHECKING:
    from etl.explain.blocks import Block

WIDTH = 100
_NARROWEST = 40
# A page is for reading; `--json` has a longer text whole.
_LONGEST = 2_000
_PARTED = ("section", "foot")
_STYLES = {
    "title": "bold",
    "section": "bold cyan",
    "fail": "red",
    "error": "red",
    "conflict": "red",
    "warn": "yellow",
    "pass": "green",
    "quiet": "dim",
    "foot": "dim",
}


@dataclass(frozen=True)
class Line:
    """One line, no wider than the page."""

    text: str
    style: str = ""


def lay_out(blocks: Iterable[Block], width: int = WIDTH) -> Iterator[Line]:
    """The lines of a page; a section has an empty line before it, as has the foot."""
    for block in blocks:
        if block.style in _PARTED:
            yield Line("")
        first = " " * block.indent + _padded(one_line(block.label), block.column)
        rest = " " * (block.indent + block.column)
        room = max(width - max(_cells(first), len(rest)), 1)
        text = one_line(block.text)
        wrapped = [text] if block.is_whole else _wrapped(_shortened(text), room)
        for number, line in enumerate(wrapped):
            yield Line(((rest if number else first) + line).rstrip(), block.style)


def write(blocks: Iterable[Block], stream: TextIO | None = None) -> None:
    """Writes a page: in colour and no wider than it on a terminal, else plain, 100 columns wide."""
    stream = stream or sys.stdout
    if not stream.isatty():
        stream.writelines(f"{line.text}\n" for line in lay_out(blocks))
        return
    from rich.console import Console
    from rich.text import Text

    terminal = Console(file=stream)
    for line in lay_out(blocks, min(WIDTH, max(_NARROWEST, terminal.width))):
        terminal.print(Text(line.text, _STYLES.get(line.style, "")), soft_wrap=True)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text):,} characters in all)"


def _padded(text: str, column: int) -> str:
    """The label with what is missing to its column, and a blank at the least."""
    return text + " " * max(column - _cells(text), 1 if text else 0) if column else text


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        for piece in _pieces(word, room):
            joined = f"{lines[-1]} {piece}" if lines[-1] else piece
            if _cells(joined) <= room:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, room: int) -> Iterator[str]:
    """The word, in pieces where it is wider than the room; broken after `.`, `/` or `-` at best."""
    while _cells(word) > room:
        most = min(room, len(word))
        end = next((n for n in range(most, 1, -1) if _cells(word[:n]) <= room), 1)
        seam = max(word.rfind(mark, 0, end) for mark in "./-_") + 1
        end = seam if seam > end // 2 else end
        yield word[:end]
        word = word[end:]
    yield word


def _cells(text: str) -> int:
    """Columns of a terminal that the text takes; letters of East Asia take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
