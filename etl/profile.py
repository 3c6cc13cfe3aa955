"""Where the time of a night went: `profile.json`, beside its report."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING

import duckdb

from etl.publish import write_whole

if TYPE_CHECKING:
    from etl.night import Night
    from etl.settings import Settings

_STEPS = ("seconds", "made_seconds", "checked_seconds", "held_seconds")


def write(settings: Settings, night: Night) -> None:
    """Writes the seconds of every stage and table, slowest first, and the peak of memory.

    A table's `seconds` are those of making it, of counting its checks and of holding rows back; of
    one that was carried over there is only their sum.
    """
    slowest = sorted(night.models, key=lambda model: -model["seconds"])
    # macOS counts bytes where Linux counts kibibytes.
    unit = 1 if sys.platform == "darwin" else 1024
    told = {
        "run_id": night.run_id,
        "engine": f"duckdb {duckdb.__version__}",
        "cores": os.cpu_count(),
        "threads": settings.threads or os.cpu_count(),
        "memory_limit": settings.memory_limit,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "stages": [vars(stage) for stage in night.stages],
        "models": [
            {
                "model": model["model"],
                "rows_count": model["rows_count"],
                "is_carried": model["is_carried"],
                **{step: round(model[step], 4) for step in _STEPS if step in model},
            }
            for model in slowest
        ],
    }
    folder = settings.warehouse / "reports" / night.run_id
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(settings, folder / "profile.json", json.dumps(told, indent=1))
