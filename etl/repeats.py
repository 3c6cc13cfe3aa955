"""Rows that another row says again: exact copies, and figures that a later page has restated.

One row of them is taken; the others are set aside into `audit.quarantine`, verbatim, each naming
the row that is taken. Nothing is damaged by that, so breakdowns go on as if they had never been
there, and they count against no limit of the gate. Rows of one identifier that say different things
are left where they are: which of them is right nobody can tell, so the check of the identifier
holds them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl import quarantine
from etl.engine.duckdb import number
from etl.validate.compiled import quoted, quoted_table

if TYPE_CHECKING:
    import duckdb

    from etl.plan import Plan, Table

COPY = "row_is_given_once"
RESTATED = "figure_is_not_restated"
CHECKS = (COPY, RESTATED)
_PLACE = ("file", "row_number")


def set_aside(connection: duckdb.DuckDBPyConnection, plan: Plan, table: Table, run_id: str) -> None:
    """Takes copies and restated rows out of a staging table, before its checks are counted."""
    key = next((check for check in table.checks.checks if check.kind == "unique"), None)
    if not table.holds or key is None:
        return
    keys = ", ".join(map(quoted, key.group_by))
    name = quoted_table(table.name)
    connection.execute(
        f"create or replace temp table repeated as"
        f" select {keys} from {name} group by {keys} having count(*) > 1"
    )
    if not number(connection, "select count(*) from repeated"):
        return
    again = f"select rowid as row_id, * from {name} where ({keys}) in (from repeated)"
    steps = [(COPY, _copies_sql(table))]
    if table.published:
        steps.append((RESTATED, _restated_sql(table, keys)))
    for check_name, select in steps:
        connection.execute(f"create temp table repeat as {select.format(again)}")
        quarantine.record(
            connection,
            plan,
            table,
            rows="from repeat",
            check_name=check_name,
            column_name=key.columns[0],
            run_id=run_id,
        )
        connection.execute(f"delete from {name} where rowid in (select row_id from repeat)")
        connection.execute("drop table repeat")


def _copies_sql(table: Table) -> str:
    """Rows like an earlier one in all but their place; what could not be typed is like nothing."""
    content = [column for column in table.columns if column.name not in _PLACE]
    same = ", ".join(quoted(column.name) for column in content)
    whole = " and ".join(
        f"{quoted(column.name)} is not null" for column in content if not column.is_nullable
    )
    return f"""
        with again as ({{}}),
        ranked as (
            select
                row_id,
                first_value(file) over first_place as kept_file,
                first_value(row_number) over first_place as kept_row,
                row_number() over first_place as place
            from again
            where {whole}
            window first_place as (partition by {same} order by file, row_number)
        )
        select
            row_id,
            'says the same as row ' || kept_row || ' of ' || kept_file || ', which is taken'
            as reason
        from ranked
        where place > 1
    """


def _restated_sql(table: Table, keys: str) -> str:
    """Rows older than one newest; none where a day is unknown or two are the newest."""
    return f"""
        with again as ({{}}),
        dated as (select *, {table.published} as published from again as rows),
        ranked as (
            select
                *,
                count(*) over (partition by {keys}) as stated,
                count(published) over (partition by {keys}) as known,
                max(published) over (partition by {keys}) as newest
            from dated
        ),
        latest as (
            select
                {keys},
                count(*) as latest_count,
                any_value(file) as kept_file,
                any_value(row_number) as kept_row
            from ranked
            where published = newest and stated = known
            group by {keys}
        )
        select
            ranked.row_id,
            'was restated on ' || ranked.newest || ' by row ' || latest.kept_row || ' of '
            || latest.kept_file || ', which is taken' as reason
        from ranked inner join latest using ({keys})
        where latest.latest_count = 1 and ranked.published < ranked.newest
    """
