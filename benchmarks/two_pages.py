"""Two pages of `data/raw`, of which a night takes no long; and what a night leaves behind."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from etl.settings import ROOT

REAL = ROOT / "data" / "raw"
# 771 arrests that add up by sex and by nationality, and 341 of whom 926 are said to be Thais.
PAGES = ("laotiantimes-20240820", "asianewsit-2019")
FILES = ("figures/lao.csv", "figures/khm.csv", "sources/sources.csv", "claims/claims.csv")
# What a night leaves in the folder of the warehouse; anything else is litter.
LEFT_ON_PURPOSE = re.compile(
    r"warehouse\.duckdb|state\.json|\.lock|history|history/\d[^/]+Z-[^/.]+\.duckdb|runs"
    r"|runs/\d[^/]+Z-[^/]+\.json|metrics|metrics/(run|warehouse)\.prom|reports|reports/[^/]+"
    r"|reports/[^/]+/(report\.(html|json)|finding(s|_figures)\.(csv|parquet)|findings\.sarif"
    r"|junit\.xml|openlineage\.ndjson|summary\.md)"
)

Row = dict[str, str]


def pages() -> dict[str, list[Row]]:
    """The rows of the two pages, by file."""
    return {name: [row for row in read(REAL / name) if row["source_id"] in PAGES] for name in FILES}


def read(file: Path) -> list[Row]:
    """The rows of a CSV."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def write(file: Path, rows: Sequence[Row]) -> None:
    """Writes a CSV, in a folder that may not be there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
