"""Rows of the warehouse as cells and statements, one block for all that hangs together.

A cell that its figures agree on is one unknown. Where they disagree, each *reading* (what one
origin says) that its page reasons with is an unknown of its own, tied to the cell by a statement
that both count the same thing: so that can be disbelieved too, and a page's own sum is held against
the page's own numbers. A reading that nothing else mentions may be wrong in either way, which comes
to one statement. Copies of one origin are one reading, and what they claim is one claim. An
origin's older number is not tied to the cell: it was revised. A complete breakdown is two
statements: parts do not exceed the whole, and these are all the parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from etl.reconcile.block import COMPLETE, Block, Kind, Line, name, weight
from etl.reconcile.model import Cell, Problem, Statement, joined
from etl.reconcile.nearby import contexts
from etl.reconcile.words import Speaker

if TYPE_CHECKING:
    from etl.reconcile.reach import Reached, Row


@dataclass(frozen=True, slots=True)
class Component:
    """Rows that hang together. Cells are numbered within it, so that nothing else counts.

    Attributes:
        cells: its cells.
        figures: the figures of its cells.
        relations: its statements, each with its terms, by id.
    """

    cells: list[Row]
    figures: list[Row]
    relations: dict[str, tuple[Row, list[Row]]]


def components(reached: Reached) -> list[Component]:
    """What was reached, split into the parts that hang together.

    The rows are taken over, not copied, for there may be a million: their `cell` is from then on
    the number within the component.
    """
    about: dict[str, list[int]] = defaultdict(list)
    for term in reached.terms:
        about[term["statement_id"]].append(term["cell"])
    roots = joined(len(reached.cells), about.values())
    numbers: list[int] = []
    found: dict[int, Component] = defaultdict(lambda: Component([], [], {}))
    for row in reached.cells:
        home = found[roots[row["cell"]]]
        numbers.append(len(home.cells))
        row["cell"] = numbers[-1]
        home.cells.append(row)
    for row in reached.figures:
        found[roots[row["cell"]]].figures.append(row)
        row["cell"] = numbers[row["cell"]]
    for row in reached.statements:
        id_ = row["statement_id"]
        found[roots[about[id_][0]]].relations[id_] = row, []
    for row in reached.terms:
        home = found[roots[row["cell"]]]
        home.relations[row["statement_id"]][1].append(row)
        row["cell"] = numbers[row["cell"]]
    return list(found.values())


def block_of(component: Component, reached: Reached, fingerprint: str = "") -> Block:
    """A component as a problem, and what its statements mean.

    Args:
        component: what hangs together.
        reached: all that was reached, with the rates that hold of every block.
        fingerprint: what its answers are kept under.
    """
    figures: dict[int, list[Row]] = defaultdict(list)
    for row in component.figures:
        figures[row["cell"]].append(row)
    block = Block(
        {row["cell"]: row for row in component.cells},
        {row["cell"]: figures[row["cell"]] for row in component.cells},
        fingerprint=fingerprint,
    )
    _Writer(block, reached).write(list(component.relations.values()))
    return block


class _Writer:
    """Writes one block's problem."""

    def __init__(self, block: Block, reached: Reached) -> None:
        self._block, self._speaker = block, Speaker(block.cells)
        self._sameness, self._distances = reached.sameness_rate, reached.distances
        self._names = [name(cell) for cell in block.cells]
        self._unknown: dict[str, str] = {}  # by figure: the unknown that it gives a number for
        self._said_by: dict[str, str] = {}  # by figure: its statement
        self._elsewise: dict[str, float] = {}  # by statement the share of errors of another count
        self._told: dict[tuple[Any, ...], str] = {}  # who said what: the statement that says it
        self._reasoned_with: set[str] = set()  # figures that their own page makes sums of

    def write(self, statements: Sequence[tuple[Row, Sequence[Row]]]) -> None:
        """Everything that is known of the block's cells."""
        self._reasoned_with = {
            term["figure_id"] for row, terms in statements if row["source_id"] for term in terms
        }
        for cell, figures in self._block.figures.items():
            self._write_figures(cell, figures)
        for row, terms in statements:
            self._write_relation(row, terms)
        self._block.contexts = contexts(
            self._block, statements, self._said_by, self._elsewise, self._distances
        )
        cells = tuple(Cell(one) for one in self._names)
        self._block.problem = Problem(cells, tuple(self._block.statements.values()))

    def _add(self, statement: Statement, line: Line) -> None:
        self._block.statements[statement.id] = statement
        self._block.lines[statement.id] = line

    def _write_figures(self, cell: int, figures: Sequence[Row]) -> None:
        readings: dict[tuple[Any, ...], list[Row]] = {}
        for row in figures:
            readings.setdefault((row["origin"], row["low"], row["high"]), []).append(row)
        is_disputed = _is_empty([row for row in figures if not row["is_superseded"]])
        is_split = _is_empty(figures)
        subjects = (f"cell:{self._speaker.key(cell)}",) if is_disputed else ()
        self._block.failed |= {subject: {cell} for subject in subjects}
        for place, rows in enumerate(readings.values()):
            if not is_split:
                self._write_figure(cell, name(cell), rows, subjects)
            elif self._reasoned_with & {row["figure_id"] for row in rows}:
                self._write_reading(cell, f"{name(cell)}@{place}", rows, subjects)
            elif not all(row["is_superseded"] for row in rows):
                self._write_figure(cell, name(cell), rows, subjects, self._sameness)

    def _write_reading(
        self, cell: int, unknown: str, rows: Sequence[Row], subjects: tuple[str, ...]
    ) -> None:
        """A number that may be right and yet count something else than the cell."""
        best = self._write_figure(cell, unknown, rows, subjects)
        self._names.append(unknown)
        if all(row["is_superseded"] for row in rows):
            return
        same = f"same:{best['figure_id']}"
        self._add(
            Statement(same, ((unknown, 1), (name(cell), -1)), 0, 0, weight(self._sameness)),
            Line(
                "sameness",
                self._speaker.sameness(best),
                self._speaker.sameness(best),
                (best["figure_id"],),
                None,
                cell,
                subjects,
                best["source_id"],
                best["file"],
                best["row_number"],
            ),
        )

    def _write_figure(
        self,
        cell: int,
        unknown: str,
        rows: Sequence[Row],
        subjects: tuple[str, ...],
        beside: float = 0.0,
    ) -> Row:
        """What one origin says, as said where it errs least; `beside` adds to its error rate."""
        best = min(rows, key=itemgetter("error_rate"))
        id_, rate = f"figure:{best['figure_id']}", best["error_rate"]
        self._elsewise[id_] = beside / (rate + beside)
        self._unknown |= {row["figure_id"]: unknown for row in rows}
        self._said_by |= {row["figure_id"]: id_ for row in rows}
        self._add(
            Statement(id_, ((unknown, 1),), best["low"], best["high"], weight(rate + beside)),
            Line(
                "figure",
                self._speaker.figure(best),
                self._speaker.short(best),
                tuple(row["figure_id"] for row in (best, *(r for r in rows if r is not best))),
                best["reported_value"],
                cell,
                subjects,
                best["source_id"],
                best["file"],
                best["row_number"],
            ),
        )
        return best

    def _write_relation(self, row: Row, terms: Sequence[Row]) -> None:
        sides, low, high = self._sum(row, terms)
        if row["is_failed"]:
            about = self._block.failed.setdefault(_subject(row), set())
            about |= {term["cell"] for term in terms}
        kind: Kind = "claim" if row["claim_id"] else "structure"
        if row["completeness_rate"] is not None and low == high:
            said = self._line("completeness", row, self._speaker.completeness(row, terms))
            complete = Statement(
                row["statement_id"] + COMPLETE, sides, None, high, weight(row["completeness_rate"])
            )
            self._add_relation(complete, said, row["origin"])
            high, kind = None, "structure"
        said = self._line(kind, row, self._speaker.relation(row, terms))
        cost = weight(row["error_rate"])
        self._add_relation(
            Statement(row["statement_id"], sides, low, high, cost), said, row["origin"]
        )

    def _sum(
        self, row: Row, terms: Sequence[Row]
    ) -> tuple[tuple[tuple[str, int], ...], int | None, int | None]:
        """What a statement adds up, and both ends of what that may be."""
        shift = 0
        factors: dict[str, int] = defaultdict(int)
        for term in terms:
            own = self._unknown.get(term["figure_id"] or "") if row["source_id"] else None
            factors[own or name(term["cell"])] += term["coefficient"]
            shift += term["coefficient"] * (term["offset_value"] or 0)
        low = None if row["low"] is None else row["low"] - shift
        high = None if row["high"] is None else row["high"] - shift
        total = self._unknown.get(row["sum_figure_id"] or "")
        if total is not None:  # "5,011 in all" repeats the page's own figure: it falls with it
            scale = row["sum_scale"]
            factors = defaultdict(int, {one: -factor // scale for one, factor in factors.items()})
            factors[total] += 1
            low, high = 0, 0
        return tuple((unknown, factor) for unknown, factor in factors.items() if factor), low, high

    def _add_relation(self, statement: Statement, line: Line, origin: str | None) -> None:
        """Adds it, unless the same origin has said so already: a copy confirms nothing."""
        key = (origin, *_canonical(statement))
        known = self._told.setdefault(key, statement.id) if origin else statement.id
        if known == statement.id:
            self._add(statement, line)
        else:
            old = self._block.lines[known]
            self._block.lines[known] = replace(old, subjects=(*old.subjects, *line.subjects))

    def _line(self, kind: Kind, row: Row, words: tuple[str, str]) -> Line:
        return Line(
            kind,
            *words,
            subjects=(_subject(row),),
            source_id=row["source_id"],
            file=row["file"],
            row_number=row["row_number"],
        )


def _subject(row: Row) -> str:
    """What a statement belongs to: the claim, whose two ends are two statements, or itself."""
    return f"claim:{row['claim_id']}" if row["claim_id"] else str(row["statement_id"])


def _canonical(statement: Statement) -> tuple[Any, ...]:
    """The same for statements that say the same, whatever they are multiplied by."""
    terms = sorted(statement.terms)
    divisor = gcd(*(int(factor) for _, factor in terms)) * (
        1 if not terms or terms[0][1] > 0 else -1
    )
    ends = [
        None if end is None else Fraction(end) / (divisor or 1)
        for end in (statement.low, statement.high)
    ]
    scaled = tuple((unknown, factor // (divisor or 1)) for unknown, factor in terms)
    return (scaled, *(ends if divisor >= 0 else reversed(ends)))


def _is_empty(figures: Sequence[Row]) -> bool:
    """Whether no number fits all of them."""
    if not figures[1:]:
        return False
    highs = [row["high"] for row in figures if row["high"] is not None]
    return bool(highs) and max(row["low"] for row in figures) > min(highs)
