"""Measure a night against a hand-written DuckDB script and its peers, and check what each found.

Each run is a fresh process that writes a fresh database; they take turns, so that whatever else the
machine does hits all. Seconds depend on the machine; the ratios are what to compare, and on a busy
machine those of processor time, which waits for nobody.
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
SCRIPT = "hand-written script"
# Most times the script's wall time that a cold night may take, up to each size.
GOALS = {1_000: 3.0, 1_000_000: 1.15, 10_000_000: 1.0}
MOST_TIMES_IMPORT = 2.0
MOST_OF_FULL_NIGHT = 0.25
KIBIBYTES_PER_MEGABYTE = 1e6 / 1024
# What must be found, exactly; `truth.json` has the same by the same names.
FOUND = {
    "quarantined_rows": "select distinct file, row_number from audit.quarantine",
    "subtotal_verdicts": "select source_id, year(period_start)::int, verdict"
    " from marts.fct_subtotal_check where verdict <> 'pass'",
    "conflicts": "select distinct measure, geography, year(period_start)::int"
    " from marts.fct_source_conflict where verdict not in ('agree', 'compatible')",
    "periods": "select distinct measure, geography, year(period_start)::int"
    " from marts.fct_period_check where verdict <> 'pass'",
    "claims": "select claim_id from marts.fct_claim_check where verdict <> 'pass'",
}
# These name the defect last, which is nothing that could be found.
NAMED = ("quarantined_rows", "subtotal_verdicts")


@dataclass(frozen=True)
class Measured:
    """What one process cost, and what it printed."""

    seconds: float
    processor_seconds: float
    peak_megabytes: float
    said: str = ""


@dataclass(frozen=True)
class Contestant:
    """Somebody who does the job: a command, and where its database lies then."""

    name: str
    command: tuple[str | Path, ...]
    database: Path


def measure(*command: str | Path) -> Measured:
    """Run a command in the project's folder; a failure ends the benchmark."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
        if process.returncode:
            told = " ".join(map(str, command))
            sys.exit(f"{told} ended with exit code {process.returncode}:\n{said[-3000:]}")
    # macOS counts bytes where Linux counts kibibytes.
    per_megabyte = 1e6 if sys.platform == "darwin" else KIBIBYTES_PER_MEGABYTE
    processor_seconds = usage.ru_utime + usage.ru_stime
    return Measured(seconds, processor_seconds, usage.ru_maxrss / per_megabyte, said)


def median(runs: list[Measured]) -> Measured:
    """The middle time, the middle processor time and the middle peak."""
    return Measured(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor_seconds for run in runs),
        statistics.median(run.peak_megabytes for run in runs),
    )


def differences(database: Path, truth: dict[str, Any]) -> list[str]:
    """Say where a database's findings are not exactly what was planted; empty when they are."""
    import duckdb

    told = []
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, sql in FOUND.items():
            found = set(connection.execute(sql).fetchall())
            items = [item if isinstance(item, list) else [item] for item in truth[name]]
            planted = {tuple(item[:-1] if name in NAMED else item) for item in items}
            told += [f"{name} missed: {item}" for item in planted - found]
            told += [f"{name} not planted: {item}" for item in found - planted]
    return told


def contestants(directory: Path, number: int, options: argparse.Namespace) -> list[Contestant]:
    """Who runs in one round, the script first and the night second."""
    raw, python = directory / "raw", Path(sys.executable)
    jobs = [(SCRIPT, python, "reference.py"), ("dbt-duckdb", options.dbt, "dbt_job.py")]
    jobs += [("pandas + pandera", options.pandas, "pandas_job.py")]
    found = []
    for name, interpreter, job in jobs:
        database = directory / f"{job.removesuffix('.py')}-{number}.duckdb"
        found.append(Contestant(name, (interpreter, HERE / job, raw, database), database))
    warehouse = directory / f"wh-{number}"
    night = Contestant("night, cold", (*night_of(raw, options), warehouse), warehouse)
    return [found[0], night, *(one for one in found[1:] if one.command[0])]


def night_of(raw: Path, options: argparse.Namespace) -> tuple[str | Path, ...]:
    """The command of a night, but for its warehouse."""
    limit = ("--memory-limit", options.memory_limit)
    return (sys.executable, "-m", "etl.run", "--raw", raw, *limit, "--profile", "--warehouse")


def show(name: str, ours: Measured, base: Measured, goal: float | None = None) -> bool:
    """Print a row, with its ratios to the base; True when the goal, if any, is reached."""
    ratio = ours.seconds / base.seconds
    of_processor = ours.processor_seconds / base.processor_seconds
    verdict = "reached" if goal and ratio <= goal else "NOT REACHED"
    said = f"  goal {goal:g}: {verdict}" if goal else ""
    print(
        f"{name:26}{ours.seconds:9.2f} s{ratio:8.2f}{ours.processor_seconds:9.2f} s"
        f"{of_processor:8.2f}{ours.peak_megabytes:9.0f} MB{said}",
        flush=True,
    )
    return goal is None or ratio <= goal


