"""The tables at the end of the page: checks with their history, sources, versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import number, rows
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
        clashes as (
            select ours.source_id, ours.figure_id, theirs.source_id as by_source_id
            from disputed as ours
            inner join disputed as theirs on {same_cell("ours", "theirs")}
            where
                ours.source_id <> theirs.source_id
                and (ours.high_value < theirs.low_value or theirs.high_value < ours.low_value)
        ),
        counts as (
            select source_id, count(distinct figure_id) as contradicted, 0 as sums, 0 as claims
            from clashes
            group by source_id
            union all
            select source_id, 0, count(*), 0
            from fct_subtotal_check
            where verdict in ('fail', 'warn')
            group by source_id
            union all
            select source_id, 0, 0, count(*)
            from fct_claim_check
            where verdict = 'fail'
            group by source_id
        ),
        faulted as (
            select
                source_id,
                sum(contradicted) as contradicted_count,
                sum(sums) as sums_count,
                sum(claims) as claims_count,
                count(*) over () as faulted_count
            from counts
            group by source_id
            order by sum(contradicted + sums + claims) desc, sum(contradicted) desc, source_id
            limit {MOST_SOURCES}
        ),
        by_others as (
            select
                source_id,
                list(distinct by_source_id order by by_source_id)[:{MOST_OTHERS}] as by_sources
            from clashes
            where source_id in (select source_id from faulted)
            group by source_id
        ),
        printed as (
            select source_id, count(*) as figures_count
            from fct_reported_figure
            where source_id in (select source_id from faulted)
            group by source_id
        )
    select
        sources.*,
        coalesce(printed.figures_count, 0) as figures_count,
        faulted.contradicted_count::bigint as contradicted_count,
        coalesce(by_others.by_sources, []) as by_sources,
        faulted.sums_count::bigint as sums_count,
        faulted.claims_count::bigint as claims_count,
        faulted.faulted_count
    from faulted
    inner join dim_source as sources on faulted.source_id = sources.source_id
    left join printed on faulted.source_id = printed.source_id
    left join by_others on faulted.source_id = by_others.source_id
    order by
        faulted.contradicted_count + faulted.sums_count + faulted.claims_count desc,
        faulted.contradicted_count desc,
        faulted.source_id
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
        "total": number(connection, "select count(*) from dim_source"),
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
