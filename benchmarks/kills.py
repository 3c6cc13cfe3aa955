"""Kill and starve nights at their system calls, one after the other, and check every promise.

A first night is counted with strace; then each trial changes a figure, runs a night that is killed
or gets an error at a numbered system call (or is killed at a random moment), looks at what it left,
and lets the next night heal it. Needs strace; everything random comes from the seed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("laotiantimes-20240820", "asianewsit-2019")
FILES = ("figures/lao.csv", "figures/khm.csv", "sources/sources.csv", "claims/claims.csv")
RARE = ("mkdir", "rename", "link", "unlink", "fsync", "flock", "fcntl")
OFTEN = ("write", "pwrite64", "fdatasync")
ERRORS = ("ENOSPC", "EIO", "EACCES")
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
LEFT_ON_PURPOSE = re.compile(
    r"warehouse\.duckdb|state\.json|\.lock|history|history/\d[^/]+Z-[^/.]+\.duckdb|runs"
    r"|runs/\d[^/]+Z-[^/]+\.json|metrics|metrics/(run|warehouse)\.prom|reports|reports/[^/]+"
    r"|reports/[^/]+/(report\.(html|json)|finding(s|_figures)\.(csv|parquet)|findings\.sarif"
    r"|junit\.xml|openlineage\.ndjson|summary\.md)"
)
# One thread, so that system calls come in one order; and the history of all trials is kept.
SETTINGS = ("--threads", "1", "--keep-runs", "100000")
SLOWEST = 120
FIGURE = """
    select reported_value from marts.fct_reported_figure where file like '%lao.csv'
    order by row_number desc limit 1
"""
# Opens the warehouse anew again and again until its input ends; nothing may ever go back.
READER = f"""
import sys, threading, duckdb
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
before, opened = (0, 0), 0
while not ended.wait(0.5):
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        value = connection.execute({FIGURE!r}).fetchone()[0]
        runs = connection.execute("select count(*) from audit.run").fetchone()[0]
    assert value >= before[0] and runs >= before[1], (before, value, runs)
    before, opened = (value, runs), opened + 1
