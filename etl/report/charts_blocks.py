"""The picture of breakdowns: parts against the total that their page states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.report.charts import BAD, INK, LINE, SHADES, Picture, Row, Spec, drawn, short, words

if TYPE_CHECKING:
    import duckdb

    from etl.report.names import Names

# What is drawn of a breakdown: its total and its parts, the largest first. Copies of one breakdown
# are one bar; one with parts that are subtracted cannot be laid end to end.
_BLOCKS = """
    with
        failed as (
            select
                min_by(breakdown_id, source_id) as breakdown_id,
                min_by(total_figure_id, source_id) as total_figure_id,
                list(distinct source_id order by source_id) as source_ids,
                measure,
                geography,
                period_start,
                period_end,
                dimension,
                reported_total,
                computed_total
            from fct_subtotal_check
            where verdict in ('fail', 'warn') and reported_total > 0
            group by
                measure,
                geography,
                period_start,
                period_end,
                dimension,
                reported_total,
                computed_total
        ),
        widest as (
            select failed.*
            from failed
            where
                not exists (
                    select 1
                    from int_breakdown_members as members
                    where
                        members.breakdown_id = failed.breakdown_id
                        and members.role = 'part'
                        and members.is_negative
                )
            order by abs(reported_total - computed_total) / reported_total desc, breakdown_id
            limit 8
        ),
        parts as (
            select
                members.breakdown_id,
                list(
                    struct_pack(
                        name := coalesce(nationalities.label, replace(members.category, '_', ' ')),
                        value := members.reported_value
                    ) order by members.reported_value desc, members.category
                ) as parts
            from int_breakdown_members as members
            left join
                dim_nationality as nationalities
                on members.category = nationalities.category
                and members.dimension in ('nationality', 'nationality_foreign', 'destination')
            where
                members.role = 'part'
                and members.breakdown_id in (select breakdown_id from widest)
            group by members.breakdown_id
        )
    select
        widest.*,
        parts.parts,
        qualifiers.label as words,
        measures.label as measure_label,
        geographies.label as geography_label,
        periods.label as period_label
    from widest
    inner join parts on widest.breakdown_id = parts.breakdown_id
    inner join fct_reported_figure as totals on widest.total_figure_id = totals.figure_id
    inner join stg_qualifiers as qualifiers on totals.value_qualifier = qualifiers.qualifier
    inner join dim_measure as measures on widest.measure = measures.measure
    inner join dim_geography as geographies on widest.geography = geographies.geography
    inner join
        dim_period as periods
        on widest.period_start = periods.period_start
        and widest.period_end = periods.period_end
    order by abs(reported_total - computed_total) / reported_total desc, widest.breakdown_id
