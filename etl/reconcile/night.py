"""The night's reconciliation: which figure is wrong, what remains possible, what is best.

Only what `reach` finds near a failure, or near a cell that nobody states, is reasoned about; the
solver is not even imported on a night that has neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from etl import audit
from etl.reconcile.reach import reach

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Plan
    from etl.settings import Settings

# Beyond these an alternative is too improbable to be named, and listing them costs the most.
_ALTERNATIVES, _GAP = 8, 3.0


@dataclass(frozen=True)
class Summary:
    """How much was reasoned about.

    Attributes:
        explained: things found wrong that were looked into.
        unexplained: those of them for which no suspects were found.
        bounded: cells that no figure states, for which bounds were sought.
    """

    explained: int = 0
    unexplained: int = 0
    bounded: int = 0

    def __str__(self) -> str:
        said = [f"{self.explained - self.unexplained:,} of {self.explained:,} explained"]
        if self.bounded:
            said.append(f"bounds for {self.bounded:,} cells")
        return ", ".join(said)


def reconcile(connection: duckdb.DuckDBPyConnection, plan: Plan, settings: Settings) -> Summary:
    """Fills the tables of reconciliation.

    Args:
        connection: the night's warehouse, its statements judged, these tables there and empty.
        plan: its tables.
        settings: how much work one block may cost.
    """
    reached = reach(connection)
    if reached is None:
        return Summary()
    from etl.reconcile.answers import answers
    from etl.reconcile.diagnose import LIMITS
    from etl.reconcile.evidence import blocks

    limits = replace(
        LIMITS,
        alternatives=_ALTERNATIVES,
        gap=_GAP,
        statements=settings.component_statements,
        seconds=float(settings.component_seconds),
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for stem, row in answers(blocks(reached), limits):
        found.setdefault(stem, []).append(row)
    for stem, rows in found.items():
        audit.fill(connection, plan.table(stem), rows)
    explained = found.get("int_explained", [])
    return Summary(
        len(explained),
        sum(row["status"] != "localized" for row in explained),
        sum(not row["is_stated"] for row in found.get("int_cells_reasoned", [])),
    )
