"""The findings as the page shows them: those that matter first, with their figures and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.explain import trace
from etl.findings.words import counted, day, qualified

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

# More would make a page that no browser likes; the warehouse and the files beside it have all.
MOST_SHOWN = 600
MOST_FIGURES = 20
MOST_LINES = 20
MOST_NEWS = 10
MOST_COUNTS = 100
_ROUND = 20
_OPEN = ("new", "persisting")
_CERTAIN = "near-certain"
# What a finding is about by its subject, and how far apart its numbers are.
_GAPS = """
    select breakdown_id as subject, abs(residual_value) as gap
    from fct_subtotal_check
    where verdict in ('fail', 'warn')
    union all
    select statement_id, abs(residual_value)
    from fct_period_check
    where verdict in ('fail', 'warn')
    union all
    select
        concat_ws(
            '.', geography, measure, period_start || '..' || period_end, dimension, category
        ),
        residual_value
    from fct_source_conflict
    where verdict = 'conflict'
"""


def told(
    connection: duckdb.DuckDBPyConnection | None, groups: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The findings of a page.

    Args:
        connection: the night's warehouse, if it built one.
        groups: the groups of `content.of`.

    Returns:
        `groups` (title, total, `findings` that are shown, each with names, page and figures),
        `top` (the three that matter most, each of another check, with how many are `alike`),
        `new` and `resolved` (the first of them), `total`, `shown`, `more` (counts of those that
        are not shown, by check and country) and `choices` (the values to filter by).
    """
    every = [
        {**finding, "group": group["title"]} for group in groups for finding in group["findings"]
    ]
    every.sort(key=_order(connection))
    shown, rest = _fairly(every)
    if connection:
        _name(connection, every)
        _place(connection, shown)
        _trace(connection, shown)
    return {
        "groups": [_group(group["title"], every, shown) for group in groups],
        "top": _top(every),
        **{state: _first(every, state) for state in ("new", "resolved")},
        "total": len(every),
        "shown": len(shown),
        "more": _counted(rest),
        "choices": {what: _choices(shown, what, label) for what, label in _FILTERS.items()},
    }


def texts(told: Mapping[str, Any]) -> Iterator[str]:
    """Every text of the findings of a page (`told`) that may name pages by their ids."""
    for group in told["groups"]:
        for finding in group["findings"]:
            yield finding["message"]
            yield from (line["words"] for line in finding.get("proof", ()))
    for state in ("top", "new", "resolved"):
        yield from (finding["headline"] for finding in told[state])


