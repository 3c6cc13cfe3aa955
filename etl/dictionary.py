"""The data dictionary, written from the same declarations as the warehouse's comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.plan import Plan, Table

_LAYERS = (
    ("marts", "What to query: dimensions and facts."),
    ("audit", "What every night did, kept from night to night."),
    ("intermediate", "Steps on the way; they may change from version to version."),
    ("staging", "Rows typed and checked; those that fail are in `audit.quarantine`."),
    ("raw", "Rows as the files have them, verbatim."),
)


def markdown(plan: Plan) -> str:
    """The dictionary: every table, column and check."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Written by `make docs` from `etl/schemas`; do not edit."
    models = [table for table in plan.models if table.is_checked]
    tables = [*models, *plan.audit, *plan.raw]
    for layer, meaning in _LAYERS:
        yield f"\n## {layer}\n\n{meaning}"
        for table in sorted(tables, key=lambda table: table.stem):
            if table.schema == layer:
                yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.name}\n\n{table.description}\n"
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    for column in table.columns:
        null = "yes" if column.is_nullable else ""
        yield f"| `{column.name}` | {column.type} | {null} | {column.description} |"
    if claims := _claims(table):
        yield ""
        yield from claims


def _claims(table: Table) -> Sequence[str]:
    return [
        f"- `{check.name}`: {check.claim}."
        + ("" if check.severity == "error" else f" ({check.severity})")
        for check in table.checks.checks
        if check.scope != "table" and check.kind != "not_null"
    ]
