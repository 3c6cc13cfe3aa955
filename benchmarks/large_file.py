"""Load one file of several gigabytes: every row there, every figure as written, memory bounded.

    python -m benchmarks.large_file --gigabytes 4.5

Its rows have notes of a kilobyte, so that it passes 4 GiB (and any count kept in 32 bits) with few
of them; they are quoted, so it is not the engine's own reader but the careful one that reads.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import duckdb

from etl.extract import DatasetSpec, survey
from etl.extract.load import load

NOTE = 1_000
SPECS = {"figures": DatasetSpec(("id", "value"), ("note",))}
LOADED_AT = datetime(2026, 11, 23, 2, 0)  # noqa: DTZ001 - a TIMESTAMP has no zone
MOST_MEMORY = 2_500_000_000  # bytes


def write(file: Path, rows: int) -> None:
    """A header and so many rows, each with a note in quotes that ends in its number."""
    file.parent.mkdir(parents=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write("id,value,note\r\n")
        for number in range(rows):
            stream.write(f'id{number},{number},"{"x" * NOTE},{number}"\r\n')


def main() -> int:
    """Writes the file, loads it, and says what was found; 1 where anything is not as written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=4.5)
    rows = int(parser.parse_args().gigabytes * 1e9 / NOTE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "raw" / "figures" / "large.csv", rows)
        with duckdb.connect(str(folder / "large.duckdb"), config={"memory_limit": "1GB"}) as to:
            (outcome,) = load(to, survey(folder / "raw"), SPECS, LOADED_AT)
            found = to.execute(
                "select count(*), count(distinct value), bool_and(id = 'id' || value"
                " and row_number = value::bigint + 2 and length(note) = ? + 1 + length(value)"
                " and ends_with(note, ',' || value)) from raw.figures",
                [NOTE],
            ).fetchone()
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss * 1024  # Linux counts kibibytes
    print(f"{outcome.size:,} bytes, {outcome.status}, {outcome.rows_in_file:,} rows in the file,")
    print(f"{outcome.rows_loaded:,} loaded; found again: {found}")
    print(
        f"{used.ru_utime + used.ru_stime:.0f} processor s, at most {peak / 1e6:,.0f} MB of memory"
    )
    return found != (rows, rows, True) or outcome.rows_loaded != rows or peak > MOST_MEMORY


if __name__ == "__main__":
    sys.exit(main())
