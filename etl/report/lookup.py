"""What the page can say of a number somebody types: its figures, cells, pages and findings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import number, rows
from etl.explain import trace
from etl.report.findings import in_words
from etl.report.text import day, web_address

if TYPE_CHECKING:
    import duckdb

    from etl.report.names import Names

# About 150 bytes each; the warehouse has all of them.
MOST_FIGURES = 5_000
# Those in a finding first, since they are what somebody will be asked about; then whole
# quantities, the latest first.
_CHOSEN = f"""
    select figures.figure_id
    from fct_reported_figure as figures
    left join
        (
            select distinct members.figure_id
            from audit.finding_figure as members
            inner join audit.finding as findings on members.finding_id = findings.finding_id
            where findings.state <> 'resolved'
        ) as doubted
        on figures.figure_id = doubted.figure_id
    order by
        doubted.figure_id is null,
        figures.dimension <> 'total',
        figures.period_end desc,
        figures.figure_id
    limit {MOST_FIGURES}
"""
_EVIDENCE = f"""
    with
        wanted as (
            select figure_id, {", ".join(trace.CELL)}
            from fct_reported_figure
            where figure_id in (select unnest(?::varchar[]))
        ),
        part_of as (
            select distinct figure_id, statement_id
            from int_statement_terms
            where figure_id in (select figure_id from wanted)
        ),
        tested as (
            select
                part_of.figure_id,
                count(*) filter (where statements.verdict = 'pass') as held,
                count(*) filter (where statements.verdict <> 'pass') as failed
            from part_of
            inner join
                int_statements as statements on part_of.statement_id = statements.statement_id
            where statements.verdict <> 'unknown'
            group by part_of.figure_id
        )
    select
        wanted.figure_id,
        coalesce(tested.held, 0) as held,
        coalesce(tested.failed, 0) as failed,
        corroboration.verdict,
        coalesce(shared.verdict = 'revised', false) as is_revised,
        best.best_value,
        best.low_value,
        best.high_value,
        best.basis,
        best.independent_sources_count
    from wanted
    left join tested on wanted.figure_id = tested.figure_id
    left join
        fct_figure_corroboration as corroboration
        on wanted.figure_id = corroboration.figure_id
    left join fct_figure as best on {trace.same_cell("wanted", "best")}
    left join fct_source_conflict as shared on {trace.same_cell("wanted", "shared")}
"""
_FINDINGS = """
    select
        members.figure_id,
        findings.finding_id,
        findings.headline,
        findings.state,
        case
            when findings.check_name = 'claims_match_figures' then 'claim' else 'figure'
        end as about
    from audit.finding_figure as members
    inner join audit.finding as findings on members.finding_id = findings.finding_id
    where
        findings.state <> 'resolved'
        and members.figure_id in (select unnest(?::varchar[]))
    order by findings.severity, findings.finding_id
"""
_BEST = (
    "is_revised",
    "independent_sources_count",
    "best_value",
    "low_value",
    "high_value",
    "basis",
)
_FINDING = ("finding_id", "headline", "state", "about")


def index(connection: duckdb.DuckDBPyConnection, names: Names) -> dict[str, Any]:
    """The figures that can be looked up on the page, as compact as it goes.

    Returns:
        `total` (figures published), and tables whose rows point into each other by position:
        `pages` (id, publisher, origin, url, day), `cells` (what is counted; whether its publisher
        has revised it; how many sources are independent; best value, low, high, basis),
        `findings` (id, headline, state, whether a claim or a figure is at fault), `files`, and
        `figures` (id, value, as printed, low, high, cell, page, file, row, statements that hold,
        that fail, findings, as corrected, what all other evidence makes of it).
    """
    ids = [row[0] for row in connection.execute(_CHOSEN).fetchall()]
    evidence = {row["figure_id"]: row for row in rows(connection, _EVIDENCE, [ids])}
    known = trace.figures(connection, "figures.figure_id in (select unnest(?::varchar[]))", [ids])
    pages, cells, files, findings = Positions(), Positions(), Positions(), Positions()
    doubts: dict[str, list[int]] = {}
    told_of = rows(connection, _FINDINGS, [ids])
    names.learn(row["headline"] for row in told_of)
    for row in told_of:
        told = {**row, "headline": names.plainly(row["headline"])}
        position = findings.of(tuple(told[name] for name in _FINDING))
        doubts.setdefault(row["figure_id"], []).append(position)
    figures = []
    for row in map(in_words, known):
        seen = evidence[row["figure_id"]]
        figures.append(
            (
                row["figure_id"],
                row["reported_value"],
                row["printed"],
                row["low_value"],
                row["high_value"],
                cells.of(tuple(row[name] for name in trace.CELL), _cell(row, seen)),
                pages.of(_page(row)),
                files.of(row["file"]),
                row["row_number"],
                seen["held"],
                seen["failed"],
                doubts.get(row["figure_id"], []),
                row["corrected_value"],
                seen["verdict"],
            )
        )
    return {
        "total": number(connection, "select count(*) from fct_reported_figure"),
        "pages": pages.listed,
        "cells": cells.listed,
        "findings": findings.listed,
        "files": files.listed,
        "figures": figures,
    }


def _cell(row: Mapping[str, Any], seen: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["cell"], *(seen[name] for name in _BEST)


def _page(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["source_id"],
        row["publisher"],
        row["origin"],
        web_address(row["url"]),
        day(row["published_date"]),
    )


class Positions:
    """Values in the order in which they first came, each once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}
        self.listed: list[Any] = []

    def of(self, key: Hashable, value: Any = None) -> int:
        """The position of a key; a new one is added, with the value that is listed for it."""
        if key not in self._known:
            self._known[key] = len(self.listed)
            self.listed.append(key if value is None else value)
        return self._known[key]
