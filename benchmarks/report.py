"""Measure what the report costs on top of a night of many figures with many findings.

    python -m benchmarks.report                                   # the sample
    python -m benchmarks.report --figures 10000000 --findings 100000

The warehouse is that of a night on `data/raw`, its rows repeated under other identifiers and in
other countries until there are enough: a night of that size takes long, and the report reads only
what it left. A copy stands for the warehouse of the night before. Exit code 1 where a goal is
missed.
"""

from __future__ import annotations

import argparse
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from etl import report
from etl.engine.duckdb import SCHEMAS, STORAGE_VERSION, number, read_only, rows
from etl.night import CORROBORATION, Night, Status
from etl.settings import ROOT, Settings

MOST_SECONDS = {1_000_000: 2.0, sys.maxsize: 30.0}  # of the processor, by figures at most
MOST_PAGE_BYTES = 10_000_000
# Tables with a row or more for each figure, and what they rest on; the others stay as they are.
GROWN = ("fct_", "dim_source", "dim_geography", "int_breakdown_members", "int_statement")
OF_FINDINGS = ("finding", "finding_figure", "finding_proof")
NEEDED = ("audit", "marts", "intermediate")
RENAMED = ("geography", "publisher", "origin", "subject")  # besides what ends with `_id`
KIBIBYTES = 1024


def grow(small: Path, big: Path, figures: int, findings: int) -> None:
    """Writes a warehouse like another one, with at least so many figures and findings."""
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '4GB'")
        connection.execute(f"attach '{small}' as small (read_only)")
        connection.execute(f"attach '{big}' as big (storage_version '{STORAGE_VERSION}')")
        for schema in SCHEMAS:
            connection.execute(f"create schema big.{schema}")
        times = {
            "fct_reported_figure": _times(connection, "marts.fct_reported_figure", figures),
            "finding": _times(connection, "audit.finding", findings),
        }
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'small'"
        ).fetchall():
            if schema in NEEDED or table == "stg_qualifiers":
                is_grown = table.startswith(GROWN)
                of = "finding" if table in OF_FINDINGS else "fct_reported_figure"
                copies = times[of] if is_grown or table in OF_FINDINGS else 1
                _copy(connection, f"{schema}.{table}", copies)


def _times(connection: duckdb.DuckDBPyConnection, table: str, wanted: int) -> int:
    return math.ceil(wanted / number(connection, f"select count(*) from small.{table}"))


def _copy(connection: duckdb.DuckDBPyConnection, table: str, times: int) -> None:
    """A table, its rows so many times; the first time under the names they have."""
    names = [row[0] for row in connection.execute(f"describe small.{table}").fetchall()]
    listed = ", ".join(
        f"{name} || suffix as {name}" if name.endswith("_id") or name in RENAMED else name
        for name in names
        if name != "run_id"
    )
    listed += ", run_id" if "run_id" in names else ""
    connection.execute(
        f"create table big.{table} as"
        f" select {listed if times > 1 else '* exclude (suffix)'} from small.{table},"
        f" (select if(range = 0, '', '-' || range) as suffix from range({times}))"
    )


def night_of(settings: Settings) -> Night:
    """The record of a night that has just published that warehouse, with nothing left out."""
    with read_only(settings.file) as connection:
        last = rows(connection, "from audit.run order by run_id desc limit 1")[0]
        night = Night.begin(after=last["run_id"])
        night.previous_run_id = last["run_id"]
        night.figures_read = night.figures_published = number(
            connection, "select count(*) from marts.fct_reported_figure"
        )
        night.checks = rows(connection, "from audit.check_result")
        night.inputs = rows(connection, "from audit.input_file")
        night.models = rows(connection, "from audit.model_run")
        parts: dict[str, dict[str, list[Any]]] = {}
        for stem in OF_FINDINGS[1:]:
            for row in rows(connection, f"from audit.{stem}"):
                parts.setdefault(stem, {}).setdefault(row.pop("finding_id"), []).append(row)
        night.findings = [
            {
                **row,
                "figures": parts["finding_figure"].get(row["finding_id"], []),
                "proof": parts["finding_proof"].get(row["finding_id"], []),
            }
            for row in rows(connection, "from audit.finding")
        ]
    night.corroboration = dict.fromkeys(CORROBORATION, night.figures_read // len(CORROBORATION))
    night.end(Status.PUBLISHED)
    return night


def measure(folder: Path, memory_limit: str) -> int:
    """Writes the report of the warehouse in a folder, says what that cost, and judges it."""
    settings = Settings(warehouse=folder, memory_limit=memory_limit)
    night = night_of(settings)
    history = folder / "history"
    history.mkdir(exist_ok=True)
    shutil.copyfile(settings.file, history / f"{night.previous_run_id}.duckdb")
    before = _megabytes()
    processor, wall = _timed(lambda: report.write(settings, night))
    files = (file for file in (folder / "reports").rglob("*") if file.is_file())
    written = {file.name: file.stat().st_size for file in files}
    most = next(most for size, most in MOST_SECONDS.items() if night.figures_read <= size)
    print(f"{night.figures_read:,} figures, {len(night.findings):,} findings")
    print(f"{processor:.1f} s of the processor (at most {most:.0f}), {wall:.1f} s")
    print(f"{_megabytes():,.0f} MB at most, {before:,.0f} MB of it the night's own findings")
    for name, size in sorted(written.items()):
        print(f"{name:24} {size / 1e6:8.2f} MB")
    return int(processor > most or written["latest.html"] > MOST_PAGE_BYTES)


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    processor, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - wall


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES


def main() -> None:
    """Prepares the warehouse, then measures in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--figures", type=int, default=1)
    parser.add_argument("--findings", type=int, default=1)
    parser.add_argument("--memory-limit", default=Settings().memory_limit, help="of the night")
    parser.add_argument("--keep", type=Path, help="a folder for the warehouse, used again")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.measure:
        sys.exit(measure(told.measure, told.memory_limit))
    with tempfile.TemporaryDirectory() as scratch:
        folder = told.keep or Path(scratch) / "big"
        if not (folder / "warehouse.duckdb").exists():
            folder.mkdir(parents=True, exist_ok=True)
            night = [sys.executable, "-m", "etl.run", "--warehouse", f"{scratch}/small"]
            subprocess.run(night, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            small = Path(scratch) / "small" / "warehouse.duckdb"
            grow(small, folder / "warehouse.duckdb", told.figures, told.findings)
        command = [sys.executable, "-m", "benchmarks.report", "--measure", str(folder)]
        command += ["--memory-limit", told.memory_limit]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
