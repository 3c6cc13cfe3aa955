"""Pictures of the figures: measures over the years, and how many sources speak of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.findings.words import listed
from etl.report.charts import (
    BAD,
    INK,
    SHADES,
    Picture,
    Row,
    Spec,
    drawn,
    short,
    words,
)

if TYPE_CHECKING:
    import duckdb

_SERIES_WIDTH = 440
_POINT_SIZE = 10

# The series with the most to see: whole years with conflicts first, then the longest.
_SERIES = """
    with
        yearly as (
            select
                figures.*,
                year(figures.period_start) as year,
                coalesce(conflicts.verdict = 'conflict', false) as is_in_conflict,
                coalesce(conflicts.verdict = 'revised', false) as is_revised
            from fct_reported_figure as figures
            left join
                fct_source_conflict as conflicts
                on figures.measure = conflicts.measure
                and figures.geography = conflicts.geography
                and figures.period_start = conflicts.period_start
                and figures.period_end = conflicts.period_end
                and figures.dimension = conflicts.dimension
                and figures.category = conflicts.category
            where
                figures.dimension = 'total'
                and figures.reported_value is not null
                and month(figures.period_start) = 1
                and day(figures.period_start) = 1
                and figures.period_end = last_day(figures.period_start + interval 11 month)
        ),
        chosen as (
            select measure, geography, count(distinct year) as years_count
            from yearly
            group by measure, geography
            having count(distinct year) >= 4
            order by years_count desc, count(*) desc, measure, geography
            limit 4
        )
    select
        yearly.measure,
        yearly.geography,
        measures.label as measure_label,
        geographies.label as geography_label,
        yearly.year,
        yearly.reported_value,
        min(yearly.low_value) as low_value,
        max(coalesce(yearly.high_value, yearly.reported_value)) as high_value,
        bool_or(yearly.is_in_conflict) as is_in_conflict,
        bool_or(yearly.is_revised) as is_revised,
        count(*) as figures_count
    from yearly
    inner join
        chosen
        on yearly.measure = chosen.measure
        and yearly.geography = chosen.geography
    inner join dim_measure as measures on yearly.measure = measures.measure
    inner join dim_geography as geographies on yearly.geography = geographies.geography
    group by
        chosen.years_count,
        yearly.measure,
        yearly.geography,
        measures.label,
        geographies.label,
        yearly.year,
        yearly.reported_value
    order by
        chosen.years_count desc,
        yearly.measure,
        yearly.geography,
        yearly.year,
        yearly.reported_value
"""
_COVERAGE = """
    with
        counted as (
            select
                figures.measure,
                figures.geography,
                year(figures.period_end) as year,
                count(distinct sources.origin) as sources_count,
                count(*) as figures_count
            from fct_reported_figure as figures
            inner join dim_source as sources on figures.source_id = sources.source_id
            group by figures.measure, figures.geography, year(figures.period_end)
        ),
        chosen as (
            select measure, geography, sum(figures_count) as figures_count
            from counted
            group by measure, geography
            order by figures_count desc, measure, geography
            limit 18
        )
    select
        counted.measure,
        counted.geography,
        counted.year,
        counted.sources_count,
        measures.label as measure_label,
        geographies.label as geography_label
    from counted
    inner join
        chosen
        on counted.measure = chosen.measure
        and counted.geography = chosen.geography
    inner join dim_measure as measures on counted.measure = measures.measure
    inner join dim_geography as geographies on counted.geography = geographies.geography
    where counted.year > (select max(year) - 20 from counted)
    order by chosen.figures_count desc, counted.measure, counted.geography, counted.year
