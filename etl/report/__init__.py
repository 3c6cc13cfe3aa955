"""The report of a night: content first (`content`), then how a person or a machine reads it.

index      the page of the night, `latest.html`, the index of nights
page       what the page says, and the page; `text` writes values, `templates/` is its form
warehouse  what the night built, read-only; from it come
findings   those that matter first, with figures, pages, suspects and proof
changes    what changed since the last good night
names      pages of sources by publisher and day, where a message has their ids
lookup     what can be said of a number somebody types
tables     checks with their history, sources, versions
charts     pictures; `charts_blocks`, `_years`, `_coverage`, `_nights` say of what
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.report import content, index, machine

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings


def write(settings: Settings, night: Night) -> None:
    """Writes the page and every format for machines into `reports/<run>/`, and what leads there."""
    folder = settings.warehouse / "reports" / night.run_id
    folder.mkdir(parents=True, exist_ok=True)
    machine.write(settings, night, folder)
    index.write(settings, night, content.of(settings, night))  # last: it names the files beside it
