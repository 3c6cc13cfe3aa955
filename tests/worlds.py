"""Small worlds of figures and claims, run through every model from `stg_*` on, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow

from etl.settings import ROOT
from etl.transform import HELD_SUFFIX
from tests.conftest import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from etl.plan import Plan

    Row = dict[str, Any]

REFERENCE = ROOT / "data" / "raw" / "reference"
DECLARED = (
    "claim_tolerances",
    "dimensions",
    "measures",
    "nationalities",
    "publishers",
    "qualifiers",
    "weights",
)
PLACE = {
    "source_id": "one",
    "measure": "persons_deported",
    "geography": "KHM",
    "period_start": "2019-01-01",
    "period_end": "2019-12-31",
    "dimension": "total",
    "category": "TOTAL",
    "value_qualifier": "exact",
    "breakdown_complete": "unknown",
    "file": "figures/khm.csv",
}


def figure(figure_id: str, value: int | None, **said: str) -> Row:
    """A row of `stg_figures`: the total of 2019, unless something else is said."""
    return {**PLACE, "figure_id": figure_id, "reported_value": value, **said}


def year(number: int) -> Row:
    """The two ends of a calendar year."""
    return {"period_start": f"{number}-01-01", "period_end": f"{number}-12-31"}


def claim(kind: str, operator: str, number: str, comparators: str = "before") -> Row:
    """A row of `stg_claims` about the figure `now`."""
    return {
        "claim_id": "claim",
        "source_id": "one",
        "kind": kind,
        "operator": operator,
        "subject_figure_id": "now",
        "comparator_figure_ids": comparators,
        "stated_number": float(number) if number else None,
        "stated_number_text": number or None,
    }


class World:
    """An engine with the repository's reference tables, to be filled again and again."""

    def __init__(self, plan: Plan, engine: Engine) -> None:
        self.plan, self.engine = plan, engine

    @classmethod
    def open(cls, plan: Plan, connection: duckdb.DuckDBPyConnection) -> World:
        """A world without figures."""
        engine = Engine(connection)
        for table in plan.raw:
            engine.create(table, table.name)
        for table in plan.models:
            if table.schema == "staging" and table.is_checked:
                engine.create(table, table.stem)
        for stem in ("stg_figures", "stg_memberships"):
            engine.create(plan.table(stem), stem + HELD_SUFFIX)
        world = cls(plan, engine)
        for stem in DECLARED:
            connection.execute(
                f"insert into staging.stg_{stem} by name select * from read_csv(?, header = true)",
                [str(REFERENCE / f"{stem}.csv")],
            )
        world._fill("stg_geographies", [{"geography": "KHM", "label": "Cambodia"}])
        return world

    def build(self, figures: Sequence[Row], claims: Sequence[Row] = (), **others: Any) -> None:
        """Fills the staging tables and builds all models behind them anew."""
        numbered = [{**row, "row_number": place} for place, row in enumerate(figures, 2)]
        pages = sorted({row["source_id"] for row in figures})
        described = {page: {"source_id": page, "publisher": page} for page in pages}
        for page in others.get("sources", ()):
            described[page["source_id"]] |= page
        self._fill("stg_figures", numbered)
        self._fill("stg_claims", claims)
        self._fill("stg_sources", list(described.values()))
        self._fill("stg_corrections", others.get("corrections", ()))
        self._fill("stg_memberships", others.get("memberships", ()))
        for table in self.plan.models:
            if table.schema != "staging":
                statement = table.statement.replace("create ", "create or replace ", 1)
                self.engine.connection.execute(statement)

    def _fill(self, stem: str, rows: Sequence[Row]) -> None:
        self.engine.connection.execute(f"delete from staging.{stem}")
        if rows:
            names = list(dict.fromkeys(name for row in rows for name in row))
            full = [{name: row.get(name) for name in names} for row in rows]
            self.engine.connection.register("given", pyarrow.Table.from_pylist(full))
            self.engine.connection.execute(f"insert into staging.{stem} by name from given")

    def verdicts(self) -> dict[str, str]:
        """Every statement's verdict."""
        return {row["statement_id"]: row["verdict"] for row in self.rows("int_statements")}

    def of_check(self, check: str) -> set[str]:
        """The verdicts of one kind of statement."""
        rows = self.rows("int_statements")
        return {row["verdict"] for row in rows if row["check_name"] == check}

    def rows(self, table: str) -> list[Row]:
        """All rows of a table."""
        return self.engine.rows(table)
