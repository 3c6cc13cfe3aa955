"""Pictures of the nights: what changed since yesterday, findings and held rows over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etl.report.charts import BAD, GOOD, SHADES, SOFT, Picture, Row, Spec, drawn

MOST_NIGHTS = 30
_MOST_MARKED = 6
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
    y = {"field": "group", "type": "nominal", "title": None, "sort": None}
    signed = [row["signed"] for row in counts]
    low, high = min(0, *signed), max(0, *signed)
    room = (high - low) * 0.4  # for the words beside the bars
    domain = [low - room * (low < 0), high + room * (high > 0)]
    x = {"field": "signed", "type": "quantitative", "axis": None, "scale": {"domain": domain}}
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
        "encoding": {
            "y": {**y, "axis": {"ticks": False, "domain": False, "labelPadding": 6}},
            "x": x,
        },
        "layer": [bars, *sides],
    }


def trend(runs: Sequence[Mapping[str, Any]]) -> list[Picture]:
    """Open findings and held rows over the last nights; none before the second."""
    shown = [run for run in runs if run["status"] in ("published", "refused")][-MOST_NIGHTS:]
    if len(shown) < 2:  # noqa: PLR2004
        return []
    days = [f"{run['started_at'].day} {run['started_at']:%b}" for run in shown]
    is_daily = len(set(days)) == len(days)
    nights = [
        _night(run, day if is_daily else f"{day} {run['started_at']:%H:%M}")
        for run, day in zip(shown, days, strict=True)
    ]
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


def _night(run: Mapping[str, Any], day: str) -> Row:
    new, persisting = run["findings_new"], run["findings_persisting"]
    return {
        "run_id": run["run_id"],
        "day": day,
        "new": new,
        "persisting": persisting,
        "open": new + persisting,
        "held": run["figures_held"],
    }


def _trend(nights: Sequence[Row]) -> Spec:
    """One panel for findings, and one below it for rows held where there are any."""
    days = {night["run_id"]: night["day"] for night in nights}
    named = " : ".join(f"datum.value == {key!r} ? {day!r}" for key, day in days.items())
    marked = list(days)[:: len(days) // _MOST_MARKED + 1]
    axis = {"labelExpr": f"{named} : ''", "values": marked, "labelAngle": 0}
    x = {"field": "run_id", "type": "ordinal", "title": None}
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
    held = [_panel(50, nights, {"x": {**x, "axis": axis}, **_count("held", "rows held")})]
    if not any(night["held"] for night in nights):
        held = []
    encoding = {
        "x": {**x, "axis": None if held else axis},
        **_count("count", "open findings"),
        "color": colour,
        "order": {"field": "order"},
    }
    return {"spacing": 12, "vconcat": [_panel(130, parts, encoding), *held]}


def _panel(height: int, values: Sequence[Row], encoding: Spec) -> Spec:
    mark = {"type": "bar", "width": {"band": 0.7}, "color": SOFT}
    nights = len({value["run_id"] for value in values})
    return {
        "width": min(560, 90 * nights),
        "height": height,
        "data": {"values": list(values)},
        "mark": mark,
        "encoding": encoding,
    }


def _count(field: str, title: str) -> Spec:
    axis = {"tickCount": 3, "format": ",d"}
    return {"y": {"field": field, "type": "quantitative", "title": title, "axis": axis}}
