"""The report of a night: content first (`content`), then how a person or a machine reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.publish import write_whole
from etl.report import content, machine, page

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings


def write(settings: Settings, night: Night) -> None:
    """Writes the page and every format for machines into `reports/<run>/`."""
    folder = settings.warehouse / "reports" / night.run_id
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(settings, folder / "report.html", page.render(content.of(settings, night)))
    machine.write(settings, night, folder)
