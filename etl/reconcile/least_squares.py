"""Least squares under equations, in closed form: by how much cells move, and how surely."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from etl.reconcile.model import Point, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from etl.reconcile.estimate import Measured, Values
    from etl.reconcile.program import Floats

_RANK = 1e-9  # what is nothing beside 1: singular values of rows of length 1


def moves(
    cells: Sequence[str], measured: Sequence[Measured], point: Point, start: Values
) -> Iterator[tuple[str, float, float | None]]:
    """How far each cell moves from a point, nearest to the start among equals; its deviation.

    What the equations leave free is split into what is seen, measured, and what is blind, of which
    the deviation is None.
    """
    equations, missing = _rows(cells, [one for one in measured if one.low == one.high], point)
    wide = [one for one in measured if one.low != one.high]
    sums, distances = _rows(cells, wide, point)
    moved = np.linalg.pinv(equations, rcond=_RANK) @ missing
    free = _across(equations)[1]
    spanned, unseen = _across(sums @ free)
    seen, blind = free @ spanned, free @ unseen
    precision = 1 / np.array([one.deviation for one in wide])
    spread = seen @ np.linalg.pinv(sums @ seen * precision[:, None], rcond=0)
    moved += spread @ ((distances - sums @ moved) * precision)
    started = np.array([name in start for name in cells])
    moved -= blind @ (np.linalg.pinv(blind[started], rcond=_RANK) @ moved[started])
    deviations = np.linalg.norm(spread, axis=1)
    is_blind = np.linalg.norm(blind, axis=1) > sqrt(_RANK)
    for n, name in enumerate(cells):
        yield name, float(moved[n]), None if is_blind[n] else float(deviations[n])


def _rows(
    cells: Sequence[str], measured: Sequence[Measured], point: Point
) -> tuple[Floats, Floats]:
    """The sums by cell, and how far what is stated lies from each at the point."""
    index = {name: position for position, name in enumerate(cells)}
    rows = np.zeros((len(measured), len(cells)))
    for row, one in enumerate(measured):
        for name, factor in one.terms:
            rows[row, index[name]] = float(factor)
    return rows, np.array([float(one.stated - total(one.terms, point)) for one in measured])


def _across(rows: Floats) -> tuple[Floats, Floats]:
    """Orthonormal bases of what the rows span, and of what they do not."""
    if not rows.size:
        return np.zeros((rows.shape[1], 0)), np.eye(rows.shape[1])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    _, sizes, bases = np.linalg.svd(rows / np.maximum(lengths, _RANK))
    rank = int((sizes > _RANK).sum())
    return bases[:rank].T, bases[rank:].T