def _fairly(every: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Those to show and the rest: every check gets its first, before any gets all of its own."""
    places: Counter[str] = Counter()
    rounds = []
    for finding in every:
        rounds.append(places[finding["check_name"]] // _ROUND)
        places[finding["check_name"]] += 1
    chosen = set(sorted(range(len(every)), key=lambda number: rounds[number])[:MOST_SHOWN])
    shown = [finding for number, finding in enumerate(every) if number in chosen]
    return shown, [finding for number, finding in enumerate(every) if number not in chosen]


def _top(every: Sequence[Row]) -> list[Row]:
    """The first open finding of each check, with how many more there are of its kind."""
    still = [finding for finding in every if finding["state"] in _OPEN]
    counts = Counter(finding["check_name"] for finding in still)
    firsts = {finding["check_name"]: finding for finding in reversed(still)}
    ordered = [finding for finding in still if firsts[finding["check_name"]] is finding]
    return [{**finding, "alike": counts[finding["check_name"]] - 1} for finding in ordered[:3]]


def _first(every: Sequence[Row], state: str) -> list[Row]:
    return [finding for finding in every if finding["state"] == state][:MOST_NEWS]


_FILTERS = {
    "geography": "geography_label",
    "measure": "measure_label",
    "source_id": "page_label",
    "severity": "severity",
    "state": "state",
}


def _order(connection: duckdb.DuckDBPyConnection | None) -> Any:
    """Open ones first, then by severity, new before old, known culprits, the size of the gap."""
    gaps = dict(connection.execute(_GAPS).fetchall()) if connection else {}
    certain = _certain(connection) if connection else set()

    def key(finding: Mapping[str, Any]) -> tuple[Any, ...]:
        return (
            finding["state"] not in _OPEN,
            finding["severity"],
            finding["state"],
            finding["finding_id"] not in certain,
            -(gaps.get(finding["subject"]) or 0),
            finding["subject"],
        )

    return key


def _certain(connection: duckdb.DuckDBPyConnection) -> set[str]:
    sql = "select distinct finding_id from audit.finding_figure where blame_band = ?"
    return {row[0] for row in connection.execute(sql, [_CERTAIN]).fetchall()}


def _group(title: str, every: Iterable[Row], shown: Iterable[Row]) -> Row:
    return {
        "title": title,
        "total": sum(finding["group"] == title for finding in every),
        "findings": [finding for finding in shown if finding["group"] == title],
    }


def _choices(findings: Iterable[Row], what: str, label: str) -> list[tuple[str, str]]:
    values = {
        str(finding[what]): str(finding.get(label) or finding[what])
        for finding in findings
        if finding[what]
    }
    return sorted(values.items(), key=lambda pair: pair[1].casefold())


def _counted(findings: Iterable[Row]) -> list[Row]:
    """How many there are of each check, country, severity and state; most first."""
    what = ("check_name", "geography", "geography_label", "severity", "state")
    counts = Counter(tuple(finding.get(name) for name in what) for finding in findings)
    return [
        {**dict(zip(what, key, strict=True)), "count": count}
        for key, count in counts.most_common(MOST_COUNTS)
    ]


def _name(connection: duckdb.DuckDBPyConnection, findings: Iterable[Row]) -> None:
    """Puts the names of country and measure into findings."""
    countries = dict(
        connection.execute("select geography, label from dim_geography where is_used").fetchall()
    )
    measures = dict(connection.execute("select measure, label from dim_measure").fetchall())
    for finding in findings:
        finding["geography_label"] = countries.get(finding["geography"])
        finding["measure_label"] = measures.get(finding["measure"])


def _place(connection: duckdb.DuckDBPyConnection, findings: Sequence[Row]) -> None:
    """Puts into findings whose page they are about."""
    ids = [finding["source_id"] for finding in findings]
    sql = (
        "select source_id, publisher, url, published_date from dim_source"
        " where source_id in (select unnest(?::varchar[]))"
    )
    pages = {row["source_id"]: row for row in rows(connection, sql, [ids])}
    for page in pages.values():
        when = f", {day(page['published_date'])}" if page["published_date"] else ""
        page["page_label"] = f"{page['publisher']}{when}"
    for finding in findings:
        finding |= {"publisher": None, **pages.get(finding["source_id"], {})}


def _trace(connection: duckdb.DuckDBPyConnection, findings: Sequence[Row]) -> None:
    """Adds to the figures of findings what is known of them; the first of each finding stay."""
    for finding in findings:
        finding["figures_count"] = len(finding["figures"])
        finding["figures"] = sorted(finding["figures"], key=_role)[:MOST_FIGURES]
        finding["proof"] = finding["proof"][:MOST_LINES]
    wanted = list({role["figure_id"] for finding in findings for role in finding["figures"]})
    known = trace.figures(
        connection, "figures.figure_id in (select unnest(?::varchar[]))", [wanted]
    )
    by_id = {figure["figure_id"]: in_words(figure) for figure in known}
    for finding in findings:
        finding["figures"] = [
            {**by_id.get(role["figure_id"], {}), **role} for role in finding["figures"]
        ]


def _role(role: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        role["blame_rank"] is None,
        role["blame_rank"],
        role["role"] not in ("whole", "subject"),
        role["file"],
        role["row_number"],
    )


def in_words(figure: Mapping[str, Any]) -> Row:
    """A figure of `trace.figures` with `printed` (`over 3,000`) and `cell` (what it counts)."""
    named = {**figure, "nationality_label": figure["category_label"]}
    return {
        **figure,
        "printed": qualified(figure),
        "cell": f"{counted(named)}, {figure['period_label']}",
    }