print(opened)
"""


@dataclass(frozen=True)
class Fault:
    """What befalls a night: the n-th call of a system call, or a moment; a kill, or an error."""

    call: str
    nth: int
    error: str = ""
    after_seconds: float = 0.0

    def __str__(self) -> str:
        what = self.error or "kill"
        return f"{what} at {self.call} {self.nth or f'{self.after_seconds:.3f} s'}"


class Broken(Exception):
    """A promise that was not kept."""


class World:
    """A raw folder whose one figure changes, a warehouse folder, and nights on them."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.warehouse = folder / "raw", folder / "warehouse"
        self.file, self.value = self.warehouse / "warehouse.duckdb", 0
        self._log = folder / "strace.log"
        shutil.copytree(ROOT / "data/raw/reference", self.raw / "reference")
        self._tables = {name: _rows(ROOT / "data/raw" / name) for name in FILES}
        for name in FILES:
            self._write(name)

    def change(self) -> None:
        """Another number for one figure, so that the night has work to do."""
        self.value += 1
        self._tables["figures/lao.csv"][-1]["value"] = str(self.value)
        self._write("figures/lao.csv")

    def _write(self, name: str) -> None:
        rows, file = self._tables[name], self.raw / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def night(self, *before: str) -> list[str]:
        """The command of a night."""
        places = ("--raw", str(self.raw), "--warehouse", str(self.warehouse))
        return [*before, sys.executable, "-m", "etl.run", *places, *SETTINGS]

    def run(self, fault: Fault | None = None) -> int:
        """One night; its exit code."""
        if fault is None:
            return _run(self.night())
        if fault.after_seconds:
            return _run(self.night(), kill_after=fault.after_seconds)
        what = f"error={fault.error}" if fault.error else "signal=SIGKILL"
        inject = f"inject={fault.call}:{what}:when={fault.nth}"
        return _run(self.night(*self._strace(fault.call), "-e", inject))

    def count(self) -> Counter[str]:
        """How often a night that publishes makes each system call."""
        self.change()
        if code := _run(self.night(*self._strace(",".join(RARE + OFTEN)))):
            raise Broken(f"a night with nothing in its way ended with {code}")
        calls = re.findall(r"^\d+ +(\w+)\(", self._log.read_text(errors="replace"), re.MULTILINE)
        return Counter(calls)

    def _strace(self, calls: str) -> tuple[str, ...]:
        return (  # not with --seccomp-bpf, under which nothing is injected
            "strace",
            "-f",
            "-qq",
            "-o",
            str(self._log),
            "-e",
            f"trace={calls}",
        )

    def published(self) -> tuple[int, dict[str, str]]:
        """The figure as published, and the status of every run that the warehouse knows of."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            value = connection.execute(FIGURE).fetchone()
            runs = connection.execute("select run_id, status from audit.run").fetchall()
        return (int(value[0]) if value else -1), dict(runs)

    def died(self) -> str | None:
        """The run that was killed, as far as it had time to say who it is."""
        with suppress(OSError, ValueError, KeyError):
            return str(json.loads((self.warehouse / ".holder.json").read_text())["run_id"])
        return None

    def left(self) -> list[str]:
        """Files that nobody should have left behind."""
        names = (str(path.relative_to(self.warehouse)) for path in self.warehouse.rglob("*"))
        return sorted(name for name in names if not LEFT_ON_PURPOSE.fullmatch(name))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["source_id"] in PAGES]


def _run(command: list[str], kill_after: float = 0.0) -> int:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as process:
        if kill_after:
            time.sleep(kill_after)
            process.kill()
        return process.wait(SLOWEST)


def trial(world: World, fault: Fault) -> str:
    """One night with a fault and one to heal it; what came of the first.

    Raises:
        Broken: a promise was not kept.
    """
    before, (value, known) = _sha256(world.file), world.published()
    world.change()
    code = world.run(fault)
    _check_after(world, fault, code, is_as_before=_sha256(world.file) == before, value=value)
    died = world.died()
    if world.run() != 0:
        raise Broken("the next night did not heal it")
    value, healed = world.published()
    for kept, promise in (
        (value == world.value, "the next night published what the files say"),
        (known.keys() <= healed.keys(), "no earlier run is forgotten"),
        (died is None or died in healed or _noted(world, died), "the dead run is on record"),
        (not world.left(), f"nothing is left behind: {world.left()}"),
        ((world.warehouse / "state.json").exists(), "the state is known"),
    ):
        if not kept:
            raise Broken(f"not kept: {promise}")
    return {0: "published", 2: "broke"}.get(code, "killed")


def _noted(world: World, run_id: str) -> bool:
    return (world.warehouse / "runs" / f"{run_id}.json").exists()


def _check_after(world: World, fault: Fault, code: int, *, is_as_before: bool, value: int) -> None:
    """What must hold right after the night with the fault."""
    now, _ = world.published()
    may_be_over = (0,) if fault.after_seconds else ()  # a moment can come too late, a call cannot
    expected = (0, 2) if fault.error else (*may_be_over, *KILLED)
    if code not in expected:
        raise Broken(f"exit code {code}")
    if code == 0 and now != world.value:
        raise Broken("exit code 0, and the figure is not published")
    if now != (value if is_as_before else world.value):
        raise Broken(f"the figure is {now}, was {value}, should become {world.value}")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def faults(counts: Counter[str], kills: int, errors: int, chance: random.Random) -> list[Fault]:
    """Kills at every rare call and as many random moments, the rest at writes; errors likewise."""
    rare = [(call, nth + 1) for call in RARE for nth in range(counts[call])]
    often = [(call, nth + 1) for call in OFTEN for nth in range(counts[call])]
    moments = [Fault("moment", 0, after_seconds=chance.uniform(0.02, 1.5)) for _ in rare]
    chosen = [*(Fault(*place) for place in rare), *moments]
    chosen = chance.sample(chosen, min(kills, len(chosen)))
    chosen += [Fault(*place) for place in chance.choices(often, k=kills - len(chosen))]
    places = chance.choices([*rare, *rare, *often], k=errors)
    return chosen + [Fault(*place, error=chance.choice(ERRORS)) for place in places]


@contextmanager
def readers(world: World, number: int) -> Iterator[list[str]]:
    """So many processes that read all the while; afterwards what each of them said at its end."""
    command = [sys.executable, "-c", READER, str(world.file)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        for _ in range(number)
    ]
    said: list[str] = []
    yield said
    said += [reader.communicate(timeout=SLOWEST)[0].strip() for reader in started]


def run_trials(world: World, trials: list[Fault]) -> tuple[Counter[str], int]:
    """What came of the trials, and how many promises were broken."""
    came, broken = Counter[str](), 0
    for number, fault in enumerate(trials, 1):
        try:
            came[f"{'error' if fault.error else 'kill'}: {trial(world, fault)}"] += 1
        except (Broken, duckdb.Error, subprocess.TimeoutExpired) as error:
            broken += 1
            print(f"BROKEN after {fault}: {error}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(trials)}, {broken} broken promises", flush=True)
    return came, broken


def main() -> None:
    """Runs the trials that the command line asks for; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="nights to kill (%(default)s)")
    parser.add_argument("--errors", type=int, default=60, help="nights to starve (%(default)s)")
    parser.add_argument("--readers", type=int, default=0, help="that read meanwhile (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with (%(default)s)")
    asked = parser.parse_args()
    if not shutil.which("strace"):
        sys.exit("strace is needed, to kill a night at a numbered system call; install it")
    started, chance = time.perf_counter(), random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        if world.run() != 0:
            sys.exit("the first night failed; try `python -m etl.run`")
        counts = world.count()
        print("system calls of a night:", ", ".join(f"{n} {call}" for call, n in counts.items()))
        with readers(world, asked.readers) as said:
            came, broken = run_trials(world, faults(counts, asked.kills, asked.errors, chance))
    for what, number in sorted(came.items()):
        print(f"{number:6} {what}")
    failed = [text for text in said if not text.isdecimal()]
    for text in failed:
        print(f"BROKEN for a reader: {text}")
    opened = sum(int(text) for text in said if text.isdecimal())
    print(f"{len(said)} readers opened the warehouse {opened} times")
    print(f"seed {asked.seed}, {time.perf_counter() - started:.0f} s,", end=" ")
    print(f"{broken + len(failed)} broken promises")
    sys.exit(bool(broken or failed))


if __name__ == "__main__":
    main()
