"""The least change to the figures after which every statement holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import clarabel
import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from etl.reconcile.limits import Unknown
from etl.reconcile.program import Floats, quiet_highs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from etl.reconcile.model import Number, Problem

Norm = Literal[1, 2, "inf"]
_SQUARES = 2
_TOLERANCES = 1e-12, 1e-9, 1e-7  # where an end lies thousands of times farther off than another
_NODES = 1_000  # of the search for whole numbers, which may have no end


def adjust(
    problem: Problem,
    figures: Mapping[str, Number],
    weights: Mapping[str, float],
    norm: Norm = 2,
    *,
    is_whole: bool = False,
) -> dict[str, float]:
    """Move the figures as little as possible into agreement with the problem's statements.

    Minimised is the weighted sum of squared changes (2), of changes (1), or the greatest
    weighted change (inf). The statements and the cells' bounds all hold; a figure that must not
    move is one of the statements. A cell without figure costs nothing to move.

    Args:
        problem: What must hold.
        figures: The values to stay close to, by cell.
        weights: What a change of one costs, by cell; 1 where not named.
        norm: How changes add up.
        is_whole: Whether whole cells must be whole numbers, figures being so; not with squares.

    Raises:
        Unknown: No values obey the statements, or the solver gave none.
    """
    start = np.array([float(figures.get(cell.name, 0)) for cell in problem.cells])
    costs = np.array(
        [weights.get(cell.name, 1.0) if cell.name in figures else 0.0 for cell in problem.cells]
    )
    rows, lower, upper = _rows(problem, start)
    is_integer = np.array([is_whole and cell.whole for cell in problem.cells], bool)
    change = (
        _squares(rows, lower, upper, costs)
        if norm == _SQUARES
        else _linear(rows, (lower, upper), costs, is_integer, has_own_sizes=norm == 1)
    )
    return dict(zip(problem.index, (start + change).tolist(), strict=True))


def _rows(problem: Problem, start: Floats) -> tuple[Any, Floats, Floats]:
    """Statements and cell bounds as rows about the changes."""
    size = len(problem.cells)
    entries = [
        (row, problem.index[name], float(factor))
        for row, one in enumerate(problem.statements)
        for name, factor in one.terms
    ]
    row, column, value = zip(*entries, strict=True) if entries else ((), (), ())
    stated = sparse.csr_array((value, (row, column)), shape=(len(problem.statements), size))
    lows = [-np.inf if one.low is None else float(one.low) for one in problem.statements]
    highs = [np.inf if one.high is None else float(one.high) for one in problem.statements]
    floors = [-np.inf if cell.low is None else float(cell.low) for cell in problem.cells]
    rows = sparse.vstack([stated, sparse.eye_array(size)], format="csr")
    at_start = rows @ start
    lower = np.array(lows + floors) - at_start
    return rows, lower, np.array(highs + [np.inf] * size) - at_start


def _squares(rows: Any, lower: Floats, upper: Floats, costs: Floats) -> Floats:
    size = len(costs)
    scale = max(lower.max(initial=0), -upper.min(initial=0)) or 1.0  # how far the start is off
    lower, upper = lower / scale, upper / scale
    is_equal = lower == upper
    is_capped, is_floored = np.isfinite(upper) & ~is_equal, np.isfinite(lower) & ~is_equal
    matrix = sparse.vstack([rows[is_equal], rows[is_capped], -rows[is_floored]], format="csc")
    right = np.concatenate([lower[is_equal], upper[is_capped], -lower[is_floored]])
    cones = [
        clarabel.ZeroConeT(int(is_equal.sum())),
        clarabel.NonnegativeConeT(int(is_capped.sum() + is_floored.sum())),
    ]
    weights = sparse.csc_matrix(sparse.diags_array(costs / max(costs.max(initial=0), 1e-300)))
    status = ""
    for tolerance in _TOLERANCES:
        found = clarabel.DefaultSolver(
            weights,
            np.zeros(size),
            sparse.csc_matrix(matrix),
            right,
            cones,
            _settings(tolerance),
        ).solve()
        status = str(found.status)
        if status == "Solved":
            return scale * np.array(found.x)
    raise Unknown(f"Clarabel answered {status}")


def _settings(tolerance: float) -> Any:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    return settings


def _linear(
    rows: Any,
    ends: tuple[Floats, Floats],
    costs: Floats,
    is_integer: npt.NDArray[np.bool_],
    *,
    has_own_sizes: bool,
) -> Floats:
    """Each change lies between plus and minus a size of its own (1) or one they share (inf)."""
    size = len(costs)
    sizes = (
        sparse.eye_array(size) if has_own_sizes else sparse.csr_array(1 / np.maximum(costs, 1e-12))
    )
    sizes = sizes if has_own_sizes else sizes.reshape((size, 1))
    width = sizes.shape[1]
    whole = sparse.vstack(
        [
            sparse.hstack([rows, sparse.csr_array((rows.shape[0], width))]),
            sparse.hstack([sparse.eye_array(size), sizes]),
            sparse.hstack([-sparse.eye_array(size), sizes]),
        ],
        format="csr",
    )
    highs = quiet_highs()
    highs.passModel(
        size + width,
        whole.shape[0],
        whole.nnz,
        int(highspy.MatrixFormat.kRowwise),
        1,
        0.0,
        np.concatenate([np.zeros(size), costs if has_own_sizes else np.ones(1)]),
        np.concatenate([np.full(size, -np.inf), np.zeros(width)]),
        np.full(size + width, np.inf),
        np.concatenate([ends[0], np.zeros(2 * size)]),
        np.concatenate([ends[1], np.full(2 * size, np.inf)]),
        whole.indptr.astype(np.int32),
        whole.indices.astype(np.int32),
        whole.data,
        np.concatenate([is_integer, np.zeros(width)]).astype(np.int32),
    )
    highs.setOptionValue("mip_max_nodes", _NODES)
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise Unknown(f"HiGHS answered {highs.modelStatusToString(status)}")
    return np.array(highs.getSolution().col_value)[:size]
