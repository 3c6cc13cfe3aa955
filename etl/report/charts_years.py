"""Pictures of measures over the years: what was printed, where sources disagree, the best value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.explain.trace import same_cell
from etl.findings.words import listed
from etl.report.charts import BAD, GOOD, INK, SHADES, Picture, Row, Spec, drawn, short, words

if TYPE_CHECKING:
    import duckdb

_WIDTH = 440
_LABEL_SIZE = 10
_AROUND = 6  # of a label, in pixels, so that two never touch
_PRINTED, _DISPUTED, _BEST, _INTERVAL = (
    "printed",
    "printed, sources disagree",
    "best value and its interval",
    "what the words allow",
)
# Shape, fill, stroke and size of each mark, so that it is known without its colour.
_MARKS = {
    _PRINTED: ("circle", INK, INK, 45),
    _DISPUTED: ("diamond", "transparent", BAD, 90),
    _BEST: ("stroke", GOOD, GOOD, 600),
    _INTERVAL: ("M-0.25,-1H0.25V1H-0.25Z", SHADES[2], SHADES[2], 80),
}


def _is_whole_year(relation: str) -> str:
    start, end = f"{relation}.period_start", f"{relation}.period_end"
    return f"""
        {relation}.dimension = 'total'
        and month({start}) = 1
        and day({start}) = 1
        and {end} = last_day({start} + interval 11 month)
    """


# The series with the most to see: whole years, the longest first.
_SERIES = f"""
    with
        yearly as (
            select
                figures.*,
                year(figures.period_start) as year,
                coalesce(conflicts.verdict = 'conflict', false) as is_in_conflict,
                coalesce(conflicts.verdict = 'revised', false) as is_revised
            from fct_reported_figure as figures
            left join
                fct_source_conflict as conflicts on {same_cell("figures", "conflicts")}
            where figures.reported_value is not null and {_is_whole_year("figures")}
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
_BEST_VALUES = f"""
    select year(best.period_start) as year, best.best_value, best.low_value, best.high_value
    from fct_figure as best
    where best.measure = ? and best.geography = ? and {_is_whole_year("best")}
    order by year
"""


def years(connection: duckdb.DuckDBPyConnection) -> list[Picture]:
    """The longest series of whole years, each with what was printed and the best values."""
    series: dict[tuple[str, str], list[Row]] = {}
    for row in rows(connection, _SERIES):
        series.setdefault((row["measure"], row["geography"]), []).append(row)
    return [
        _series(f"years-{number}", points, [*_telling(points, rows(connection, _BEST_VALUES, key))])
        for number, (key, points) in enumerate(series.items())
    ]


def _telling(points: Sequence[Row], best: Iterable[Row]) -> Iterator[Row]:
    """The best values that the points do not show by themselves, within the years they span."""
    span = range(points[0]["year"], points[-1]["year"] + 1)
    for row in best:
        printed = {p["reported_value"] for p in points if p["year"] == row["year"]}
        if row["year"] in span and printed != {row["best_value"]}:
            yield row


def _series(name: str, points: Sequence[Row], best: Sequence[Row]) -> Picture:
    first = points[0]
    what = f"{first['measure_label'].capitalize()}, {first['geography_label']}"
    disputed, revised = (
        listed(sorted({str(point["year"]) for point in points if point[what_happened]}))
        for what_happened in ("is_in_conflict", "is_revised")
    )
    said = [f"sources disagree for {disputed}"] if disputed else []
    said += [f"revised for {revised}"] if revised else []
    span = f"{points[0]['year']}–{points[-1]['year']}: {', '.join(said) or 'no disagreement'}"
    return drawn(name, f"{short(what)}, {span}", _in_words(points, best), _drawing(points, best))


def _in_words(points: Iterable[Row], best: Iterable[Row]) -> str:
    printed = "; ".join(
        f"{point['year']}: {point['reported_value']:,}"
        + (f" ({point['figures_count']} figures)" if point["figures_count"] > 1 else "")
        for point in points
    )
    values = "; ".join(f"{row['year']}: {_best_in_words(row)}" for row in best)
    doubts = f" Best values where that leaves a doubt: {values}." if values else ""
    return f"Printed: {printed}.{doubts}"


def _best_in_words(row: Row) -> str:
    best, low, high = row["best_value"], row["low_value"], row["high_value"]
    if low == high is not None:
        return f"{low:,}"
    between = f"{low or 0:,} or more" if high is None else f"{low or 0:,} to {high:,}"
    return between if best is None else f"{best:,} ({between})"


def _drawing(points: Sequence[Row], best: Sequence[Row]) -> Spec:
    span = list(range(points[0]["year"], points[-1]["year"] + 1))
    marks = [*_marks(points, best)]
    y = {"type": "quantitative", "title": None, "axis": {"tickCount": 4, "format": ",d"}}
    interval = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    axis = {"labelAngle": 0, "labelOverlap": True, "ticks": False}
    x = {"field": "year", "type": "ordinal", "title": None, "scale": {"domain": span}, "axis": axis}
    return {
        "width": _WIDTH,
        "height": 180,
        "encoding": {"x": x},
        "layer": [
            {
                "data": {"values": [mark for mark in marks if mark["kind"] == kind]},
                "mark": {"type": "rule", "strokeWidth": width, "color": _MARKS[kind][2]},
                "encoding": interval,
            }
            for kind, width in ((_INTERVAL, 5), (_BEST, 1.5))
        ]
        + [
            {
                "data": {"values": [_sized(mark) for mark in marks if mark["value"] is not None]},
                "mark": {"type": "point", "strokeWidth": 2, "opacity": 1},
                "encoding": {"y": {**y, "field": "value"}} | _looks({m["kind"] for m in marks}),
            },
            *(
                {"data": {"values": [*_labels(points, len(span), side)]}}
                | words("label", {"y": {**y, "field": "value"}}, fontSize=_LABEL_SIZE, dy=shift)
                for side, shift in ((max, -12), (min, 13))
            ),
        ],
    }


def _marks(points: Iterable[Row], best: Iterable[Row]) -> Iterator[Row]:
    """What is drawn, in this order: a kind and a year with a value, an interval or both."""
    for point in points:
        low, high = point["low_value"], point["high_value"]
        if high > low:
            yield {
                "kind": _INTERVAL,
                "year": point["year"],
                "value": None,
                "low": low,
                "high": high,
            }
    for row in best:
        low, high = row["low_value"], row["high_value"]
        ends = (low, high) if None not in (low, high) else (row["best_value"],) * 2
        if ends != (None, None):
            yield {
                "kind": _BEST,
                "year": row["year"],
                "value": row["best_value"],
                "low": ends[0],
                "high": ends[1],
            }
    for point in points:
        kind = _DISPUTED if point["is_in_conflict"] else _PRINTED
        yield {"kind": kind, "year": point["year"], "value": point["reported_value"]}


def _sized(mark: Row) -> Row:
    """A mark with its size: a scale of sizes would run through those between them."""
    return {**mark, "size": _MARKS[mark["kind"]][3]}


def _looks(seen: set[str]) -> Spec:
    """How each mark looks, and one legend of the kinds that the picture has."""
    kinds = [kind for kind in _MARKS if kind in seen]
    legend = {"title": None, "symbolSize": 120, "symbolStrokeWidth": 2, "labelLimit": 0}
    looks = {
        channel: {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": kinds, "range": [_MARKS[kind][place] for kind in kinds]},
            "legend": legend,
        }
        for place, channel in enumerate(("shape", "fill", "stroke"))
    }
    return looks | {"size": {"field": "size", "type": "quantitative", "scale": None}}


def _labels(points: Sequence[Row], years_count: int, side: object) -> Iterator[Row]:
    """Numbers above the highest point of a year or below the lowest of several, if they fit."""
    by_year: dict[int, list[int]] = {}
    for point in points:
        by_year.setdefault(point["year"], []).append(point["reported_value"])
    longest = max(len(f"{point['reported_value']:,}") for point in points)
    if longest * _LABEL_SIZE * 0.55 + _AROUND > _WIDTH / years_count:
        return
    for year, values in by_year.items():
        if side is max or len(values) > 1:
            value = max(values) if side is max else min(values)
            yield {"year": year, "value": value, "label": f"{value:,}"}
