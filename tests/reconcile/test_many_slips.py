import random

import pytest

from etl.reconcile.limits import Limits
from etl.reconcile.localize import localize
from etl.reconcile.model import Cell, Number, Problem, Statement, figure
from etl.reconcile.solver import Solver

ROWS, COLUMNS = 6, 5


def table(name: str, rng: random.Random) -> tuple[list[Statement], dict[str, Number]]:
    values: dict[str, Number] = {
        f"{name} {row} {column}": rng.randrange(1000)
        for row in range(ROWS)
        for column in range(COLUMNS)
    }
    sums = {f"{name} {row}": [f"{name} {row} {n}" for n in range(COLUMNS)] for row in range(ROWS)}
    sums |= {f"{name} | {n}": [f"{name} {row} {n}" for row in range(ROWS)] for n in range(COLUMNS)}
    sums[name] = [f"{name} {row}" for row in range(ROWS)]
    for total, parts in sums.items():
        values[total] = sum(values[part] for part in parts)
    sums[f"{name} "] = [f"{name} | {n}" for n in range(COLUMNS)]
    return [adds_up(total.strip(), parts, total) for total, parts in sums.items()], values


def adds_up(total: str, parts: list[str], name: str) -> Statement:
    terms = (*((part, 1) for part in parts), (total, -1))
    return Statement(f"sum {name}", terms, 0, 0, weight=5)


def tables(many: int, slips: int, seed: int) -> tuple[Problem, set[str]]:
    rng = random.Random(seed)  # an example, no secret
    statements: list[Statement] = []
    values: dict[str, Number] = {}
    for n in range(many):
        more, theirs = table(f"table{n}", rng)
        statements += more
        values |= theirs
    values["all"] = sum(values[f"table{n}"] for n in range(many))
    statements.append(adds_up("all", [f"table{n}" for n in range(many)], "all"))
    wrong = set(rng.sample(sorted(values), slips))
    printed = {
        name: value + rng.choice([9, 33, 90]) * (name in wrong) for name, value in values.items()
    }
    figures = [figure(name, value) for name, value in printed.items()]
    return Problem(tuple(map(Cell, values)), (*statements, *figures)), wrong


def test_twenty_slips_in_one_component_of_2000_figures_are_found() -> None:
    problem, wrong = tables(47, 20, seed=4)
    diagnosis = localize(problem)
    named = {
        name for cluster in diagnosis.clusters for tie in cluster.ties for name in tie.statements
    }
    assert diagnosis.status == "localized"
    assert wrong <= named


@pytest.mark.parametrize("seed", range(20))
def test_one_slip_in_one_of_two_tables_is_among_the_cheapest(seed: int) -> None:
    problem, wrong = tables(2, 1, seed)
    diagnosis = localize(problem, Limits(), Solver())
    assert any(wrong <= set(tie.statements) for tie in diagnosis.clusters[0].ties)


def test_two_runs_answer_the_same() -> None:
    problem, _ = tables(4, 5, seed=1)
    solver = Solver()
    assert localize(problem) == localize(problem, solver=solver) == localize(problem, None, solver)
