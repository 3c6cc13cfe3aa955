"""Nights on a full disk, with room for 0, 1, 2 … blocks or files more, until one completes.

The warehouse folder is a tmpfs in a mount namespace of its own, so that every write is refused for
real, the engine's too. Each night is healed by the next, which has room; see `kills.trial`. Needs
Linux, and root or `unshare --map-root-user`.
"""

from __future__ import annotations

import argparse
import errno
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.kills import Broken, trial
from benchmarks.kills_world import Fault, World

PAGE = 4096  # bytes; what a tmpfs gives at a time
ENGINE_BLOCK = 64  # pages; what DuckDB writes at a time
FIRST = 16  # pages tried one by one, before the engine writes
ENOUGH = {"size": f"{512 << 20}", "nr_inodes": "100000"}
IN_NAMESPACE = "FULL_DISK_IN_NAMESPACE"
MODULE = "benchmarks.full_disk"
COMPLETED = "never got there, tonight's in place"  # no write was refused
FULL = os.strerror(errno.ENOSPC)


class SmallDisk(World):
    """A world whose warehouse folder is a disk of its own; a fault is that it has little room."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.warehouse.mkdir()
        _mount(self.warehouse, "-t", "tmpfs", "none", **ENOUGH)
        self.reports = 0
        self.was_published = False

    def run(self, fault: Fault | None = None) -> int:
        """One night with room for only so many pages or files as the fault says; its exit code."""
        if fault is None:
            return super().run()
        before = {*self.warehouse.glob("reports/*/report.json")}
        used = os.statvfs(self.warehouse)
        pages, files = used.f_blocks - used.f_bfree, used.f_files - used.f_ffree
        room = {"size": (pages + fault.nth) * PAGE, "nr_inodes": files + fault.nth}
        _mount(self.warehouse, "-o", "remount", **{fault.call: str(room[fault.call])})
        try:
            code = super().run()
        finally:
            _mount(self.warehouse, "-o", "remount", **ENOUGH)
        if code and FULL not in (said := self.said()):
            raise Broken(f"the console does not say that the disk is full: {said}")
        self.reports += bool({*self.warehouse.glob("reports/*/report.json")} - before)
        self.was_published = self.published().figures == self.expected
        return code

    def reached(self, _: Fault) -> bool:
        """A night that completes is the last one: no write was refused."""
        return False


def _mount(folder: Path, *options: str, **limits: str) -> None:
    limited = ",".join(f"{name}={value}" for name, value in limits.items())
    command = ["mount", *options, "-o", limited, str(folder)]
    subprocess.run(command, check=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A world on a disk of its own, unmounted at the end."""
    world = SmallDisk(folder)
    try:
        yield world
    finally:
        command = ["umount", str(world.warehouse)]
        subprocess.run(command, check=True)


def fill(world: SmallDisk, what: str, fine: int) -> int:
    """Nights with more and more room, until one completes; prints what came of them.

    Files: one by one. Pages: one by one at first, then as the engine writes them, and so many at
    a time as `fine` says from where the warehouse is in place.

    Returns:
        How many promises were broken.
    """
    came, broken, room, step = Counter[str](), 0, 0, 1
    while not came[COMPLETED]:
        try:
            outcome = trial(world, Fault(what, room, error="ENOSPC"))
        except (Broken, duckdb.Error, subprocess.TimeoutExpired) as error:
            outcome, broken = "promise broken", broken + 1
            print(f"BROKEN with room for {room} ({what}): {error}", flush=True)
        if step == ENGINE_BLOCK and world.was_published:  # too far: back, and on in small steps
            room, step = room - step + fine, fine
            continue
        came[f"{outcome}, tonight's in place" if world.was_published else outcome] += 1
        step = ENGINE_BLOCK if what == "size" and room == FIRST else step
        room += step
    for outcome, number in sorted(came.items()):
        print(f"{number:6} {what}: {outcome}", flush=True)
    print(f"       {what}: the last had room for {room - step}", flush=True)
    return broken


def main() -> None:
    """Fills the disk by pages and by files; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fine", type=int, default=4, help="pages at a time, after the engine")
    asked = parser.parse_args()
    if IN_NAMESPACE not in os.environ:
        inside = ["unshare", "--mount", "--map-root-user", sys.executable, "-m", MODULE]
        sys.exit(subprocess.call([*inside, *sys.argv[1:]], env=os.environ | {IN_NAMESPACE: "1"}))
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)) as world:
        if world.run() != 0:
            sys.exit("the first night failed; try `python -m etl.run`")
        broken = sum(fill(world, what, asked.fine) for what in ("nr_inodes", "size"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(f"{world.reports} reports, {seconds:.0f} processor seconds, {broken} broken promises")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
