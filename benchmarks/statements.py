"""Time the statements and verdicts of many figures against loading the same CSV files.

Blocks of 5 to 15 figures: one total, its parts, last year's total, and one claim of how it changed.
Every thousandth block has a part that is 7 too many and a claim that is 1 off, so that both must be
found exactly. Loading (verbatim text into schema raw) and stating (from typed figures to verdicts)
happen in one process, one after the other, under one memory limit.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import perf_counter

import duckdb

from etl import publish
from etl.build import Build
from etl.night import Night
from etl.plan import Plan, prepare
from etl.settings import ROOT, Settings

MOST_TIMES_LOAD = 2.0
WRONG_EVERY = 1000
# What comes before typed figures is loading's business, not that of statements.
GIVEN = frozenset({"int_figures_bounded", "int_corrections_matched"})
BLOCKS = """
create table block as
select
    block,
    printf('src-%08d', block) as source_id,
    $measures[1 + (block % len($measures))::int] as measure,
    $geographies[1 + ((block // len($measures)) % len($geographies))::int] as geography,
    1900 + (block // (len($measures) * len($geographies))) % 120 as year,
    3 + block % 11 as parts,
    block % $wrong_every = 0 as is_wrong,
    50 + hash(block) % 900 as last_total
from range($blocks) as numbers(block);

create table part as
select
    block.*,
    part,
    $nationalities[part]::varchar as category,
    10 + hash(block, part) % 500 as value
from block, range(1, 14) as numbers(part)
where part <= parts;

create table total as
select block.*, sums.value
from block
inner join (select block, sum(value) as value from part group by block) as sums
    on block.block = sums.block;

create view figure as
select
    source_id || '.t' as figure_id, source_id, measure, geography, year,
    'total' as dimension, 'TOTAL' as category, value, 'yes' as breakdown_complete
from total
union all
select source_id || '.l', source_id, measure, geography, year - 1,
    'total', 'TOTAL', last_total, 'unknown'
from total
union all
select source_id || '.p' || part, source_id, measure, geography, year,
    'nationality', category, value + if(is_wrong and part = 1, 7, 0), 'yes'
from part;
"""
FILES = {
    "figures/figures.csv": """
        select figure_id, source_id, measure, geography, year || '-01-01' as period_start,
            year || '-12-31' as period_end, dimension, category, value,
            'exact' as value_qualifier, breakdown_complete, null as note
        from figure""",
    "sources/sources.csv": """
        select source_id, source_id as publisher, null as title, null as url,
            null as published_date, null as original_publisher, 'en' as language
        from block""",
    "claims/claims.csv": """
        select source_id || '.c01' as claim_id, source_id, 'absolute_change' as kind,
            source_id || '.t' as subject_figure_id, source_id || '.l' as comparator_figure_ids,
            'eq' as operator, value::bigint - last_total::bigint + if(is_wrong, 1, 0)
            as stated_number, null as note
        from total""",
}


def write(raw: Path, figures: int) -> int:
    """Writes the input; returns how many blocks have their part and their claim wrong."""
    blocks = max(1, figures // 10)
    with duckdb.connect() as connection:
        measures = connection.execute(
            "select measure from read_csv(?) where kind = 'flow' order by measure",
            [str(ROOT / "data/raw/reference/measures.csv")],
        ).fetchall()
        parameters = {
            "blocks": blocks,
            "wrong_every": WRONG_EVERY,
            "measures": [measure for (measure,) in measures],
            "geographies": ["KHM", "VNM", "THA", "LAO", "IDN", "KOR", "IND", "USA", "FRA", "DEU"],
            "nationalities": [
                *("CHN", "VNM", "THA", "LAO", "IDN", "KOR", "IND", "USA"),
                *("FRA", "DEU", "JPN", "PHL", "MYS"),
            ],
        }
        for statement in BLOCKS.split(";"):
            if statement.strip():
                named = {name for name in parameters if f"${name}" in statement}
                connection.execute(statement, {name: parameters[name] for name in named})
        for name, select in FILES.items():
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy ({select}) to '{raw / name}' (header, delimiter ',')")
    reference = raw / "reference"
    reference.mkdir()
    for file in (ROOT / "data/raw/reference").glob("*.csv"):
        (reference / file.name).write_bytes(file.read_bytes())
    return (blocks + WRONG_EVERY - 1) // WRONG_EVERY


def measure(folder: Path, memory_limit: str) -> tuple[float, float, dict[str, float], list[int]]:
    """Seconds to load, seconds to state, seconds by table, and the failures found."""
    settings = Settings(raw=folder / "raw", warehouse=folder / "wh", memory_limit=memory_limit)
    settings.warehouse.mkdir()
    night = Night.begin()
    plan = prepare(settings.models)
    build = Build(settings, plan, night, publish.building(settings, night))
    files = publish.input_files(settings)
    started = perf_counter()
    build.load(files, lambda _: None)
    loading = perf_counter() - started
    by_table: dict[str, float] = {}
    for table in plan.models:
        if not table.is_late and (table.schema != "marts" or table.stem.startswith("dim_")):
            started = perf_counter()
            build.connection.execute(table.statement)
            if table.holds:
                held = f'"{table.stem}__held"'
                build.connection.execute(
                    f"create temp table {held} as from {table.name} where false"
                )
            by_table[table.stem] = perf_counter() - started
    failed = build.connection.execute(
        "select count(*) filter (where check_name = 'subtotals_sum_to_total'),"
        " count(*) filter (where check_name = 'claims_match_figures'), count(*)"
        " from int_statements where verdict <> 'pass'"
    ).fetchone()
    build.abandon()
    stating = sum(by_table[stem] for stem in _behind(plan, "int_statements"))
    return loading, stating, by_table, list(failed or ())


def _behind(plan: Plan, stem: str) -> set[str]:
    """The intermediate tables that one is made of, and itself."""
    parents = {table.stem: table.parents for table in plan.models}
    found, waiting = set(), {stem}
    while waiting:
        found |= waiting
        waiting = (
            {name for one in waiting for name in parents[one] if name.startswith("int_")}
            - found
            - GIVEN
        )
    return found


def main() -> None:
    """Write, measure, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--figures", type=int, default=10_000_000)
    parser.add_argument("--memory-limit", default="4GB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wrong = write(folder / "raw", arguments.figures)
        with redirect_stdout(StringIO()):
            loading, stating, by_table, failed = measure(folder, arguments.memory_limit)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"about {arguments.figures:,} figures, memory limit {arguments.memory_limit}")
    print(f"load the files                {loading:8.2f} s")
    print(f"statements and verdicts       {stating:8.2f} s  {stating / loading:5.2f} times")
    for stem, seconds in sorted(by_table.items(), key=lambda item: -item[1])[:8]:
        print(f"    {stem:30}{seconds:8.2f} s")
    print(f"peak memory                   {peak:8.2f} GB")
    found = f"{failed[0]:,} sums, {failed[1]:,} claims and {failed[2]:,} statements in all fail"
    is_exact = failed == [wrong, wrong, 2 * wrong]
    print(f"{found}: {'exactly what was planted' if is_exact else f'planted {wrong:,} of each'}")
    sys.exit(0 if is_exact and stating <= MOST_TIMES_LOAD * loading else 1)


if __name__ == "__main__":
    main()
