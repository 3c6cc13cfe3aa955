"""The picture of coverage: how many independent sources speak of each measure and year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.report.charts import INK, SHADES, Picture, Row, Spec, drawn, short

if TYPE_CHECKING:
    import duckdb

# Chosen before sources are told apart, which takes most of the time where figures are many.
_COVERAGE = """
    with
        chosen as (
            select measure, geography, count(*) as figures_count
            from fct_reported_figure
            group by measure, geography
            order by figures_count desc, measure, geography
            limit 18
        ),
        counted as (
            select
                figures.measure,
                figures.geography,
                chosen.figures_count,
                year(figures.period_end) as year,
                count(distinct sources.origin) as sources_count
            from fct_reported_figure as figures
            inner join
                chosen
                on figures.measure = chosen.measure
                and figures.geography = chosen.geography
            inner join dim_source as sources on figures.source_id = sources.source_id
            group by
                figures.measure,
                figures.geography,
                chosen.figures_count,
                year(figures.period_end)
        )
    select
        counted.measure,
        counted.geography,
        counted.year,
        counted.sources_count,
        measures.label as measure_label,
        geographies.label as geography_label
    from counted
    inner join dim_measure as measures on counted.measure = measures.measure
    inner join dim_geography as geographies on counted.geography = geographies.geography
    where counted.year > (select max(year(period_end)) - 20 from fct_reported_figure)
    order by counted.figures_count desc, counted.measure, counted.geography, counted.year
"""


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