"""


def years(connection: duckdb.DuckDBPyConnection) -> list[Picture]:
    """The longest series of whole years, each with its points, intervals and conflicts."""
    series: dict[tuple[str, str], list[Row]] = {}
    for row in rows(connection, _SERIES):
        series.setdefault((row["measure"], row["geography"]), []).append(row)
    return [_series(number, points) for number, points in enumerate(series.values())]


def _series(number: int, points: Sequence[Row]) -> Picture:
    first = points[0]
    what = f"{first['measure_label'].capitalize()}, {first['geography_label']}"
    disputed, revised = (
        listed(sorted({str(point["year"]) for point in points if point[what_happened]}))
        for what_happened in ("is_in_conflict", "is_revised")
    )
    said = [f"sources disagree for {disputed}"] if disputed else []
    said += [f"revised for {revised}"] if revised else []
    span = f"{points[0]['year']}–{points[-1]['year']}: {', '.join(said) or 'no disagreement'}"
    text = "; ".join(
        f"{point['year']}: {point['reported_value']:,}"
        + (f" ({point['figures_count']} figures)" if point["figures_count"] > 1 else "")
        for point in points
    )
    return drawn(f"years-{number}", f"{short(what)}, {span}", text, _points(points))


def _points(points: Sequence[Row]) -> Spec:
    span = range(points[0]["year"], points[-1]["year"] + 1)
    x = {
        "field": "year",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": list(span)},
        "axis": {"labelAngle": 0, "labelOverlap": True, "ticks": False},
    }
    y = {"type": "quantitative", "title": None, "axis": {"tickCount": 4, "format": ",d"}}
    reported = {"y": {**y, "field": "reported_value"}}
    interval = {"y": {**y, "field": "low_value"}, "y2": {"field": "high_value"}}
    agreed = {"type": "point", "filled": True, "size": 55, "color": INK, "opacity": 1}
    disputed = {"type": "point", "shape": "diamond", "size": 90, "strokeWidth": 2, "opacity": 1}
    bar = {"type": "rule", "strokeWidth": 5, "color": SHADES[2]}
    return {
        "width": _SERIES_WIDTH,
        "height": 180,
        "data": {"values": _drawable(points, len(span))},
        "encoding": {"x": x},
        "layer": [
            _layer("datum.high_value > datum.low_value", bar, interval),
            _layer("!datum.is_in_conflict", agreed, reported),
            _layer("datum.is_in_conflict", {**disputed, "color": BAD}, reported),
            *(
                {"transform": [{"filter": f"datum.side == {side!r}"}]}
                | words("label", reported, fontSize=_POINT_SIZE, dy=shift)
                for side, shift in (("above", -12), ("below", 13))
            ),
        ],
    }


def _layer(condition: str, mark: Spec, encoding: Spec) -> Spec:
    return {"transform": [{"filter": condition}], "mark": mark, "encoding": encoding}


def _drawable(points: Sequence[Row], years_count: int) -> list[Row]:
    """Numbers beside the highest point of a year, and beside the lowest, if there is room."""
    longest = max(len(f"{point['reported_value']:,}") for point in points)
    has_room = longest * _POINT_SIZE * 0.6 <= _SERIES_WIDTH / years_count
    by_year: dict[int, list[int]] = {}
    for point in points:
        by_year.setdefault(point["year"], []).append(point["reported_value"])
    return [
        {
            "year": point["year"],
            "reported_value": point["reported_value"],
            "low_value": point["low_value"],
            "high_value": point["high_value"],
            "is_in_conflict": point["is_in_conflict"],
            "label": f"{point['reported_value']:,}",
            "side": _side(point["reported_value"], by_year[point["year"]]) if has_room else "",
        }
        for point in points
    ]


def _side(value: int, others: Sequence[int]) -> str:
    if value == max(others):
        return "above"
    return "below" if value == min(others) else ""


def coverage(connection: duckdb.DuckDBPyConnection) -> list[Picture]:
    """How many independent sources speak of each year, for the measures with most figures."""
    found = rows(connection, _COVERAGE)
    if not found:
        return []
    names = _row_names(found)
    cells = [
        {
            "name": names[row["measure"], row["geography"]],
            "year": row["year"],
            "count": row["sources_count"],
            "fill": SHADES[min(row["sources_count"], 4) - 1],
        }
        for row in found
    ]
    alone = sum(cell["count"] == 1 for cell in cells)
    title = (
        f"Independent sources per measure and year: {alone:,} of {len(cells):,} fields rest on"
        " one source"
    )
    text = "; ".join(_coverage_words(names.values(), cells))
    return [drawn("coverage", title, text, _heat(list(names.values()), cells))]


def _row_names(found: Sequence[Row]) -> dict[tuple[str, str], str]:
    """The label of each row; with the code of its measure where two would be the same."""
    names: dict[tuple[str, str], str] = {}
    for row in found:
        key = row["measure"], row["geography"]
        name = short(f"{row['geography_label']}: {row['measure_label']}", 46)
        if key not in names and name in names.values():
            name = short(f"{'.'.join(key)}: {name}", 46)
        names.setdefault(key, name)
    return names


def _coverage_words(names: Iterable[str], cells: Sequence[Row]) -> Iterable[str]:
    for name in names:
        counts = [f"{c['count']} in {c['year']}" for c in cells if c["name"] == name]
        yield f"{name}: {', '.join(counts)}"


def _heat(names: Sequence[str], cells: Sequence[Row]) -> Spec:
    years_seen = [cell["year"] for cell in cells]
    span = list(range(min(years_seen), max(years_seen) + 1))
    x = {
        "field": "year",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": span, "paddingInner": 0.06},
        "axis": {"orient": "top", "labelAngle": 0, "ticks": False, "domain": False},
    }
    y = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": list(names),
        "scale": {"paddingInner": 0.1},
        "axis": {"ticks": False, "domain": False},
    }
    return {
        "width": {"step": 36},
        "height": {"step": 22},
        "data": {"values": list(cells)},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": "rect", "encoding": {"fill": {"field": "fill", "scale": None}}},
            {
                "mark": {"type": "text", "fontSize": 11, "color": INK},
                "encoding": {"text": {"field": "count"}},
            },
        ],
    }
