"""Which of its lines is wrong: suspects and proof, attached to the findings that they explain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings import claims, conflicts, subtotals
from etl.findings.record import Figure, Finding, ProofLine
from etl.findings.words import capital, listed

if TYPE_CHECKING:
    import duckdb

    Row = Mapping[str, Any]

CHECK = "figures_can_all_be_true"
_PREFIXES = dict.fromkeys(subtotals.CHECKS, "subtotal:")
_PREFIXES |= {claims.CHECK: "claim:", conflicts.CHECK: "cell:"}
_MOST_NAMED = 4
_WORTH_NAMING = 0.02  # probability below which another suspect is not named
_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five"}
_SLIPS = {
    "digit_replaced": "one digit wrong",
    "digit_dropped": "a digit lost",
    "digit_added": "a digit added",
    "digits_swapped": "two digits swapped",
    "scale": "ten, a hundred or a thousand times too large or small",
    "sign": "the sign turned",
    "cells_swapped": "two numbers in each other's place",
    "previous_period": "the number of another period",
    "running_total": "a running total printed for the period",
    "part_counted_twice": "one part counted twice",
    "part_left_out": "one part left out",
    "change_divided_by_new_value": "the change divided by the new value instead of the old",
    "operands_swapped": "the two numbers swapped",
    "percent_of_for_percent_more": "the new value in percent of the old, not the change",
    "change_itself_printed_as_percent": "the change itself, not in percent",
    "times_more_for_times": "“times more” for “times”",
    "times_for_times_more": "“times” for “times more”",
}


@dataclass
class _Explained:
    status: str
    reason: str | None
    suspects: list[Row] = field(default_factory=list)
    proof: list[Row] = field(default_factory=list)


def attach(
    connection: duckdb.DuckDBPyConnection, told: Iterable[Finding], raw: str
) -> Iterator[Finding]:
    """The findings, those that reconciliation explains with suspects and proof.

    A conflict among lines that each pass by themselves is a finding of its own.
    """
    explained = _explained(connection)
    for finding in told:
        subject = _PREFIXES.get(finding.check_name, "") + finding.subject
        found = explained.get(subject) if finding.is_tested else None
        yield _with_suspects(finding, found) if found else finding
    for subject, found in explained.items():
        if subject.startswith("conflict:"):
            yield _with_suspects(_conflict(subject, found, raw), found)


def _explained(connection: duckdb.DuckDBPyConnection) -> dict[str, _Explained]:
    explained = {
        row["subject"]: _Explained(row["status"], row["reason"])
        for row in rows(connection, "select * from int_explained order by subject")
    }
    in_order = "order by subject, blame_rank, kind, words, statement"
    for row in rows(connection, f"select * from int_suspects {in_order}"):
        explained[row["subject"]].suspects.append(row)
    for row in rows(connection, "select * from int_proof_lines order by subject, line_number"):
        explained[row["subject"]].proof.append(row)
    return explained


def _with_suspects(finding: Finding, found: _Explained) -> Finding:
    said = _sentence(found)
    detail = finding.detail.replace(finding.guess, said) if finding.guess else ""
    return replace(
        finding,
        detail=detail or f"{finding.detail} {said}",
        figures=(*_blamed(finding.figures, found.suspects),),
        proof=tuple(_proof_line(row, found.suspects) for row in found.proof),
    )


def _conflict(subject: str, found: _Explained, raw: str) -> Finding:
    first = found.proof[0]
    placed = [row for row in found.proof if row["file"]]
    places = sorted({f"{raw}/{row['file']}, row {row['row_number']}" for row in placed})
    return Finding(
        check_name=CHECK,
        severity="warning",
        subject=subject,
        headline=f"These {len(found.proof)} lines cannot all be true, although each rule holds by"
        f" itself: {listed([row['words'] for row in found.proof])}.",
        detail=f"{'; '.join(places)}.",
        source_id=first["source_id"],
        file=placed[0]["file"] if placed else None,
        row_number=placed[0]["row_number"] if placed else None,
        evidence=" / ".join(row["words"] for row in found.proof),
    )


def _sentence(found: _Explained) -> str:
    """Who may be wrong, most likely first; an honest tie where nothing tells which."""
    if not found.suspects:
        why = found.reason or "nothing was found"
        return f"Which of these is wrong could not be worked out: {why}."
    top = found.suspects[0]
    named = [row for row in found.suspects if row["probability"] >= _WORTH_NAMING] or [top]
    if _is_tie(named):
        said = _tie(named)
    else:
        others = [_name(row) for row in named[1:_MOST_NAMED]]
        said = f"Most likely wrong: {_name(top)} ({_band(top)}){_mend(top)}."
        said += f" Less likely: {'; '.join(others)}." if others else ""
    if found.status != "localized":
        return f"{said} The search was cut short: {found.reason}."
    return said


def _is_tie(named: Sequence[Row]) -> bool:
    """Whether several are named and the first does not stand out."""
    return len(named) > 1 and named[0]["blame_band"] == "open"


def _name(row: Row) -> str:
    return f"the assumption {row['words']}" if row["words"].startswith("that ") else row["words"]


def _tie(named: Sequence[Row]) -> str:
    several = len(named) > _MOST_NAMED + 1  # to say that one more is left out takes as long
    shown = [f"{_name(row)}{_mend(row)}" for row in named[: _MOST_NAMED if several else None]]
    rest = f"; or one of {len(named) - len(shown)} others" if several else ""
    count = _COUNTS.get(len(named), f"{len(named)}")
    return (
        f"One of these {count} is wrong, and nothing here can tell which:"
        f" {'; or '.join(shown)}{rest}."
    )


def _band(row: Row) -> str:
    if row["blame_band"] == "near-certain":
        return "near-certain"
    return f"{row['blame_band']}, {int(100 * row['probability'])} %"


def _mend(row: Row) -> str:
    """What would mend it, who prints that, and what slip leads from there to what is printed."""
    slip = _SLIPS.get(row["slip"] or "", (row["slip"] or "").replace("_", " "))
    if row["mended_value"] is None:
        return f": {slip}" if slip else ""
    said = f"; {row['mended_value']:,} would mend it"
    if row["confirmed_by"]:
        pages = row["confirmed_by"].split(", ")
        said += f", as {listed(pages)} print{'s' if len(pages) == 1 else ''}"
    return said + (f": {slip}" if slip else ", or it counts something else")


def _blamed(figures: Sequence[Figure], suspects: Sequence[Row]) -> Iterator[Figure]:
    by_figure = {row["figure_id"]: row for row in reversed(suspects) if row["figure_id"]}
    for figure in figures:
        row = by_figure.pop(figure.figure_id, None)
        yield _blame(figure, row) if row else figure
    for row in by_figure.values():
        beside = Figure(row["figure_id"], "suspect", row["file"], row["row_number"])
        yield _blame(beside, row)


def _blame(figure: Figure, row: Row) -> Figure:
    return replace(
        figure,
        blame_rank=row["blame_rank"],
        blame_band=row["blame_band"],
        mended_value=row["mended_value"],
        slip=row["slip"],
    )


def _proof_line(row: Row, suspects: Sequence[Row]) -> ProofLine:
    blame = next((one for one in suspects if one["statement"] == row["statement"]), None)
    return ProofLine(
        line_number=row["line_number"],
        kind=row["kind"],
        words=capital(row["words"]),
        figure_id=row["figure_id"],
        source_id=row["source_id"],
        file=row["file"],
        row_number=row["row_number"],
        blame_rank=blame["blame_rank"] if blame else None,
        blame_band=blame["blame_band"] if blame else None,
    )
