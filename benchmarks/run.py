"""Measure a night against a hand-written DuckDB script, and check what both found.

Each run is a fresh process that writes a fresh database; the two take turns, so that whatever else
the machine does hits both. Seconds depend on the machine; the ratios are what to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MOST_TIMES_REFERENCE = 5.0
MOST_TIMES_IMPORT = 2.0
KIBIBYTES_PER_MEGABYTE = 1e6 / 1024


@dataclass(frozen=True)
class Measured:
    """What one process cost."""

    seconds: float
    peak_megabytes: float


def measure(*arguments: str | Path) -> Measured:
    """Run Python with these arguments in the project's folder; a failure ends the benchmark."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=HERE.parent, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")[-3000:]
            command = " ".join(map(str, arguments))
            sys.exit(f"python {command} ended with exit code {process.returncode}:\n{said}")
    # macOS counts bytes where Linux counts kibibytes.
    per_megabyte = 1e6 if sys.platform == "darwin" else KIBIBYTES_PER_MEGABYTE
    return Measured(seconds, usage.ru_maxrss / per_megabyte)


def median(runs: list[Measured]) -> Measured:
    """The middle time and the middle peak."""
    return Measured(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.peak_megabytes for run in runs),
    )


def differences(database: Path, truth: dict[str, Any]) -> list[str]:
    """Say where a database's findings are not exactly what was planted; empty when they are."""
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select distinct file, row_number from audit.quarantine"
        ).fetchall()
        verdicts = connection.execute(
            "select source_id, cast(year(period_start) as integer), verdict"
            " from marts.fct_subtotal_check where verdict <> 'pass'"
        ).fetchall()
    planted_rows = {(file, row): defect for file, row, defect in truth["quarantined_rows"]}
    planted_verdicts = {
        (*group, verdict): defect for *group, verdict, defect in truth["subtotal_verdicts"]
    }
    return [
        *_compared("held row", set(rows), planted_rows),
        *_compared("subtotal verdict", set(verdicts), planted_verdicts),
    ]


def _compared(what: str, found: set[Any], planted: dict[Any, str]) -> list[str]:
    missed = [f"{what} missed: {item} ({planted[item]})" for item in planted.keys() - found]
    return missed + [f"{what} not planted: {item}" for item in found - planted.keys()]


def compare_cold(directory: Path, times: int) -> tuple[Measured, Measured]:
    """Run reference and night in turn, each into nothing; returns their medians."""
    raw = directory / "raw"
    reference, night = [], []
    for number in range(times):
        database, warehouse = directory / f"reference-{number}.duckdb", directory / f"wh-{number}"
        reference.append(measure(HERE / "reference.py", raw, database))
        night.append(measure("-m", "etl.run", "--raw", raw, "--warehouse", warehouse))
    return median(reference), median(night)


def compare_unchanged(directory: Path, times: int) -> tuple[Measured, Measured]:
    """Run a bare import and a night with nothing new in turn; returns their medians."""
    bare, night = [], []
    for _ in range(times):
        bare.append(measure("-c", "import duckdb"))
        night.append(
            measure("-m", "etl.run", "--raw", directory / "raw", "--warehouse", directory / "wh-0")
        )
    return median(bare), median(night)


def show_ratio(names: tuple[str, str], pair: tuple[Measured, Measured], limit: float) -> bool:
    """Print both, and the ratio of the second to the first; True when it is within the limit."""
    base, ours = pair
    ratio = ours.seconds / base.seconds
    kept = "within" if ratio <= limit else "ABOVE"
    print(f"{names[0]:34}{base.seconds:9.2f} s{base.peak_megabytes:9.0f} MB")
    print(
        f"{names[1]:34}{ours.seconds:9.2f} s{ours.peak_megabytes:9.0f} MB"
        f"{ratio:8.2f} times, {kept} the limit of {limit:g}"
    )
    return ratio <= limit


def show_findings(name: str, database: Path, truth: dict[str, Any]) -> bool:
    """Print how a database's findings differ from what was planted; True when they don't."""
    different = differences(database, truth)
    planted = len(truth["quarantined_rows"]) + len(truth["subtotal_verdicts"])
    if different:
        print(f"{name}: {len(different)} differences from the {planted} planted findings, such as")
        print(*(f"  {line}" for line in sorted(different)[:10]), sep="\n")
    else:
        print(f"{name}: exactly the {planted} planted findings")
    return not different


def benchmark(directory: Path, figures: int, times: int) -> bool:
    """Generate, measure, check, print; True when every limit and every finding holds."""
    measure(HERE / "generate.py", directory, "--figures", str(figures))
    truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
    print(f"{truth['figures']:,} figures, {times} runs each in turn, medians", flush=True)
    cold = show_ratio(
        ("hand-written script", "night, cold"), compare_cold(directory, times), MOST_TIMES_REFERENCE
    )
    unchanged = show_ratio(
        ('python -c "import duckdb"', "night, nothing new"),
        compare_unchanged(directory, times),
        MOST_TIMES_IMPORT,
    )
    found = [
        show_findings("hand-written script", directory / "reference-0.duckdb", truth),
        show_findings("night", directory / "wh-0" / "warehouse.duckdb", truth),
    ]
    return cold and unchanged and all(found)


def main() -> None:
    """Run the benchmark; exit code 1 when a limit is passed or a finding is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--figures", type=int, default=1000, metavar="N")
    parser.add_argument("--times", type=int, default=5, metavar="K", help="runs of each")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="a folder to make and leave behind"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.keep or Path(scratch) / "benchmark"
        held = benchmark(directory.resolve(), options.figures, options.times)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
