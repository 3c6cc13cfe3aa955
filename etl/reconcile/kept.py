"""Answers of yesterday that still hold: those about blocks of which everything is as it was.

What is found of a block follows from its rows, the settings and the code. A hash of all these is
its fingerprint, and stands beside each answer. What a limit cut short is looked into again: a clock
had a say in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import duckdb

from etl.fingerprint import made_of
from etl.validate.compiled import quoted, quoted_table

if TYPE_CHECKING:
    from etl.plan import Table
    from etl.reconcile.evidence import Component

_KNOWN = """
    create or replace temp table kept_blocks as
    select block_fingerprint
    from (
        select block_fingerprint from yesterday.intermediate.int_explained
        union
        select block_fingerprint from yesterday.intermediate.int_cells_reasoned
    )
    where list_contains($1::varchar[], block_fingerprint)
    except
    select block_fingerprint
    from yesterday.intermediate.int_explained
    where reason is not null
"""


def fingerprint(component: Component, made_with: object) -> str:
    """A hash of all that the answers about a component follow from: its rows and what else does."""
    relations = [(list(row.values()), terms) for row, terms in component.relations.values()]
    rows = component.cells, component.figures, relations
    return made_of(made_with, *rows)


def take(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], wanted: Collection[str]
) -> set[str]:
    """Copies the answers about these blocks out of the attached `yesterday`, as far as there are.

    Returns:
        Fingerprints of the blocks whose answers are there; none where one cannot be read.
    """
    try:
        connection.execute(_KNOWN, [list(wanted)])
        for table in tables:
            columns = ", ".join(quoted(column.name) for column in table.columns)
            connection.execute(
                f"create or replace temp table {quoted('kept_' + table.stem)} as"
                f" select {columns} from yesterday.{quoted_table(table.name)}"
                " semi join kept_blocks using (block_fingerprint)"
            )
    except duckdb.Error:  # another version wrote it, or it is damaged
        return set()
    for table in tables:
        connection.execute(
            f"insert into {quoted_table(table.name)} by name from {quoted('kept_' + table.stem)}"
        )
    return {one for (one,) in connection.execute("from kept_blocks").fetchall()}
