"""Kill and starve nights at their system calls, one after the other, and check every promise.

A first night is counted with strace; then each trial changes the files, runs a night that is killed
or gets an error at a numbered system call (or is killed at a random moment), looks at what it left,
and lets the next night heal it. Only nights that died count as killed: the threads of two nights
share their work differently, so the n-th call of one may never come in the other. Needs strace;
everything random comes from the seed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import duckdb

from benchmarks.kills_world import KILLED, Fault, Seen, World, readers

RARE = ("mkdir", "rename", "link", "unlink", "fsync", "flock", "fcntl")
OFTEN = ("write", "pwrite64", "fdatasync")
ERRORS = ("ENOSPC", "EIO", "EACCES")
MOMENTS = 40


class Broken(Exception):
    """A promise that was not kept."""


def trial(world: World, fault: Fault) -> str:
    """One night with a fault and one to heal it; what came of the first.

    Raises:
        Broken: a promise was not kept.
    """
    bytes_before, before = world.sha256(), world.published()
    world.change()
    code = world.run(fault)
    came = _came(world, fault, code)
    now, died = world.published().figures, world.died()
    if code == 0 and now != world.expected:
        raise Broken("exit code 0, and the figures are not published")
    if now != (before.figures if world.sha256() == bytes_before else world.expected):
        raise Broken(f"published are {now}, were {before.figures}, should be {world.expected}")
    if world.run() != 0:
        raise Broken("the next night did not heal it")
    _check_healed(world, before, died)
    return came


def _came(world: World, fault: Fault, code: int) -> str:
    """What came of a night, by its exit code."""
    if fault.after_seconds and code == 0:  # a moment can come too late
        return "was over"
    if not fault.after_seconds and code == 0 and not world.reached(fault):
        return "never got there"
    if code not in ((0, 2) if fault.error else KILLED):
        raise Broken(f"exit code {code}")
    return {0: "published all the same", 2: "broke"}.get(code, "died")


def _check_healed(world: World, before: Seen, died: str | None) -> None:
    healed = world.published()
    for kept, promise in (
        (healed.figures == world.expected, "the next night published what the files say"),
        (before.runs.keys() <= healed.runs.keys(), "no earlier run is forgotten"),
        (died is None or died in healed.runs or world.has_note(died), "the dead run is on record"),
        (not world.left(), f"nothing is left behind: {world.left()}"),
        ((world.warehouse / "state.json").exists(), "the state is known"),
    ):
        if not kept:
            raise Broken(f"not kept: {promise}")


def kills(counts: Counter[str], length: float, chance: random.Random) -> Iterator[Fault]:
    """Without end: at every rare call and as many moments as asked for, then at random writes."""
    rare = [Fault(*place) for place in _places(RARE, counts)]
    moments = [
        Fault("moment", 0, after_seconds=chance.uniform(0.02, length)) for _ in range(MOMENTS)
    ]
    often = [Fault(*place) for place in _places(OFTEN, counts)]
    first = [*rare, *moments]
    return chain(chance.sample(first, len(first)), iter(lambda: chance.choice(often), None))


def errors(counts: Counter[str], chance: random.Random) -> Iterator[Fault]:
    """Without end: errors at random calls, rare ones twice as likely."""
    places = [*_places(RARE, counts) * 2, *_places(OFTEN, counts)]
    while True:
        yield Fault(*chance.choice(places), error=chance.choice(ERRORS))


def _places(calls: tuple[str, ...], counts: Counter[str]) -> list[tuple[str, int]]:
    return [(call, nth + 1) for call in calls for nth in range(counts[call])]


def run_trials(
    world: World, faults: Iterator[Fault], wanted: int, counted: tuple[str, ...]
) -> tuple[Counter[str], int]:
    """Trials until so many nights met their fault; what came of all, and promises broken."""
    came, broken = Counter[str](), 0
    while sum(came[what] for what in counted) < wanted:
        fault = next(faults)
        try:
            came[trial(world, fault)] += 1
        except (Broken, duckdb.Error, subprocess.TimeoutExpired) as error:
            broken += 1
            print(f"BROKEN after {fault}: {error}", flush=True)
        if (number := broken + came.total()) % 20 == 0:
            print(f"{number} trials, {broken} broken promises", flush=True)
    return came, broken


def main() -> None:
    """Runs the trials that the command line asks for; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="nights to kill (%(default)s)")
    parser.add_argument("--errors", type=int, default=60, help="nights to starve (%(default)s)")
    parser.add_argument("--readers", type=int, default=50, help="that read meanwhile (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with (%(default)s)")
    asked = parser.parse_args()
    if not shutil.which("strace"):
        sys.exit("strace is needed, to kill a night at a numbered system call; install it")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        if world.run() != 0:
            sys.exit("the first night failed; try `python -m etl.run`")
        with readers(world, asked.readers) as said:
            broken = _run_all(world, asked.kills, asked.errors, random.Random(asked.seed))
    _finish(asked.seed, time.perf_counter() - started, broken, said)


def _run_all(world: World, killed: int, starved: int, chance: random.Random) -> int:
    in_all, counts = world.count(RARE + OFTEN)
    print("system calls of a night:", ", ".join(f"{n} {call}" for call, n in in_all.items()))
    length, all_broken = _seconds_of_a_night(world), 0
    for name, faults, wanted, counted in (
        ("kill", kills(counts, length, chance), killed, ("died",)),
        ("error", errors(counts, chance), starved, ("broke", "published all the same")),
    ):
        came, broken = run_trials(world, faults, wanted, counted)
        all_broken += broken
        for what, number in sorted(came.items()):
            print(f"{number:6} {name}: {what}", flush=True)
    return all_broken


def _seconds_of_a_night(world: World) -> float:
    world.change()
    started = time.perf_counter()
    world.run()
    return time.perf_counter() - started


def _finish(seed: int, seconds: float, broken: int, said: list[str]) -> None:
    failed = [text for text in said if not text.isdecimal()]
    for text in failed:
        print(f"BROKEN for a reader: {text}")
    opened = sum(int(text) for text in said if text.isdecimal())
    print(f"{len(said)} readers opened the warehouse {opened:,} times")
    print(f"seed {seed}, {seconds:.0f} s, {broken + len(failed)} broken promises")
    sys.exit(bool(broken or failed))


if __name__ == "__main__":
    main()
