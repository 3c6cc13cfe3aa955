"""A block, what hangs together: its cells, its statements, and what each of these means."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from etl.reconcile.likelihood import Context
    from etl.reconcile.model import Problem, Statement
    from etl.reconcile.reach import Row

Kind = Literal["figure", "claim", "completeness", "sameness", "structure"]
COMPLETE = "|complete"  # what marks the statement that a list names all parts
_LEAST_RATE, _MOST_RATE = 1e-4, 0.45


@dataclass(frozen=True)
class Line:
    """What a statement of a block is, for people.

    Attributes:
        kind: what is stated.
        words: what it says.
        short: the same beside others about the same thing.
        figure_ids: the figures that say it, if figures do.
        value: the number in print, of a figure.
        cell: number of the cell that a figure or a sameness is about.
        subjects: what can be found wrong that it is part of: its statement, its claim, or `cell:`
            and the cell.
    """

    kind: Kind
    words: str
    short: str
    figure_ids: tuple[str, ...] = ()
    value: int | None = None
    cell: int | None = None
    subjects: tuple[str, ...] = ()
    source_id: str | None = None
    file: str | None = None
    row_number: int | None = None


@dataclass
class Block:
    """One component: what is known of its cells, and what each statement means.

    Attributes:
        cells: rows of its cells, by number.
        figures: by cell the rows of its figures.
        lines: by statement id.
        failed: subjects found wrong in it, each with the numbers of its cells.
        statements: of the problem, by id.
        fingerprint: what its answers are kept under.
    """

    cells: dict[int, Row]
    figures: dict[int, list[Row]]
    problem: Problem = field(init=False)
    lines: dict[str, Line] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    failed: dict[str, set[int]] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)
    fingerprint: str = ""

    def about(self, statement: str) -> set[int]:
        """Numbers of the cells that a statement is about."""
        return {number(unknown) for unknown, _ in self.statements[statement].terms}


def weight(error_rate: float) -> float:
    """The log-odds that a statement is right: what it costs to disbelieve it."""
    rate = min(max(error_rate, _LEAST_RATE), _MOST_RATE)
    return log((1 - rate) / rate)


def name(cell: int) -> str:
    """A cell's name in its block."""
    return f"c{cell}"


def number(unknown: str) -> int:
    """The number of the cell that an unknown is about: the cell itself, or a reading of it."""
    return int(unknown[1:].partition("@")[0])
