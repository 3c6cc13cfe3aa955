"""Measure what reconciling costs: many small blocks, one great component, one dense table.

    python -m benchmarks.reconcile_speed      # prints; exit code 1 where a goal is missed

Seconds are those of the processor, so that other work on the machine counts less.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.reconcile_blocks import KINDS, Slipped, block, problem, slipped
from etl.reconcile.diagnose import Context, Explanation, diagnose
from etl.reconcile.model import Cell, Problem, Statement, figure
from etl.reconcile.solver import Solver

BLOCKS, ONE_IN, LEAST = 10_000, 10, 50  # blocks, of which one has a slip; statements of each
FIGURES, SLIPS, DENSE = 2_000, 20, 44  # of the great component; rows and columns of the dense table
WARM_UP = 1_000  # blocks after which memory should not grow
GROWTH = 10.0  # megabytes
SECONDS = {"blocks": 10.0, "component": 5.0}
ROWS, COLUMNS = 6, 5  # of a table in the great component

Job = tuple[Problem, dict[str, Context]]
Found = tuple[float, int, list[Explanation]]


def jobs(rng: random.Random, many: int) -> Iterator[Job]:
    """Blocks of about 60 statements, one in ten with a slip."""
    drawn = 0
    while drawn < many:
        one = block(rng)
        wrong = slipped(one, KINDS[drawn // ONE_IN % len(KINDS)], rng)
        if len(one.printed) + len(one.others) >= LEAST and wrong is not None:
            yield _job(wrong) if drawn % ONE_IN == 0 else (problem(one, one.printed), {})
            drawn += 1


def _job(wrong: Slipped) -> Job:
    return wrong.problem, wrong.contexts


def many_blocks() -> tuple[float, float]:
    """Seconds for all blocks, and by how many megabytes memory grew after the first."""
    rng, solver = random.Random(3), Solver()  # a simulation, no secret
    seconds, memory = 0.0, 0.0
    for done, (one, contexts) in enumerate(jobs(rng, BLOCKS)):
        begun = time.process_time()
        diagnose(one, contexts, solver=solver)
        seconds += time.process_time() - begun
        if done == WARM_UP:
            memory = _megabytes()
    return seconds, _megabytes() - memory


def crossed(name: str, rows: int, columns: int, rng: random.Random) -> Iterator[tuple[str, int]]:
    """The cells of a table with its sums, and their values."""
    table = [[rng.randrange(1000) for _ in range(columns)] for _ in range(rows)]
    for row, values in enumerate(table):
        yield from ((f"{name} {row} {column}", value) for column, value in enumerate(values))
        yield f"{name} {row}", sum(values)
    yield from ((f"{name} | {n}", sum(row[n] for row in table)) for n in range(columns))
    yield name, sum(map(sum, table))


def sums(name: str, rows: int, columns: int) -> Iterator[Statement]:
    """What adds up in such a table."""
    for row in range(rows):
        yield _adds_up(f"{name} {row}", [f"{name} {row} {column}" for column in range(columns)])
    for column in range(columns):
        yield _adds_up(f"{name} | {column}", [f"{name} {row} {column}" for row in range(rows)])
    yield _adds_up(name, [f"{name} {row}" for row in range(rows)])
    yield _adds_up(name, [f"{name} | {column}" for column in range(columns)], " too")


def component(tables: int, rows: int, columns: int, slips: int) -> tuple[Problem, set[str]]:
    """Tables that add up to one sum, with so many slips; and the figures that are wrong."""
    rng = random.Random(4)  # a simulation, no secret
    names = [f"table{n}" for n in range(tables)]
    values = {cell: value for name in names for cell, value in crossed(name, rows, columns, rng)}
    rules = [rule for name in names for rule in sums(name, rows, columns)]
    values["all"] = sum(values[name] for name in names)
    rules.append(_adds_up("all", names))
    wrong = set(rng.sample(sorted(values), slips))
    printed = {
        cell: value + rng.choice([9, 33, 90]) * (cell in wrong) for cell, value in values.items()
    }
    figures = [figure(cell, value, 4.0) for cell, value in printed.items()]
    return Problem(tuple(map(Cell, values)), (*rules, *figures)), wrong


def great_component() -> Found:
    """Seconds, how many of the slips are named by an alternative, and what was found."""
    per_table = ROWS * COLUMNS + ROWS + COLUMNS + 1
    one, wrong = component(FIGURES // per_table, ROWS, COLUMNS, SLIPS)
    return _found(one, wrong)


def dense_table() -> Found:
    """The same for one table in which everything crosses everything."""
    return _found(*component(1, DENSE, DENSE, SLIPS))


def _found(one: Problem, wrong: set[str]) -> Found:
    begun = time.process_time()
    told = list(diagnose(one, {}))
    seconds = time.process_time() - begun
    named = {
        suspect.statement
        for some in told
        for alternative in some.alternatives
        for suspect in alternative.suspects
    }
    return seconds, len(wrong & named), told


def _adds_up(total: str, parts: list[str], more: str = "") -> Statement:
    terms = ((total, 1), *((part, -1) for part in parts))
    return Statement(f"sum {total}{more}", terms, 0, 0, weight=6.0)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print(name: str, work: Callable[[], Found]) -> tuple[float, int]:
    seconds, found, told = work()
    statuses = ", ".join(sorted({f"{one.status} {one.reason}".strip() for one in told}))
    print(f"{name}: {seconds:.1f} s, {found} of {SLIPS} slips named; {statuses}")
    return seconds, found


def main() -> int:
    """Measure and print."""
    seconds, grown = many_blocks()
    print(
        f"{BLOCKS:,} blocks, one in {ONE_IN} with a slip: {seconds:.1f} s, memory {grown:+.1f} MB"
    )
    great, found = _print(f"one component of {FIGURES:,} figures", great_component)
    _print(f"one dense table, {DENSE} x {DENSE}", dense_table)
    is_fast = seconds <= SECONDS["blocks"] and great <= SECONDS["component"]
    return 0 if is_fast and found == SLIPS and grown <= GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
