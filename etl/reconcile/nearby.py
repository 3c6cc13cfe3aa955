"""Numbers printed near a statement, which a slip may draw on: siblings, parts, other periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from etl.reconcile.block import COMPLETE
from etl.reconcile.likelihood import Context, Distances

if TYPE_CHECKING:
    from etl.reconcile.block import Block
    from etl.reconcile.reach import Row

Relations = Sequence[tuple["Row", Sequence["Row"]]]


def contexts(
    block: Block,
    relations: Relations,
    said_by: Mapping[str, str],
    elsewise: Mapping[str, float],
    distances: Distances,
) -> dict[str, Context]:
    """What is printed near each statement, by its id.

    Args:
        block: the block, its lines written.
        relations: its statements between cells, each with its terms.
        said_by: by figure the statement that says it.
        elsewise: by statement the share of its errors that are no slips.
        distances: how far off lies what is wrong without a slip.
    """
    context = partial(Context, distances=distances)
    found, previous = {}, _previous(block)
    siblings, parts = _breakdowns(block, relations, said_by)
    for id_, line in block.lines.items():
        if line.kind == "figure":
            found[id_] = context(
                siblings=siblings.get(id_, {}),
                previous=previous.get(line.cell, ()),
                parts=parts.get(id_, {}),
                printed=line.value,
                elsewise=elsewise.get(id_, 0.0),
            )
        elif line.kind == "sameness":
            found[id_] = context(beside=block.lines[said_by[line.figure_ids[0]]].value)
        elif id_ in parts:
            found[id_] = context(parts=parts[id_])
    for row, terms in relations:
        if row["slip"]:
            found[row["statement_id"]] = Context(known_slip=row["slip"])
        elif not row["claim_id"]:
            found.setdefault(row["statement_id"], context(beside=_largest(block, terms)))
    return found


def _largest(block: Block, terms: Sequence[Row]) -> int | None:
    """The largest number printed for a term's cell: two counters differ in proportion to it."""
    figures = (one for term in terms for one in block.figures[term["cell"]])
    return max((one["reported_value"] for one in figures), default=None)


def _breakdowns(
    block: Block, relations: Relations, said_by: Mapping[str, str]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """By part its siblings, and by whole or what is said of a list the parts.

    A sum that repeats the page's own total is a list of it, like a breakdown.
    """
    siblings: dict[str, dict[str, int]] = defaultdict(dict)
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    for row, terms in relations:
        total = said_by.get(row["sum_figure_id"] or "")
        if not row["source_id"] or (row["claim_id"] and total is None):
            continue
        told = [term for term in terms if term["figure_id"] in said_by]
        roles = {said_by[term["figure_id"]]: "part" if total else term["role"] for term in told}
        roles |= {total: "whole"} if total else {}
        values = {id_: block.lines[id_].value or 0 for id_, role in roles.items() if role == "part"}
        for id_, role in roles.items():
            beside = {other: value for other, value in values.items() if other != id_}
            (siblings if role == "part" else parts)[id_] |= beside
        parts[row["statement_id"]] |= values
        parts[row["statement_id"] + COMPLETE] |= values
    return siblings, parts


def _previous(block: Block) -> dict[int | None, tuple[int, ...]]:
    """By cell, what is printed of the same series in other periods."""
    series: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for cell, row in block.cells.items():
        key = tuple(row[part] for part in ("measure", "geography", "dimension", "category"))
        series[key].append(cell)
    found: dict[int | None, tuple[int, ...]] = {}
    for cells in series.values():
        for cell in cells:
            others = (block.figures[other] for other in cells if other != cell)
            values = {figure["reported_value"] for figures in others for figure in figures}
            found[cell] = tuple(sorted(values))
    return found
