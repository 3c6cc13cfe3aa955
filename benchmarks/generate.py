"""Write a raw folder of N reported figures with known defects, always the same for one seed.

A source reports one measure in one country for five years, which nobody else reports. Each year is
a block: a stated total and 4 to 14 nationality subtotals that either are everything (they add up to
the total) or only part of it. One block in a hundred is given each defect of `DEFECTS`, at most
1,000 blocks each, and one claim in a hundred is refuted by its figures; `truth.json` lists what was
planted. DuckDB writes it all: a million figures take three seconds.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import duckdb
import pycountry

REFERENCE = Path(__file__).parent.parent / "data" / "raw" / "reference"
FIGURE_COLUMNS = (
    "figure_id, source_id, measure, geography, period_start, period_end,"
    " dimension, category, value, value_qualifier, breakdown_complete, note"
)
MOST_PER_DEFECT = 1000

LAST_FIRST_YEAR = 2020

# Each is planted in blocks of its own, so that none hides another.
DEFECTS = [
    "complete_sum_differs",
    "partial_sum_exceeds",
    "total_not_stated",
    "value_negative",
    "value_not_a_number",
    "id_twice",
    "source_unknown",
    "sources_conflict",
    "part_of_year_exceeds",
]

BLOCKS = """
create table block as
with series as (
    select
        series,
        4 + series % 11 as parts,
        printf('src-%07d', series) as source_id,
        $measures[1 + series % len($measures)] as measure,
        $geographies[1 + (series // len($measures)) % len($geographies)] as geography,
        $last_first_year - 5 * (series // (len($measures) * len($geographies))) as first_year
    from range($figures // 25 + 1) as numbers(series)
),
years as (
    select *, sum(parts + 1) over (order by series, year) as figures_so_far
    from series, range(5) as numbers(year)
),
kept as (
    select *, row_number() over (order by series, year) - 1 as block
    from years
    where figures_so_far <= $figures
),
spaced as (select *, least(100, count(*) over ()) as step from kept),
planted as (
    select
        *,
        case when block // step < $most then list_position(
            list_transform(range(len($defects)), lambda d: d * step // len($defects)), block % step
        ) end as defect_number
    from spaced
),
named as (select *, coalesce($defects[defect_number], 'none') as defect from planted)
select
    * exclude (step, figures_so_far, defect_number),
    case defect
        when 'complete_sum_differs' then true
        when 'partial_sum_exceeds' then false
        else block % 3 > 0
    end as is_complete,
    (hash($seed, block, 'chance') % 1000)::int as chance
from named
"""

# Totals are rounded only where the rounded one still holds: 'about 120' may not mean 115 or 125.
FIGURES = """
create table figure as
with parts as (
    select
        block.*,
        part,
        20 + (hash($seed, series, part) % 900)::int
            + year * (hash($seed, series, part, 'trend') % 40)::int as number
    from block, unnest(range(1, parts + 1)) as numbers(part)
),
sums as (select block, sum(number)::bigint as part_sum from parts group by block),
true_totals as (
    select
        block.*,
        case
            when defect = 'complete_sum_differs' then part_sum + (chance - 500) // 20 * 2 + 1
            when defect = 'partial_sum_exceeds' then part_sum - 1 - chance % 50
            when is_complete then part_sum
            else part_sum + 10 + chance
        end as number
    from block inner join sums on block.block = sums.block
),
totals as (
    select
        *,
        case
            when defect <> 'none' or not is_complete or chance >= 100 then 'exact'
            when chance >= 50 then 'at_least'
            when number % 10 = 5 then 'exact'
            else 'about'
        end as value_qualifier
    from true_totals
),
rows as (
    select
        * exclude (number, value_qualifier),
        0 as part,
        (case value_qualifier
            when 'at_least' then number // 10 * 10
            when 'about' then (number + 5) // 10 * 10
            else number
        end)::varchar as value,
        value_qualifier
    from totals
    where defect <> 'total_not_stated'
    union all by name
    select
        * exclude (number),
        case
            when part = 1 and defect = 'value_negative' then '-' || number
            when part = 1 and defect = 'value_not_a_number' then 'n/a'
            else number::varchar
        end as value,
        'exact' as value_qualifier
    from parts
),
with_extras as (
    select *, 0 as extra from rows
    union all by name
    -- with another value, since a row that says the same is a copy and no fault
    select * replace (value || '0' as value), 1 as extra
    from rows
    where defect = 'id_twice' and part = 1
    union all by name
    select
        * replace ('nobody-' || source_id as source_id, year - 500 as year), 1 as extra
    from rows
    where defect = 'source_unknown' and part = 0
    union all by name
    select
        * replace ('other-' || source_id as source_id, (value::bigint + 7)::varchar as value),
        1 as extra
    from rows
    where defect = 'sources_conflict' and part = 0
    union all by name
    select * replace ((value::bigint + 5)::varchar as value), 1 as extra
    from rows
    where defect = 'part_of_year_exceeds' and part = 0
),
named as (
    select
        *,
        first_year + year as calendar_year,
        extra = 1 and defect = 'part_of_year_exceeds' as is_half,
        if(part = 0, 'total', 'nationality') as dimension,
        if(
            part = 0, 'TOTAL', $geographies[1 + (series + part) % len($geographies)]
        ) as category,
        'batch_' || series % $files || '.csv' as file
    from with_extras
)
select
    lower(
        concat_ws(
            '.', source_id, geography, measure, calendar_year, dimension, category,
            if(is_half, 'h1', null)
        )
    ) as figure_id,
    source_id,
    measure,
    geography,
    calendar_year || '-01-01' as period_start,
    calendar_year || if(is_half, '-06-30', '-12-31') as period_end,
    dimension,
    category,
    value,
    value_qualifier,
    if(is_complete, 'yes', 'no') as breakdown_complete,
    null::varchar as note,
    block,
    part,
    extra,
    defect,
    file,
    1 + row_number() over (partition by file order by extra, block, part) as row_number
from named
order by file, row_number
"""

SOURCES = """
with pages as (
    select distinct source_id, series, geography, first_year from block
    union all
    select distinct 'other-' || source_id, series + 1, geography, first_year
    from block where defect = 'sources_conflict'
)
select
    source_id,
    'Publisher ' || series % 97 as publisher,
    'Figures of ' || geography as title,
    'https://example.org/' || source_id as url,
    (first_year + 5) || '-01-15' as published_date,
    null::varchar as original_publisher,
    'en' as language
from pages
order by source_id
"""

CLAIMS = """
create table claim as
with totals as (
    select *, lag(columns(['figure_id', 'value'])) over (order by block) as 'previous_\\0'
    from figure
    where part = 0 and extra = 0 and value_qualifier = 'exact' and defect = 'none'
    qualify lag(source_id) over (order by block) = source_id
),
chosen as (
    from totals
    qualify row_number() over (partition by source_id order by block) = 1 and block % 10 < 5
),
numbered as (select *, row_number() over (order by source_id) as number from chosen),
marked as (select *, number % 100 = 5 and number // 100 < $most as is_refuted from numbered)
select
    source_id || '.c01' as claim_id,
    source_id,
    'absolute_change' as kind,
    figure_id as subject_figure_id,
    previous_figure_id as comparator_figure_ids,
    'eq' as operator,
    value::bigint - previous_value::bigint + is_refuted::int as stated_number,
    null::varchar as note,
    is_refuted
from marked
order by claim_id
"""

PLANTED_ROWS = """
select 'figures/' || file as file, row_number, defect from figure
where (part = 1 and defect in ('value_negative', 'value_not_a_number', 'id_twice'))
or (extra = 1 and defect = 'source_unknown')
order by all
"""

PLANTED_GROUPS = """
select
    source_id,
    first_year + year as year,
    if(defect in ('complete_sum_differs', 'partial_sum_exceeds'), 'fail', 'unknown') as verdict,
    defect
from block
where defect not in ('none', 'source_unknown', 'sources_conflict', 'part_of_year_exceeds')
order by all
"""

PLANTED_CELLS = """
select measure, geography, first_year + year as year from block where defect = $defect order by all
"""


def generate(raw: Path, figures: int, files: int, seed: int) -> dict[str, object]:
    """Fill `raw` with at most `figures` figures (whole blocks only) and a few extra, faulty ones.

    Returns:
        What was planted: counts, faulty rows by file and row, the verdict that each damaged block
        must get, cells on which sources conflict or part of a year exceeds it, refuted claims.
    """
    connection = duckdb.connect()
    given = {
        "figures": figures,
        "seed": seed,
        "files": files,
        "most": MOST_PER_DEFECT,
        "last_first_year": LAST_FIRST_YEAR,
        "measures": _flow_measures(connection),
        "geographies": sorted(country.alpha_3 for country in pycountry.countries),
        "defects": DEFECTS,
    }
    for statement in (BLOCKS, FIGURES, CLAIMS):
        used = {name: value for name, value in given.items() if f"${name}" in statement}
        connection.execute(statement, used)
    _write(connection, raw, files)
    return _truth(connection)


def _flow_measures(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select measure from read_csv(?) where kind = 'flow' order by measure"
    found = connection.execute(query, [str(REFERENCE / "measures.csv")]).fetchall()
    return [measure for (measure,) in found]


def _write(connection: duckdb.DuckDBPyConnection, raw: Path, files: int) -> None:
    for folder in ("figures", "sources", "claims"):
        (raw / folder).mkdir(parents=True)
    for number in range(files):
        file = f"batch_{number}.csv"
        query = f"select {FIGURE_COLUMNS} from figure where file = '{file}' order by row_number"
        _copy(connection, query, raw / "figures" / file)
    _copy(connection, SOURCES, raw / "sources" / "sources.csv")
    _copy(connection, "select * exclude (is_refuted) from claim", raw / "claims" / "claims.csv")
    shutil.copytree(REFERENCE, raw / "reference")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    connection.execute(f"copy ({query}) to '{target}' (format csv, header)")


def _truth(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    def count(table: str) -> int:
        return connection.table(table).shape[0]

    return {
        "figures": count("figure"),
        "blocks": count("block"),
        "quarantined_rows": connection.execute(PLANTED_ROWS).fetchall(),
        "subtotal_verdicts": connection.execute(PLANTED_GROUPS).fetchall(),
        "conflicts": connection.execute(PLANTED_CELLS, {"defect": "sources_conflict"}).fetchall(),
        "periods": connection.execute(PLANTED_CELLS, {"defect": "part_of_year_exceeds"}).fetchall(),
        "claims": connection.execute("select claim_id from claim where is_refuted").fetchall(),
    }


def main() -> None:
    """Write DIR/raw and DIR/truth.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("directory", type=Path, metavar="DIR", help="a folder to make")
    parser.add_argument("--figures", type=int, default=1000, metavar="N")
    parser.add_argument("--files", type=int, default=8, metavar="K", help="files of figures")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.directory.mkdir(parents=True)
    truth = generate(options.directory / "raw", options.figures, options.files, options.seed)
    (options.directory / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
