"""Where a reader begins: the page of the latest night, and the index of all nights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from etl.publish import write_whole
from etl.report import page
from etl.report.text import moment

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

FIRST = "report.html"


def write(settings: Settings, night: Night, content: Mapping[str, Any]) -> None:
    """Writes the page of the night, the same as `latest.html`, and the index of nights."""
    told = page.told(settings, night, content)
    templates = page.templates(settings.raw)
    body = page.render(templates, told)
    reports = settings.warehouse / "reports"
    folder = reports / night.run_id
    beside = sorted(file.name for file in folder.iterdir() if file.name != FIRST)
    title = f"{told['sentence']} Night of {moment(night.started_at)}"
    framed = partial(page.framed, templates)

    def put(name: str, document: str) -> None:
        write_whole(settings, reports / name, document)

    put(f"{night.run_id}/{FIRST}", framed(body, title, home="../", files=beside))
    here = f"{night.run_id}/"
    put("latest.html", framed(body, title, home="", here=here, files=beside))
    nights = {path.parent.name for path in reports.glob(f"*/{FIRST}")}
    listed = page.render_index(templates, told, nights)
    put("index.html", framed(listed, "All nights", home=""))
