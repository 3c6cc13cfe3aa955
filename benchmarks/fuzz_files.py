"""Read thousands of damaged files: no exception, no lost row, no changed good row.

    python benchmarks/fuzz_files.py                      # 10,000 files, seed 20261123
    python benchmarks/fuzz_files.py --files 500 --seed 1 --suffix .xls

Each file comes from a seed of its own, which is printed where a promise is broken:
`--files 1 --seed THAT` makes the same file again. A file that kills the process (a library that
aborts) cannot be caught in it, so each lot of files is read in a process of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.hostile.damaging import SUFFIXES, broken_promises, damaged, read

LOT = 250


def main() -> int:
    """Read the files, say what was found, and fail where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--suffix", choices=SUFFIXES, action="append")
    given = parser.parse_args()
    suffixes = tuple(given.suffix or SUFFIXES)
    started = time.perf_counter()
    seeds = range(given.seed, given.seed + given.files)
    counts: Counter[tuple[str, str]] = Counter()
    broken: list[str] = []
    for start in range(0, given.files, LOT):
        lot_counts, lot_broken = _apart(seeds[start : start + LOT], suffixes)
        counts += lot_counts
        broken += lot_broken
    _tell(counts, broken, suffixes)
    print(f"{given.files:,} files from seed {given.seed}, {time.perf_counter() - started:.0f} s")
    return bool(broken)


def _apart(seeds: range, suffixes: tuple[str, ...]) -> tuple[Counter[tuple[str, str]], list[str]]:
    try:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(_read_lot, seeds, suffixes).result()
    except BrokenProcessPool:
        if len(seeds) == 1:
            return Counter(), [f"seed {seeds[0]}: the process died"]
    half = len(seeds) // 2
    first, second = _apart(seeds[:half], suffixes), _apart(seeds[half:], suffixes)
    return first[0] + second[0], first[1] + second[1]


def _read_lot(
    seeds: range, suffixes: tuple[str, ...]
) -> tuple[Counter[tuple[str, str]], list[str]]:
    counts: Counter[tuple[str, str]] = Counter()
    broken = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            one = damaged(Random(seed), suffixes[seed % len(suffixes)])
            try:
                outcome, rows, rejected = read(Path(folder), one)
            except Exception as error:  # noqa: BLE001 - that there is none is what is tested
                broken.append(f"seed {seed}, {one.suffix}: {type(error).__name__}: {error}")
                continue
            counts[one.suffix, outcome.status] += 1
            told = broken_promises(one, outcome, rows, rejected)
            broken += [f"seed {seed}, {one.suffix}: {promise}" for promise in told]
    return counts, broken


def _tell(counts: Counter[tuple[str, str]], broken: list[str], suffixes: tuple[str, ...]) -> None:
    statuses = ("loaded", "loaded_in_part", "refused")
    print(f"{'format':<12}" + "".join(f"{status:>16}" for status in statuses))
    for suffix in suffixes:
        print(f"{suffix:<12}" + "".join(f"{counts[suffix, one]:>16,}" for one in statuses))
    print(f"{len(broken)} broken promises")
    for line in broken[:50]:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
