"""The report of a night: content first (`content`), then how a person or a machine reads it.

index      the page of the night, `latest.html`, the index of nights
page       what the page says, and the page; `text` writes values, `templates/` is its form
warehouse  what the night built, read-only; from it come
findings   those that matter first, with figures, pages, suspects and proof
changes    what changed since the last good night
lookup     what can be said of a number somebody types
tables     checks with their history, sources, versions
charts     pictures; `charts_blocks`, `charts_figures`, `charts_nights` say of what
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from etl.publish import write_whole
from etl.report import content, index

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings


def write(settings: Settings, night: Night) -> None:
    """Writes `report.json` and `report.html` into `reports/<run>/`, and what leads there."""
    folder = settings.warehouse / "reports" / night.run_id
    folder.mkdir(parents=True, exist_ok=True)
    told = content.of(settings, night)
    text = json.dumps(told, default=str, ensure_ascii=False, indent=1)
    write_whole(settings, folder / "report.json", text)
    index.write(settings, night, told)  # the last, since the page names the files beside it
