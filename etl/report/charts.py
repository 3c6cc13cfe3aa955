"""Pictures as static SVG: Vega-Lite, drawn by vl-convert while the page is made.

The specifications are plain dicts: importing altair to write the same dicts takes one second, half
of what a report may take. vl-convert escapes every text. Colours are few and fixed, so that the
page's style sheet can turn each into another one in the dark.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from etl.report.text import plain, plain_all

if TYPE_CHECKING:
    import duckdb

    from etl.report.names import Names

Spec = dict[str, Any]
Row = dict[str, Any]

# Known to the style sheet one by one; shapes and labels tell apart what grey would not.
INK, SOFT, LINE = "#1c1b19", "#5e5a52", "#dedad0"
BAD, GOOD = "#a3261b", "#1d6b3c"
SHADES = ("#eeebe3", "#d3dde6", "#a8c0d2", "#7ba2bd")
_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"  # one set of widths, here and there
_LONGEST = 60
_CONFIG = {
    "aria": False,  # the picture as a whole has its words
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "domainColor": LINE,
        "tickColor": LINE,
        "gridColor": LINE,
        "labelLimit": 0,  # `short` cuts them; to measure them all takes a quarter of the drawing
    },
    "text": {"color": INK, "fontSize": 12},
    "legend": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
    },
}


@dataclass(frozen=True)
class Picture:
    """A drawing with the words that say what it shows.

    Attributes:
        name: identifies it on the page.
        title: what it shows.
        text: the same in words, for whoever cannot see it.
        svg: the drawing.
    """

    name: str
    title: str
    text: str
    svg: str


def drawn(name: str, title: str, text: str, spec: Mapping[str, Any]) -> Picture:
    """Draws one Vega-Lite specification."""
    import vl_convert

    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "padding": 2,
        **spec,
    }
    svg = vl_convert.vegalite_to_svg(json.dumps(plain_all(whole), default=str))
    return Picture(name, title, text, svg)


def short(text: str, longest: int = _LONGEST) -> str:
    """A text that fits beside a bar."""
    visible = plain(text).replace("\n", " ")
    return visible if len(visible) <= longest else f"{visible[: longest - 1]}…"


def words(text: str, encoding: Spec, **mark: object) -> Spec:
    """A layer that writes a field."""
    return {
        "mark": {"type": "text", **mark},
        "encoding": {"text": {"field": text}, **encoding},
    }


def pictures(
    connection: duckdb.DuckDBPyConnection | None,
    names: Names,
    runs: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
) -> list[Picture]:
    """Every picture that the night has something to show in.

    Args:
        connection: the night's warehouse, if it built one.
        names: what its pages are called.
        runs: the nights up to this one, as rows of `audit.run`.
        groups: tonight's findings, as `content.of` groups them.
    """
    from etl.report import charts_blocks, charts_coverage, charts_nights, charts_years

    of_figures: tuple[Callable[[duckdb.DuckDBPyConnection], list[Picture]], ...] = (
        partial(charts_blocks.blocks, names=names),
        charts_years.years,
        charts_coverage.coverage,
    )
    found = [picture for draw in of_figures if connection for picture in draw(connection)]
    return [*charts_nights.changes(groups, runs), *charts_nights.trend(runs), *found]
