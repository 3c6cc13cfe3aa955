"""What changed since the last good night: findings, input files, figures, checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.words import qualified
from etl.report.warehouse import has_yesterday

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night

Row = dict[str, Any]

MOST = 20
# Compared in as few columns as tell a change; all of ten million figures are.
_FIGURES = f"""
    with
        today as (
            select figure_id, reported_value, value_qualifier from fct_reported_figure
        ),
        before as (
            select figure_id, reported_value, value_qualifier
            from yesterday.marts.fct_reported_figure
        ),
        differing as (
            select
                coalesce(today.figure_id, before.figure_id) as figure_id,
                case
                    when before.figure_id is null
                    then 'added'
                    when today.figure_id is null
                    then 'gone'
                    else 'changed'
                end as change,
                today.reported_value,
                today.value_qualifier,
                before.reported_value as reported_before,
                before.value_qualifier as qualifier_before
            from today
            full join before on today.figure_id = before.figure_id
            where
                today.figure_id is null
                or before.figure_id is null
                or today.reported_value is distinct from before.reported_value
                or today.value_qualifier is distinct from before.value_qualifier
        ),
        changed as (
            select
                differing.*,
                coalesce(here.source_id, there.source_id) as source_id,
                coalesce(here.file, there.file) as file,
                coalesce(here.row_number, there.row_number) as row_number
            from differing
            left join fct_reported_figure as here on differing.figure_id = here.figure_id
            left join
                yesterday.marts.fct_reported_figure as there
                on differing.figure_id = there.figure_id
        )
    select
        changed.*,
        now_words.label as words,
        words_before.label as words_before,
        count(*) over (partition by change) as change_count
    from changed
    left join stg_qualifiers as now_words on changed.value_qualifier = now_words.qualifier
    left join stg_qualifiers as words_before
        on changed.qualifier_before = words_before.qualifier
    qualify row_number() over (
        partition by change order by changed.file, changed.row_number
    ) <= {MOST}
    order by change = 'changed' desc, change, changed.file, changed.row_number
"""
_FILES = """
    select file, sha256
    from audit.input_file
    where run_id = ?
"""
_CHECKS = """
    select table_name, check_name, verdict, failed_count
    from audit.check_result
    where run_id = ?
"""


def since(connection: duckdb.DuckDBPyConnection | None, night: Night) -> dict[str, Any] | None:
    """What changed since the last good night.

    Returns:
        None on a first night, and where the night built nothing to compare; else `previous` (when
        it was), and what changed of `files`, `checks` and `figures`: of these the first of each
        kind, all of them in `figure_counts`, and None where that night's warehouse is not kept.
    """
    if connection is None or night.previous_run_id is None:
        return None
    previous = connection.execute(
        "select started_at from audit.run where run_id = ?", [night.previous_run_id]
    ).fetchone()
    figures = _figures(connection) if has_yesterday(connection) else None
    return {
        "previous": previous[0] if previous else None,
        "files": _files(connection, night),
        "checks": _checks(connection, night),
        "figures": figures,
        "figure_counts": {row["change"]: row["change_count"] for row in figures or ()},
    }


def _figures(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    found = rows(connection, _FIGURES)
    for row in found:
        row["now"] = "" if row["change"] == "gone" else qualified(row)
        before = {"reported_value": row["reported_before"], "words": row["words_before"]}
        row["before"] = "" if row["change"] == "added" else qualified(before)
    return found


def _files(connection: duckdb.DuckDBPyConnection, night: Night) -> list[Row]:
    """Input files that are new, gone or of other content."""
    before = dict(connection.execute(_FILES, [night.previous_run_id]).fetchall())
    today = {entry["file"]: entry["sha256"] for entry in night.inputs}
    changes = {
        **{file: "gone" for file in before if file not in today},
        **{file: "changed" for file in today if before.get(file, today[file]) != today[file]},
        **{file: "added" for file in today if file not in before},
    }
    return [{"file": file, "change": change} for file, change in sorted(changes.items())]


def _checks(connection: duckdb.DuckDBPyConnection, night: Night) -> list[Row]:
    """Checks whose verdict or number of failures is another one."""
    before = {
        (row["table_name"], row["check_name"]): row
        for row in rows(connection, _CHECKS, [night.previous_run_id])
    }
    return [
        {**check, "verdict_before": last["verdict"], "failed_before": last["failed_count"]}
        for check in night.checks
        if (last := before.get((check["table_name"], check["check_name"])))
        and _differs(check, last)
    ]


def _differs(check: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
    return any(check[name] != last[name] for name in ("verdict", "failed_count"))
