"""A warehouse whose nights are killed and starved at their system calls, and readers of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.two_pages import LEFT_ON_PURPOSE, REAL, pages, write
from etl.settings import ROOT

KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
# One thread, so that system calls come in one order; and the history of all trials is kept.
SETTINGS = ("--threads", "1", "--keep-runs", "100000")
SLOWEST = 600
LATER_PAGE = {"source_id": "later", "publisher": "P", "published_date": "2024-09-30"}
RESTATED = "laotiantimes-20240820.lao.persons_arrested_scam.20240812.sex.male"
FIGURES = f"""
    select
        max_by(reported_value, row_number) filter (file = 'figures/lao.csv'),
        max(reported_value) filter (figure_id = '{RESTATED}')
    from marts.fct_reported_figure
"""
# Opens the warehouse anew again and again until its input ends. What a connection has seen it
# sees to its end; what the next sees is never older.
READER = f"""
import sys, threading, duckdb
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
before, opened, pause = (0, 0), 0, float(sys.argv[2])

def seen(connection):
    value = connection.execute({FIGURES!r}).fetchone()[0]
    return value, connection.execute("select count(*) from audit.run").fetchone()[0]

while not (opened and ended.is_set()):
    with duckdb.connect(sys.argv[1], read_only=True, config={{"threads": 1}}) as connection:
        first = seen(connection)
        ended.wait(pause)
        assert seen(connection) == first, (first, seen(connection))
    assert first[0] >= before[0] and first[1] >= before[1], (before, first)
    before, opened = first, opened + 1
print(opened)
"""
READS_PER_SECOND = 4  # of all readers together, so that nights get on beside them


@dataclass(frozen=True)
class Fault:
    """What befalls a night: the n-th call of a system call, or a moment; a kill, or an error.

    strace counts the calls of each thread by themselves: the first thread to make its n-th is hit.
    """

    call: str
    nth: int
    error: str = ""
    after_seconds: float = 0.0

    def __str__(self) -> str:
        what = self.error or "kill"
        return f"{what} at {self.call} {self.nth or f'{self.after_seconds:.3f} s'}"


@dataclass(frozen=True)
class Seen:
    """What the published warehouse says: of the two figures that change, and of its runs."""

    figures: tuple[int, int]
    runs: dict[str, str]


class World:
    """A raw folder that changes, a warehouse folder, and nights on them.

    From night to night one figure gets another value; a file that restates another figure comes
    with every odd value and is gone with every even one. All other files, and what is made of them
    alone, the nights carry over.
    """

    def __init__(self, folder: Path) -> None:
        self.raw, self.warehouse = folder / "raw", folder / "warehouse"
        self.file = self.warehouse / "warehouse.duckdb"
        self._log, self._console = folder / "strace.log", folder / "console.log"
        shutil.copytree(REAL / "reference", self.raw / "reference")
        self._tables = pages()
        self.value = int(self._tables["figures/lao.csv"][-1]["value"])
        sources = self._tables["sources/sources.csv"]
        sources.append(dict.fromkeys(sources[0], "") | LATER_PAGE)
        for name, rows in self._tables.items():
            write(self.raw / name, rows)

    @property
    def expected(self) -> tuple[int, int]:
        """The two figures as the files have them now."""
        return self.value, 490 if self.value % 2 else 489

    def change(self) -> None:
        """Another number for one figure, and another restated, or no longer."""
        self.value += 1
        figures = self._tables["figures/lao.csv"]
        figures[-1]["value"] = str(self.value)
        write(self.raw / "figures/lao.csv", figures)
        if self.value % 2:
            (older,) = (row for row in figures if row["figure_id"] == RESTATED)
            rows = [older | {"source_id": "later", "value": "490"}]
            write(self.raw / "figures/later.csv", rows)
        else:
            (self.raw / "figures/later.csv").unlink(missing_ok=True)

    def run(self, fault: Fault | None = None) -> int:
        """One night; its exit code."""
        if fault is None or fault.after_seconds:
            return self._run(self._night(), kill_after=fault.after_seconds if fault else 0.0)
        what = f"error={fault.error}" if fault.error else "signal=SIGKILL"
        inject = f"inject={fault.call}:{what}:when={fault.nth}"
        return self._run(self._night(*self._strace(fault.call), "-e", inject))

    def _run(self, command: list[str], kill_after: float = 0.0) -> int:
        with (
            self._console.open("w") as said,
            subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said) as process,
        ):
            if kill_after:
                time.sleep(kill_after)
                process.kill()
            return process.wait(SLOWEST)

    def said(self) -> str:
        """What the last night told its console."""
        return self._console.read_text(errors="replace")

    def _night(self, *before: str) -> list[str]:
        places = ("--raw", str(self.raw), "--warehouse", str(self.warehouse))
        return [*before, sys.executable, "-m", "etl.run", *places, *SETTINGS]

    def _strace(self, calls: str) -> tuple[str, ...]:
        # not with --seccomp-bpf, under which nothing is injected
        return "strace", "-f", "-qq", "-o", str(self._log), "-e", f"trace={calls}"

    def count(self, calls: tuple[str, ...]) -> tuple[Counter[str], Counter[str]]:
        """How often a night that publishes makes each system call: in all, and in one thread."""
        self.change()
        if code := self._run(self._night(*self._strace(",".join(calls)))):
            raise RuntimeError(f"a night with nothing in its way ended with {code}")
        in_all, in_one_thread = Counter[str](), Counter[str]()
        for (_, call), number in self._calls().items():
            in_all[call] += number
            in_one_thread[call] = max(in_one_thread[call], number)
        return in_all, in_one_thread

    def reached(self, fault: Fault) -> bool:
        """Whether the last night came as far as the system call that its fault names."""
        return max(self._calls().values(), default=0) >= fault.nth

    def _calls(self) -> Counter[tuple[str, str]]:
        log = self._log.read_text(errors="replace")
        return Counter(re.findall(r"^(\d+) +(\w+)\(", log, re.MULTILINE))

    def published(self) -> Seen:
        """What a reader sees now."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            value, restated = connection.execute(FIGURES).fetchone() or (-1, -1)
            runs = connection.execute("select run_id, status from audit.run").fetchall()
        return Seen((int(value), int(restated)), dict(runs))

    def sha256(self) -> str:
        """Of the published file."""
        with self.file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def died(self) -> str | None:
        """The run that was killed, as far as it had time to say who it is."""
        with suppress(OSError, ValueError, KeyError):
            return str(json.loads((self.warehouse / ".holder.json").read_text())["run_id"])
        return None

    def has_note(self, run_id: str) -> bool:
        """Whether a run is noted for the next warehouse to tell of."""
        return (self.warehouse / "runs" / f"{run_id}.json").exists()

    def left(self) -> list[str]:
        """Files that nobody should have left behind."""
        names = (str(path.relative_to(self.warehouse)) for path in self.warehouse.rglob("*"))
        return sorted(name for name in names if not LEFT_ON_PURPOSE.fullmatch(name))


@contextmanager
def readers(world: World, number: int) -> Iterator[list[str]]:
    """So many processes that read all the while; afterwards what each of them said at its end."""
    pause, pipe = str(number / READS_PER_SECOND), subprocess.PIPE
    command = [sys.executable, "-c", READER, str(world.file), pause]
    started = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        for _ in range(number)
    ]
    said: list[str] = []
    yield said
    said += [reader.communicate(timeout=SLOWEST)[0].strip() for reader in started]
