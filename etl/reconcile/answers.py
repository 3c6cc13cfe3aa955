"""What reasoning about blocks finds, as rows of the tables that it fills."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Any

from etl.reconcile.diagnose import PROBABLE_OF_OTHER_KINDS, band, diagnose
from etl.reconcile.own import own_conflict
from etl.reconcile.remaining import Remaining, remaining
from etl.reconcile.solver import Solver

if TYPE_CHECKING:
    from etl.reconcile.block import Block, Line
    from etl.reconcile.diagnose import Explanation, Suspect
    from etl.reconcile.limits import Limits
    from etl.reconcile.model import Number

Told = tuple[str, dict[str, Any]]
_KEY = ("measure", "geography", "period_start", "period_end", "dimension", "category")
_SINGLE = ("figure", "sameness")
_MOST_BINDING = 5
_DIGITS = 6  # probabilities that differ by less are a tie


def answers(blocks: Iterable[Block], limits: Limits) -> Iterator[Told]:
    """Each row with the table that it goes to, the same in the same order every night."""
    solver = Solver()
    for block in blocks:
        for stem, row in _answers(block, limits, solver):
            yield stem, row | {"block_fingerprint": block.fingerprint}


def _answers(block: Block, limits: Limits, solver: Solver) -> Iterator[Told]:
    explanations = diagnose(block.problem, block.contexts, limits, solver)
    explaining = _explaining(block, explanations)
    for subject in sorted(explaining):
        yield from _explained(block, subject, explaining[subject])
    for cell, left in remaining(block, explanations, solver).items():
        yield "int_cells_reasoned", _cell(block, cell, left)


def _explaining(block: Block, explanations: Sequence[Explanation]) -> dict[str, Explanation]:
    """By thing found wrong the conflict that explains it.

    That is one of whose lines it is; else one whose likeliest suspect it is about: what needs no
    conflict of its own, since the mend of another mends it. A conflict that explains nothing found
    wrong is a thing found wrong itself.
    """
    explaining: dict[str, Explanation] = {}
    for of_lines in (True, False):
        for one in explanations:
            for subject in _subjects(block, one, of_lines=of_lines):
                explaining.setdefault(subject, one)
    told = {id(one) for one in explaining.values()}
    for one in explanations:
        if id(one) not in told and one.proofs:
            lines = "\0".join(one.proofs[0].statements)
            explaining["conflict:" + hashlib.sha256(lines.encode()).hexdigest()[:12]] = one
    return explaining


def _subjects(block: Block, explanation: Explanation, *, of_lines: bool) -> set[str]:
    if not explanation.proofs:
        return {*block.failed}
    if of_lines:
        lines = {name for proof in explanation.proofs for name in proof.statements}
        return {one for name in lines for one in block.lines[name].subjects} & block.failed.keys()
    first = explanation.alternatives[0].suspects if explanation.alternatives else ()
    cells = {cell for suspect in first for cell in block.about(suspect.statement)}
    return {subject for subject, about in block.failed.items() if about & cells}


def _explained(block: Block, subject: str, explanation: Explanation) -> Iterator[Told]:
    yield (
        "int_explained",
        {
            "subject": subject,
            "status": explanation.status,
            "reason": explanation.reason or None,
            "is_complete": explanation.ties_complete,
        },
    )
    proof = _proof(block, subject, explanation)
    for number, name in enumerate(proof, 1):
        line = {"subject": subject, "line_number": number, "statement": name}
        yield "int_proof_lines", line | _place(block.lines[name])
    for row in _suspects(block, explanation, _near(block, subject, proof)):
        yield "int_suspects", {"subject": subject, **row}


def _proof(block: Block, subject: str, explanation: Explanation) -> tuple[str, ...]:
    """Its conflict with the figures on its own cells, else the smallest that it is a line of."""
    proofs = [proof.statements for proof in explanation.proofs]
    own = [one for one in proofs if any(subject in block.lines[name].subjects for name in one)]
    return own_conflict(block, subject) or next(iter(own or proofs), ())


def _suspects(block: Block, explanation: Explanation, near: Set[str]) -> Iterator[dict[str, Any]]:
    """Those that take part in a thing found wrong, each with all alternatives that blame it."""
    share: dict[str, float] = defaultdict(float)
    read: dict[str, Suspect] = {}
    for alternative in explanation.alternatives:
        named = {_name(block, one.statement): one for one in alternative.suspects}
        for name, suspect in named.items():
            if name in near:
                share[name] += alternative.probability
                read.setdefault(name, suspect)
    ranked = sorted(share, key=lambda name: (-round(share[name], _DIGITS), name))
    told = [round(share[name], _DIGITS) for name in ranked]
    is_clear = _is_clear([(_is_number(block, read[name]), share[name]) for name in ranked])
    for name, probability in zip(ranked, told, strict=True):
        yield {
            "blame_rank": told.index(probability) + 1,
            "probability": min(probability, 1.0),
            "blame_band": band(probability) if is_clear else "open",
            **_suspect(block, read[name]),
        }


def _is_clear(ranked: Sequence[tuple[bool, float]]) -> bool:
    """Whether the likeliest suspect stands out from the others, not only comes first.

    Among numbers its band says so. Between a number and an assumption more is needed until what is
    said is right as often.

    Args:
        ranked: by suspect whether it is a number, and its probability; likeliest first.
    """
    is_alike = len({is_number for is_number, _ in ranked}) <= 1
    return is_alike or ranked[0][1] >= PROBABLE_OF_OTHER_KINDS


def _is_number(block: Block, suspect: Suspect) -> bool:
    return block.lines[suspect.statement].kind in _SINGLE


def _name(block: Block, statement: str) -> str:
    """Both ends of a claim are one suspect, and so are a number and that it counts the same."""
    line = block.lines[statement]
    if line.kind in _SINGLE:
        return line.figure_ids[0]
    return line.subjects[0] if line.kind == "claim" else statement


def _near(block: Block, subject: str, proof: Sequence[str]) -> set[str]:
    """Names of statements that take part: lines of its proof; of a cell also all about it."""
    near = {_name(block, one) for one in proof}
    is_own = any(subject in block.lines[one].subjects for one in proof)
    if is_own and not subject.startswith("cell:"):
        return near
    cells = block.failed.get(subject, set())
    about = (name for name, line in block.lines.items() if line.kind in _SINGLE)
    return near | {_name(block, name) for name in about if block.about(name) <= cells}


def _place(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "words": line.words,
        "figure_id": line.figure_ids[0] if line.figure_ids else None,
        "source_id": line.source_id,
        "file": line.file,
        "row_number": line.row_number,
    }


def _suspect(block: Block, suspect: Suspect) -> dict[str, Any]:
    line = block.lines[suspect.statement]
    is_figure = line.kind == "figure"
    mended = _whole(suspect.value) if is_figure else None
    return {
        "statement": suspect.statement,
        **_place(line),
        "words": line.short,
        "low_value": _whole(suspect.low) if is_figure else None,
        "high_value": _whole(suspect.high) if is_figure else None,
        "mended_value": mended,
        "slip": suspect.slip,
        "confirmed_by": _confirmed_by(block, line, mended),
    }


def _confirmed_by(block: Block, line: Line, value: int | None) -> str | None:
    """Pages that print the mended value of the figure's cell."""
    if value is None or line.cell is None:
        return None
    pages = {
        figure["source_id"]
        for figure in block.figures[line.cell]
        if figure["low"] == figure["high"] == value
    }
    return ", ".join(sorted(pages)) or None


def _cell(block: Block, cell: int, left: Remaining) -> dict[str, Any]:
    row = block.cells[cell]
    return {
        **{column: row[column] for column in _KEY},
        "is_stated": bool(block.figures[cell]),
        "is_in_conflict": left.is_in_conflict,
        "best_value": left.best,
        "standard_deviation": left.deviation,
        "low_value": left.low,
        "high_value": left.high,
        "low_bound_by": _binding(block, left.low_by),
        "high_bound_by": _binding(block, left.high_by),
    }


def _binding(block: Block, names: tuple[str, ...]) -> str | None:
    told = list(dict.fromkeys(block.lines[name].words for name in names))
    more = len(told) - _MOST_BINDING
    shown = told[:_MOST_BINDING] + ([f"{more} more"] if more > 0 else [])
    return "; ".join(shown) or None


def _whole(value: Number | None) -> int | None:
    """A whole number; None for a fraction, which no count can be."""
    return int(value) if value is not None and value == int(value) else None
