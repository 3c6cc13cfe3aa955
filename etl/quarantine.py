"""Quarantine: rows that fail an error stay out of the tables, verbatim, with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import literal, quoted
from etl.transform import HELD_SUFFIX
from etl.validate.compiled import CompiledCheck, quoted_table
from etl.validate.count import offenders_sql

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Plan, Table
    from etl.validate.count import CheckResult

_READABLE = "row_is_readable"


def take_unreadable(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Records in `audit.quarantine` the rows that no reader could make sense of."""
    connection.execute(
        f"""
        insert into audit.quarantine by name
        select
            ? as run_id, dataset, file, row_number, '{_READABLE}' as check_name,
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
    failed = [
        result.check
        for result in results
        if result.failed_count and result.check.severity == "error" and result.check.scope == "row"
    ]
    name = quoted_table(table.name)
    held = quoted(table.stem + HELD_SUFFIX)
    if not failed:
        connection.execute(f"create temp table {held} as select * from {name} where false")
        return
    connection.execute("create temp table offence (row_id bigint, column_name varchar)")
    for check in failed:
        _record(connection, plan, table, check, run_id)
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


def _record(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    table: Table,
    check: CompiledCheck,
    run_id: str,
) -> None:
    """One check's offenders: into `offence` by row id, into `audit.quarantine` with their text."""
    source = next(raw for raw in plan.raw if f"raw.{raw.stem}" == table.holds)
    name = quoted_table(table.name)
    column = next(column for column in table.columns if column.name == check.columns[0])
    raw_columns = [c.name for c in source.columns if c.name not in PROVENANCE]
    has_raw = column.raw_column in raw_columns
    as_text = f"cast(held.{quoted(column.name)} as varchar)"
    raw_text = f"coalesce(source.{quoted(column.raw_column)}, {as_text})" if has_raw else as_text
    verbatim = ", ".join(f"{quoted(c)} := source.{quoted(c)}" for c in raw_columns)
    ids = offenders_sql(table.checks, check, select="rows.rowid")
    connection.execute(
        "insert into offence select ids.rowid, unnest(?::varchar[]) from (" + ids + ") as ids",
        [list(check.columns)],
    )
    connection.execute(
        f"""
        insert into audit.quarantine by name
        select
            $run_id as run_id,
            {literal(source.stem)} as dataset,
            held.file,
            held.row_number,
            $check_name as check_name,
            $column_name as column_name,
            {raw_text} as raw_text,
            $reason as reason,
            case
                when source.file is null then cast(to_json(held) as varchar)
                else cast(to_json(struct_pack({verbatim})) as varchar)
            end as row_text
        from {name} as held
        inner join ({ids}) as ids on held.rowid = ids.rowid
        left join raw.{quoted(source.stem)} as source
            on held.file = source.file and held.row_number = source.row_number
        """,
        {
            "run_id": run_id,
            "check_name": check.name,
            "column_name": column.raw_column,
            "reason": f"expected {check.expected}",
        },
    )


PROVENANCE = {"unknown_columns", "file", "row_number", "file_sha256", "loaded_at"}
