"""The night's reconciliation: which figure is wrong, what remains possible, what is best.

Only what `reach` finds near a failure, or near a cell that nobody states, is reasoned about, and
of that what is not as it was yesterday; on a night that has neither, no solver is even imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from etl import audit
from etl.reconcile import kept
from etl.reconcile.limits import Limits
from etl.reconcile.reach import reach

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Plan, Table
    from etl.reconcile.evidence import Component
    from etl.reconcile.reach import Reached
    from etl.settings import Settings

# Beyond these an alternative is too improbable to be named, and listing them costs the most.
_ALTERNATIVES, _GAP = 8, 3.0
_AT_ONCE = 10_000  # answers kept until they are written down


@dataclass(frozen=True)
class Summary:
    """How much was reasoned about.

    Attributes:
        explained: things found wrong that were looked into.
        unexplained: those of them for which no suspects were found.
        bounded: cells that no figure states, for which bounds were sought.
        kept: blocks that are as they were yesterday, and so are the answers.
    """

    explained: int = 0
    unexplained: int = 0
    bounded: int = 0
    kept: int = 0

    def __str__(self) -> str:
        said = [f"{self.explained - self.unexplained:,} of {self.explained:,} explained"]
        if self.bounded:
            said.append(f"bounds for {self.bounded:,} cells")
        if self.kept:
            said.append(f"blocks as yesterday: {self.kept:,}")
        return ", ".join(said)


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    settings: Settings,
    made_with: str = "",
    *,
    has_yesterday: bool = False,
) -> Summary:
    """Fills the tables of reconciliation.

    Args:
        connection: the night's warehouse, its statements judged, these tables there and empty.
        plan: its tables.
        settings: how much work one block may cost.
        made_with: what the answers follow from beside the rows: a hash of code and settings.
        has_yesterday: whether the attached `yesterday` may be built on.
    """
    reached = reach(connection)
    if reached is None:
        return Summary()
    from etl.reconcile.evidence import components

    rates = made_with, reached.sameness_rate, reached.distances
    by_fingerprint = {kept.fingerprint(one, rates): one for one in components(reached)}
    tables = [table for table in plan.models if table.is_filled]
    known = kept.take(connection, tables, by_fingerprint) if has_yesterday else set()
    new = {key: one for key, one in by_fingerprint.items() if key not in known}
    if new:
        _answer(connection, tables, new, reached, _limits(settings))
    return _summary(connection, len(known))


def _answer(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    components: Mapping[str, Component],
    reached: Reached,
    limits: Limits,
) -> None:
    """Reasons about what hangs together, block by block, and writes down what comes of it."""
    from etl.reconcile.answers import answers
    from etl.reconcile.evidence import block_of

    blocks = (block_of(one, reached, key) for key, one in components.items())
    found = answers(blocks, limits)
    while batch := list(islice(found, _AT_ONCE)):
        for table in tables:
            rows = (row for stem, row in batch if stem == table.stem)
            audit.fill(connection, table, rows)


def _limits(settings: Settings) -> Limits:
    return Limits(
        alternatives=_ALTERNATIVES,
        gap=_GAP,
        statements=settings.component_statements,
        seconds=float(settings.component_seconds),
    )


def _summary(connection: duckdb.DuckDBPyConnection, kept_blocks: int) -> Summary:
    ((explained, unexplained, bounded),) = connection.execute(
        "select (select count(*) from int_explained),"
        " (select count(*) from int_explained where status <> 'localized'),"
        " (select count(*) from int_cells_reasoned where not is_stated)"
    ).fetchall()
    return Summary(explained, unexplained, bounded, kept_blocks)