"""
_WIDEST = 2.2  # of the stated total; what reaches further is cut off, its label says how far
_BLOCKS_WIDTH = 560
_PART_SIZE = 11
_PARTS = 5
_FILL: Spec = {"field": "fill", "type": "nominal", "scale": None}


def blocks(connection: duckdb.DuckDBPyConnection, names: Names) -> list[Picture]:
    """The breakdowns that fit their stated total least, a bar each; none where all fit."""
    widest = rows(connection, _BLOCKS)
    if not widest:
        return []
    names.learn(source for row in widest for source in row["source_ids"])
    found = [_named(row, names) for row in widest]
    text = ". ".join(f"{row['name']}: {_verdict(row)}" for row in found)
    title = "Parts against the total that their page states: the widest gaps"
    return [drawn("blocks", title, text, _blocks(found))]


def _named(row: Row, names: Names) -> Row:
    """The breakdown with its `name`: what is counted, and where it was printed."""
    stated = f"{row['words'] or ''}{row['reported_total']:,} {row['measure_label']}"
    where = f"{row['geography_label']}, {row['period_label']}"
    pages = "; ".join(dict.fromkeys(map(names.plainly, row["source_ids"])))
    return {**row, "name": f"{stated}, {where} ({short(pages, 48)})"}


def _verdict(row: Row) -> str:
    gap = row["computed_total"] - row["reported_total"]
    share = abs(gap) / row["reported_total"]
    said = f"{share:.0%}" if share >= 0.01 else "under 1%"  # noqa: PLR2004
    return f"{abs(gap):,} {'too many' if gap > 0 else 'missing'} ({said.replace('%', ' %')})"


def _blocks(found: Sequence[Row]) -> Spec:
    ends = [min(row["computed_total"] / row["reported_total"], _WIDEST) for row in found]
    widest = max(1, *ends)
    parts = [part for number, row in enumerate(found) for part in _parts(number, row, widest)]
    heads = [
        {
            "block": number,
            "name": short(row["name"], 110),
            "verdict": _verdict(row),
            "total": 1,
            "from": min(end, 1),
            "to": max(end, 1),
            "dash": [4, 3] if end < 1 else [1, 0],
        }
        for number, (row, end) in enumerate(zip(found, ends, strict=True))
    ]
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, widest]}}
    labelled = [part for part in parts if part["label"]]
    named = words("name", {"x": {"value": 0}}, align="left", dy=-12)
    judged = {"x": {**x, "field": "to"}, "color": {"value": BAD}}
    return {
        "width": _BLOCKS_WIDTH,
        "height": {"step": 54},
        "encoding": {"y": {"field": "block", "type": "ordinal", "axis": None}},
        "layer": [
            {"data": {"values": parts}, **_bar(x, "start", "end", {"fill": _FILL})},
            {"data": {"values": labelled}, **_inside(x)},
            {"data": {"values": heads}, "layer": [_gap(x), _tick(x), named, _beside(judged)]},
        ],
    }


def _bar(x: Spec, start: str, end: str, encoding: Spec, **mark: object) -> Spec:
    return {
        "mark": {"type": "bar", "height": 20, "yOffset": 9, "stroke": LINE, **mark},
        "encoding": {"x": {**x, "field": start}, "x2": {"field": end}, **encoding},
    }


def _gap(x: Spec) -> Spec:
    """The overshoot in a frame, the remainder in a dashed one."""
    dash = {"strokeDash": {"field": "dash", "type": "nominal", "scale": None}}
    return _bar(x, "from", "to", dash, stroke=BAD, strokeWidth=1.5, fill=None, fillOpacity=0)


def _tick(x: Spec) -> Spec:
    """Where the stated total lies."""
    mark = {"type": "tick", "thickness": 2.5, "size": 26, "yOffset": 9, "color": INK, "opacity": 1}
    return {"mark": mark, "encoding": {"x": {**x, "field": "total"}}}


def _inside(x: Spec) -> Spec:
    where = {"x": {**x, "field": "start"}}
    return words("label", where, align="left", dx=4, dy=9, fontSize=_PART_SIZE)


def _beside(where: Spec) -> Spec:
    return words("verdict", where, align="left", dx=6, dy=9, fontWeight="bold")


def _parts(number: int, row: Row, widest: float) -> list[Row]:
    """The parts of one bar in shares of the stated total: the largest, then the others as one."""
    total, parts = row["reported_total"], [part for part in row["parts"] if part["value"]]
    named = [(part["name"], part["value"]) for part in parts[:_PARTS]]
    if rest := parts[_PARTS:]:
        named.append((f"{len(rest)} more", sum(part["value"] for part in rest)))
    segments: list[Row] = []
    start = 0.0
    for position, (name, value) in enumerate(named):
        end = min(start + value / total, widest)
        label = f"{name} {value:,}"
        fits = len(label) * _PART_SIZE * 0.58 + 8 <= (end - start) / widest * _BLOCKS_WIDTH
        segments.append(
            {
                "block": number,
                "start": start,
                "end": end,
                "fill": SHADES[1 + position % 2],
                "label": label if fits else "",
            }
        )
        start = end
    return segments
