"""The tables at the end of the page: checks with their history, sources, versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.explain.trace import same_cell

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night

Row = dict[str, Any]

NIGHTS = 7
MOST_SOURCES = 60
MOST_OTHERS = 50
_HISTORY = f"""
    select
        table_name,
        check_name,
        list(failed_count order by run_id) as failed_counts
    from audit.check_result
    where
        run_id in (
            select run_id
            from audit.check_result
            group by run_id
            order by run_id desc
            limit {NIGHTS}
        )
    group by table_name, check_name
"""
# Two figures for one cell contradict each other where their intervals do not meet.
_SOURCES = f"""
    with
        disputed as (
            select figures.*
            from fct_reported_figure as figures
            inner join fct_source_conflict as conflicts on {same_cell("figures", "conflicts")}
            where conflicts.verdict = 'conflict'
        ),
        contradicted as (
            select
                ours.source_id,
                count(distinct ours.figure_id) as contradicted_count,
                list(distinct theirs.source_id order by theirs.source_id)[
                    :{MOST_OTHERS}
                ] as by_sources
            from disputed as ours
            inner join disputed as theirs on {same_cell("ours", "theirs")}
            where
                ours.source_id <> theirs.source_id
                and (ours.high_value < theirs.low_value or theirs.high_value < ours.low_value)
            group by ours.source_id
        ),
        sums as (
            select source_id, count(*) as sums_count
            from fct_subtotal_check
            where verdict in ('fail', 'warn')
            group by source_id
        ),
        claims as (
            select source_id, count(*) as claims_count
            from fct_claim_check
            where verdict = 'fail'
            group by source_id
        ),
        printed as (
            select source_id, count(*) as figures_count
            from fct_reported_figure
            group by source_id
        )
    select
        sources.*,
        coalesce(printed.figures_count, 0) as figures_count,
        coalesce(contradicted.contradicted_count, 0) as contradicted_count,
        coalesce(contradicted.by_sources, []) as by_sources,
        coalesce(sums.sums_count, 0) as sums_count,
        coalesce(claims.claims_count, 0) as claims_count,
        count(*) over () as faulted_count
    from dim_source as sources
    left join printed on sources.source_id = printed.source_id
    left join contradicted on sources.source_id = contradicted.source_id
    left join sums on sources.source_id = sums.source_id
    left join claims on sources.source_id = claims.source_id
    where
        contradicted.source_id is not null
        or sums.source_id is not null
        or claims.source_id is not null
    order by
        contradicted_count + sums_count + claims_count desc,
        contradicted_count desc,
        sources.source_id
    limit {MOST_SOURCES}
"""


def histories(connection: duckdb.DuckDBPyConnection | None) -> dict[tuple[str, str], list[int]]:
    """How many failed of each check (by table and name) on the last nights, oldest first."""
    if connection is None:
        return {}
    return {
        (row["table_name"], row["check_name"]): row["failed_counts"]
        for row in rows(connection, _HISTORY)
    }


def sources(connection: duckdb.DuckDBPyConnection | None) -> dict[str, Any]:
    """The pages that other pages contradict or that contradict themselves, the worst first.

    Returns:
        `rows`, `faulted` (how many there are) and `total` (of all pages).
    """
    if connection is None:
        return {"rows": [], "faulted": 0, "total": 0}
    found = rows(connection, _SOURCES)
    total = connection.execute("select count(*) from dim_source").fetchone()
    others = list({by for row in found for by in row["by_sources"]})
    sql = (
        "select source_id, publisher from dim_source"
        " where source_id in (select unnest(?::varchar[]))"
    )
    names = dict(connection.execute(sql, [others]).fetchall())
    for row in found:
        row["by_publishers"] = list(dict.fromkeys(names[by] for by in row["by_sources"]))
    return {
        "rows": found,
        "faulted": found[0]["faulted_count"] if found else 0,
        "total": total[0] if total else 0,
    }


def versions(night: Night) -> dict[str, str | None]:
    """Which code ran on which data: the version, and a fingerprint of each."""
    made_of = night.made_of
    return {
        "version": _version(),
        "code": made_of["code"][:8] if made_of else None,
        "data": _fingerprint(made_of["files"]) if made_of else None,
    }


def _version() -> str | None:
    try:
        return metadata.version("reported-figures-etl")
    except metadata.PackageNotFoundError:  # run from a folder that nobody installed
        return None


def _fingerprint(files: Iterable[Mapping[str, Any]]) -> str:
    text = json.dumps([[entry["name"], entry["sha256"]] for entry in files])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def checks_with_history(
    connection: duckdb.DuckDBPyConnection | None, checks: Sequence[Row]
) -> list[Row]:
    """Checks, each with `history`: how many failed on the last nights."""
    known = histories(connection)
    return [
        {**check, "history": known.get((check["table_name"], check["check_name"]), [])}
        for check in checks
    ]
