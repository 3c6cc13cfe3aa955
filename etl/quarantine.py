"""Quarantine: rows that fail an error stay out of the tables, verbatim, with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.engine.duckdb import literal
from etl.extract.store import PROVENANCE
from etl.transform import HELD_SUFFIX
from etl.validate.compiled import CompiledCheck, quoted, quoted_table
from etl.validate.count import offenders_sql

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Column, Plan, Table
    from etl.validate.count import CheckResult

READABLE = "row_is_readable"
# A file's name as a cell of reference/files.csv, for messages that say which line to add.
_CSV_FILE = """case
    when regexp_matches(rows.file, '[",\\r\\n]')
    then '"' || replace(rows.file, '"', '""') || '"'
    else rows.file
end"""


def take_unreadable(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Records in `audit.quarantine` the rows that no reader could make sense of."""
    connection.execute(
        f"""
        insert into audit.quarantine by name
        select
            ? as run_id, dataset, file, row_number, '{READABLE}' as check_name,
            column_name, raw_text, reason, row_text
        from raw.rejected_row
        """,
        [run_id],
    )


def hold(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    table: Table,
    results: Sequence[CheckResult],
    run_id: str,
) -> None:
    """Takes the rows that fail an error out of a staging table.

    Each is recorded in `audit.quarantine`, once per reason, and stays readable for later models as
    `<stem>__held`: there the columns at fault are null, since nothing is known of them.
    """
    failed = [result.check for result in results if result.holds_rows]
    name = quoted_table(table.name)
    held = quoted(table.stem + HELD_SUFFIX)
    if not failed:
        connection.execute(f"create temp table {held} as select * from {name} where false")
        return
    connection.execute("create temp table offence (row_id bigint, column_name varchar)")
    for check in failed:
        _record_offenders(connection, plan, table, check, run_id)
    columns = ", ".join(
        f"case when not list_contains(offences.column_names, {literal(column.name)})"
        f" then held.{quoted(column.name)} end as {quoted(column.name)}"
        for column in table.columns
    )
    connection.execute(
        f"""
        create temp table {held} as
        with offences as (
            select row_id, list(column_name) as column_names from offence group by row_id
        )
        select {columns}
        from {name} as held inner join offences on held.rowid = offences.row_id
        """
    )
    connection.execute(f"delete from {name} where rowid in (select row_id from offence)")
    connection.execute("drop table offence")


def _record_offenders(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    table: Table,
    check: CompiledCheck,
    run_id: str,
) -> None:
    """One check's offenders: into `offence` by row id, into `audit.quarantine` with their text."""
    expected = f"replace({literal(f'expected {check.expected}')}, '{{file}}', {_CSV_FILE})"
    ids = offenders_sql(table.checks, check, select=f"rows.rowid as row_id, {expected} as reason")
    connection.execute(
        "insert into offence select ids.row_id, unnest(?::varchar[]) from (" + ids + ") as ids",
        [list(check.columns)],
    )
    record(
        connection,
        plan,
        table,
        rows=ids,
        check_name=check.name,
        column_name=check.columns[0],
        run_id=run_id,
    )


def record(  # noqa: PLR0913 - what a row of the quarantine says
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    table: Table,
    *,
    rows: str,
    check_name: str,
    column_name: str,
    run_id: str,
) -> None:
    """Records rows of a staging table in `audit.quarantine`, with their text as the file has it.

    Args:
        connection: the night's warehouse.
        plan: its tables.
        table: the staging table.
        rows: a query for the rows: `row_id` and `reason`.
        check_name: what they break.
        column_name: the column at fault.
        run_id: the run.
    """
    own = table.holds.removeprefix("raw.")
    column = next(column for column in table.columns if column.name == column_name)
    origins = [_Origin.of(connection, name) for name in (own, *plan.datasets)]
    connection.execute(
        f"""
        insert into audit.quarantine by name
        select
            $run_id as run_id,
            coalesce({", ".join(origin.name for origin in origins)}, {literal(own)}) as dataset,
            held.file,
            held.row_number,
            $check_name as check_name,
            $column_name as column_name,
            {_cell_text(table, column, origins[0])} as raw_text,
            ids.reason,
            cast(
                coalesce({", ".join(origin.row for origin in origins)}, to_json(held)) as varchar
            ) as row_text
        from {quoted_table(table.name)} as held
        inner join ({rows}) as ids on held.rowid = ids.row_id
        {" ".join(origin.join for origin in origins)}
        """,
        {
            "run_id": run_id,
            "check_name": check_name,
            "column_name": column.raw_column,
        },
    )


def _cell_text(table: Table, column: Column, own: _Origin) -> str:
    """SQL for what stood in a cell: of the format's own files, or of the model that read others."""
    texts = [f"held.{quoted(column.name)}"]
    for other in table.columns:
        if other.raw_column == column.raw_column and other.name != column.name:
            texts.insert(0, f"held.{quoted(other.name)}")
    if column.raw_column in own.columns:
        texts.insert(0, f"{own.alias}.{quoted(column.raw_column)}")
    return f"coalesce({', '.join(f'cast({text} as varchar)' for text in texts)})"


@dataclass(frozen=True)
class _Origin:
    """A raw table that a held row may have been read from, joined to it by file and row."""

    dataset: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, dataset: str) -> _Origin:
        found = connection.execute(f"describe raw.{quoted(dataset)}").fetchall()
        return cls(dataset, tuple(name for name, *_ in found if name not in PROVENANCE))

    @property
    def alias(self) -> str:
        return quoted(f"raw {self.dataset}")

    @property
    def join(self) -> str:
        place = f"held.file = {self.alias}.file and held.row_number = {self.alias}.row_number"
        return f"left join raw.{quoted(self.dataset)} as {self.alias} on {place}"

    @property
    def name(self) -> str:
        return f"case when {self.alias}.file is not null then {literal(self.dataset)} end"

    @property
    def row(self) -> str:
        cells = ", ".join(f"{quoted(c)} := {self.alias}.{quoted(c)}" for c in self.columns)
        text = f"to_json(struct_pack({cells}))" if cells else "null"
        return f"case when {self.alias}.file is not null then {text} end"
