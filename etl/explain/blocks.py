"""The blocks that pages are made of: paragraphs, headings, lines with a name or a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LABELS = 16
VERDICTS = 12


@dataclass(frozen=True)
class Block:
    """A paragraph, with a label in front of it or none.

    Attributes:
        label: stands in a column of its own, `column` wide; the text wraps beside it.
        is_whole: never wrapped, since it is there to be copied.
    """

    text: str
    label: str = ""
    indent: int = 0
    column: int = 0
    style: str = ""
    is_whole: bool = False


def each(
    title: str, things: Sequence[Any], tell: Callable[[Any], Iterable[Block]]
) -> Iterator[Block]:
    """A section, unless there is nothing in it."""
    yield from section(title, things)
    for thing in things:
        yield from tell(thing)


def section(title: str, things: Sequence[object]) -> Iterator[Block]:
    """The heading of a section, unless there is nothing in it."""
    if things:
        yield Block(title, style="section")


def counted(title: str, shown: Sequence[object], count: int) -> str:
    """The title, with how many are shown of how many where that is not all."""
    return title if len(shown) == count else f"{title} ({len(shown):,} of {count:,})"


def field(label: str, text: str) -> Block:
    """A line with its name in front."""
    return Block(text, label, indent=2, column=LABELS)


def judged(verdict: str, text: str) -> Block:
    """A line with its verdict in front."""
    return Block(text, verdict, indent=2, column=VERDICTS, style=verdict)


def noun(count: int, one: str) -> str:
    """`part` or `parts`."""
    return one if count == 1 else f"{one}s"
