"""The report of a night: content first (`content`), then how a person or a machine reads it."""

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