def parts_of_script(run: Measured) -> dict[str, float]:
    """Seconds of wall time that the script's parts took."""
    seconds: dict[str, float] = json.loads(run.said.splitlines()[-1])
    return seconds


def parts_of_night(warehouse: Path) -> dict[str, float]:
    """The same of a night's parts, those that the script has not under names of their own."""
    (file,) = warehouse.glob("reports/*/profile.json")
    profile = json.loads(file.read_text(encoding="utf-8"))
    seconds = {stage["name"]: stage["seconds"] for stage in profile["stages"]}
    checks = sum(model.get("checked_seconds", 0.0) for model in profile["models"])
    models = seconds.pop("model and check") - checks
    load = seconds.pop("load")
    return {"load": load, "models": models, "checks": checks, **seconds}


def show_parts(script: list[dict[str, float]], night: list[dict[str, float]]) -> None:
    """Print what each part of both took, so that none hides in the total."""
    for part in night[0]:
        ours = statistics.median(run[part] for run in night)
        theirs = statistics.median(run.get(part, 0.0) for run in script)
        ratio = f"{ours / theirs:8.2f}" if theirs else ""
        print(f"  {part:24}{ours:9.2f} s   the script's {theirs:9.2f} s{ratio}")


def show_findings(one: Contestant, truth: dict[str, Any]) -> bool:
    """Print how a database's findings differ from what was planted; True when they don't."""
    is_folder = one.database.is_dir()
    different = differences(one.database / "warehouse.duckdb" if is_folder else one.database, truth)
    planted = sum(len(truth[name]) for name in FOUND)
    if different:
        print(f"{one.name}: {len(different)} differences from the {planted:,} planted, such as")
        print(*(f"  {line}" for line in sorted(different)[:10]), sep="\n")
    else:
        print(f"{one.name}: exactly the {planted:,} planted")
    return not different


def compare_cold(
    directory: Path, truth: dict[str, Any], options: argparse.Namespace
) -> tuple[bool, Measured]:
    """Everybody in turn, each into nothing; whether all is well, and what the night cost."""
    runs: dict[str, list[Measured]] = {}
    for number in range(options.times):
        for one in contestants(directory, number, options):
            runs.setdefault(one.name, []).append(measure(*one.command))
    medians = {name: median(measured) for name, measured in runs.items()}
    goal = next((GOALS[size] for size in sorted(GOALS) if size >= options.figures), None)
    reached = [
        show(name, measured, medians[SCRIPT], goal if name == "night, cold" else None)
        for name, measured in medians.items()
    ]
    show_parts(
        [parts_of_script(run) for run in runs[SCRIPT]],
        [parts_of_night(directory / f"wh-{number}") for number in range(options.times)],
    )
    found = [show_findings(one, truth) for one in contestants(directory, 0, options)]
    return all(reached + found), medians["night, cold"]


def compare_later(directory: Path, options: argparse.Namespace, full: Measured) -> bool:
    """A night with nothing new, and one after a change in one file; True when both are quick."""
    night = (*night_of(directory / "raw", options), directory / "wh-0")
    bare, unchanged, changed = [], [], []
    for _ in range(options.times):
        bare.append(measure(sys.executable, "-c", "import duckdb"))
        unchanged.append(measure(*night))
    file = min((directory / "raw" / "figures").iterdir())
    for number in range(options.times):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        fields = lines[1].split(",")
        fields[8] = str(1000 + number)
        file.write_text("".join([lines[0], ",".join(fields), *lines[2:]]), encoding="utf-8")
        changed.append(measure(*night))
    show('python -c "import duckdb"', median(bare), median(bare))
    quick = show("night, nothing new", median(unchanged), median(bare), MOST_TIMES_IMPORT)
    show("night, cold", full, full)
    return show("night, one file changed", median(changed), full, MOST_OF_FULL_NIGHT) and quick


def main() -> None:
    """Run the benchmark; exit code 1 when a goal is not reached or a finding is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--figures", type=int, default=1000, metavar="N")
    parser.add_argument("--files", type=int, default=100, metavar="K", help="files of figures")
    parser.add_argument("--times", type=int, default=5, metavar="K", help="runs of each")
    parser.add_argument("--memory-limit", default="4GB", metavar="SIZE", help="of the night")
    peer = "Python with requirements-{}.txt, to run this peer too"
    parser.add_argument("--dbt", type=Path, metavar="PYTHON", help=peer.format("dbt"))
    parser.add_argument("--pandas", type=Path, metavar="PYTHON", help=peer.format("pandas"))
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a folder to make and leave there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = (options.keep or Path(scratch) / "benchmark").resolve()
        size = ("--figures", str(options.figures), "--files", str(options.files))
        measure(sys.executable, HERE / "generate.py", directory, *size)
        truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
        print(f"{truth['figures']:,} figures, medians of {options.times} runs each in turn")
        print(f"{'':26}{'wall':>11}{'ratio':>8}{'processor':>11}{'ratio':>8}{'peak':>12}")
        is_well, full = compare_cold(directory, truth, options)
        is_quick = compare_later(directory, options, full)
    sys.exit(0 if is_well and is_quick else 1)


if __name__ == "__main__":
    main()
