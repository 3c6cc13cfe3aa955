"""Pictures of the nights: what changed since yesterday, findings and held rows over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etl.report.charts import BAD, GOOD, SHADES, SOFT, Picture, Row, Spec, drawn

MOST_NIGHTS = 30
_STATES = {"new": BAD, "persisting": SHADES[3]}


def changes(
    groups: Sequence[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]]
) -> list[Picture]:
    """Findings come and gone since the last good night, by kind; none where nothing did."""
    if not any(run["status"] == "published" for run in runs[:-1]):
        return []
    counts = [
        {"group": group["title"], "state": state, "count": count, "signed": sign * count}
        for group in groups
        for state, sign in (("new", 1), ("resolved", -1))
        if (count := sum(found["state"] == state for found in group["findings"]))
    ]
    if not counts:
        return []
    new, resolved = (
        sum(row["count"] for row in counts if row["state"] == state)
        for state in ("new", "resolved")
    )
    text = "; ".join(f"{row['group']}: {row['count']:,} {row['state']}" for row in counts)
    title = f"Since the last good night: {resolved:,} findings resolved, {new:,} new"
    return [drawn("changes", title, text, _changes(counts))]


def _changes(counts: Sequence[Row]) -> Spec:
    names = [row["group"] for row in counts]
    y = {"field": "group", "type": "nominal", "title": None, "sort": names}
    x = {"field": "signed", "type": "quantitative", "axis": None}
    colour = {
        "field": "state",
        "type": "nominal",
        "scale": {"domain": ["resolved", "new"], "range": [GOOD, BAD]},
        "legend": None,
    }
    label = {"calculate": "format(datum.count, ',') + ' ' + datum.state", "as": "label"}
    bars: Spec = {"mark": {"type": "bar", "height": 14}, "encoding": {"color": colour}}
    sides = [
        {
            "transform": [{"filter": f"datum.signed {side} 0"}],
            "mark": {"type": "text", "align": align, "dx": shift},
            "encoding": {"text": {"field": "label"}},
        }
        for side, align, shift in ((">", "left", 5), ("<", "right", -5))
    ]
    return {
        "width": 360,
        "height": {"step": 26},
        "data": {"values": list(counts)},
        "transform": [label],
        "encoding": {"y": {**y, "axis": {"ticks": False, "domain": False}}, "x": x},
        "layer": [bars, *sides],
    }


def trend(runs: Sequence[Mapping[str, Any]]) -> list[Picture]:
    """Open findings and held rows over the last nights; none before the second."""
    shown = [run for run in runs if run["status"] in ("published", "refused")][-MOST_NIGHTS:]
    if len(shown) < 2:  # noqa: PLR2004
        return []
    nights = [_night(run) for run in shown]
    first, last = nights[0], nights[-1]
    title = (
        f"Open findings over {len(nights)} nights: {first['open']:,} on {first['day']},"
        f" {last['open']:,} on {last['day']}"
    )
    text = "; ".join(
        f"{night['day']}: {night['new']:,} new, {night['persisting']:,} persisting,"
        f" {night['held']:,} rows held"
        for night in nights
    )
    return [drawn("trend", title, text, _trend(nights))]


def _night(run: Mapping[str, Any]) -> Row:
    when = run["started_at"]
    new, persisting = run["findings_new"], run["findings_persisting"]
    return {
        "run_id": run["run_id"],
        "day": f"{when.day} {when:%b}",
        "new": new,
        "persisting": persisting,
        "open": new + persisting,
        "held": run["figures_held"],
    }


def _trend(nights: Sequence[Row]) -> Spec:
    """Two panels, one above the other, with the nights in common."""
    days = {night["run_id"]: night["day"] for night in nights}
    every = max(1, len(nights) // 8)
    marked = list(days)[::every]
    named = " : ".join(f"datum.value == {key!r} ? {day!r}" for key, day in days.items())
    x = {
        "field": "run_id",
        "type": "ordinal",
        "title": None,
        "axis": {"labelExpr": f"{named} : ''", "values": marked, "labelAngle": 0},
    }
    parts = [
        {"run_id": night["run_id"], "state": state, "count": night[state], "order": order}
        for night in nights
        for order, state in enumerate(_STATES)
    ]
    colour = {
        "field": "state",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(_STATES), "range": list(_STATES.values())},
    }
    whole = {"type": "quantitative", "axis": {"tickCount": 3, "format": ",d"}}
    return {
        "spacing": 12,
        "vconcat": [
            {
                "width": 560,
                "height": 130,
                "data": {"values": parts},
                "mark": {"type": "bar", "width": {"band": 0.7}},
                "encoding": {
                    "x": {**x, "axis": None},
                    "y": {**whole, "field": "count", "title": "open findings"},
                    "color": colour,
                    "order": {"field": "order"},
                },
            },
            {
                "width": 560,
                "height": 50,
                "data": {"values": list(nights)},
                "mark": {"type": "bar", "width": {"band": 0.7}, "color": SOFT},
                "encoding": {"x": x, "y": {**whole, "field": "held", "title": "rows held"}},
            },
        ],
    }
