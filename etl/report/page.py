"""The report as one HTML page: offline, without scripts, every value escaped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jinja2

# More would make a page that no browser likes; the tables in the warehouse have all of them.
MOST_SHOWN = 500


def render(content: dict[str, Any]) -> str:
    """The page for what `content.of` returns."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("etl.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "moment": _moment, "seconds": _seconds}
    return environment.get_template("report.html.j2").render(content, most=MOST_SHOWN)


def _number(value: int) -> str:
    return f"{value:,}"


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value:%-d %B %Y, %H:%M} UTC"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"
