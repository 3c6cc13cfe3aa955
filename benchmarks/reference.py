"""The yardstick: the night's loads, models and counts as one plain DuckDB script.

What a careful engineer would write by hand for exactly these files and nothing else: verbatim text
with file and row, typed figures with intervals, held rows, subtotals, change from year to year,
sources and periods and claims held against the figures, dimensions, and the counts of every check.
It has no report, no history, no lock, no atomic publish, no intermediate tables to explain a figure
by and no second engine; `run.py` measures what those cost. `dbt_job.py` runs the same selects.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
import pycountry

LOAD = """
insert into raw.{table}
select *, '{file}', row_number() over () + 1
from read_csv(
    '{path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
    columns = {columns}, force_not_null = {names}
)
"""

# In the order of building. A figure is held when anything on its row is wrong.
MODELS = {
    "staging.twice": """
select figure_id from raw.figures group by figure_id having count(*) > 1
""",
    "staging.figures": """
with typed as (
    select
        figures.* replace (
            case when regexp_full_match(period_start, '\\d{4}-\\d{2}-\\d{2}')
                then try_cast(period_start as date) end as period_start,
            case when regexp_full_match(period_end, '\\d{4}-\\d{2}-\\d{2}')
                then try_cast(period_end as date) end as period_end
        ),
        case when regexp_full_match(value, '-?\\d{1,18}') then value::bigint end as reported_value,
        pow(10, length(value) - length(rtrim(value, '0')))::bigint as unit
    from raw.figures
)
select
    typed.*,
    qualifiers.* exclude (qualifier, label, reason, file, row_number),
    twice.figure_id is not null as is_twice,
    sources.source_id is not null as has_source,
    measures.measure is not null as has_measure,
    dimensions.dimension is not null as has_dimension,
    dimensions.whole_dimension,
    dimensions.whole_category,
    dimensions.categories,
    geographies.code is not null as has_geography,
    qualifiers.qualifier is not null as has_qualifier,
    typed.dimension not in ('nationality', 'nationality_foreign', 'destination')
        or nationalities.code is not null as has_category,
    not (
        typed.figure_id = '' or category = '' or typed.period_start is null or is_twice
        or not (has_source and has_measure and has_dimension and has_category)
        or not (has_geography and has_qualifier)
        or breakdown_complete not in ('yes', 'no', 'unknown')
        or coalesce(typed.period_end < typed.period_start, true)
        or coalesce(reported_value < 0, true)
    ) as is_good
from typed
left join staging.twice as twice on typed.figure_id = twice.figure_id
left join raw.sources on typed.source_id = sources.source_id
left join raw.reference_measures as measures on typed.measure = measures.measure
left join raw.reference_dimensions as dimensions on typed.dimension = dimensions.dimension
left join raw.reference_qualifiers as qualifiers on value_qualifier = qualifiers.qualifier
left join staging.geographies as geographies on typed.geography = geographies.code
left join staging.nationalities as nationalities on typed.category = nationalities.code
""",
    "audit.quarantine": """
select * from staging.figures where not is_good
""",
    "marts.fct_reported_figure": """
select
    figure_id,
    source_id,
    measure,
    geography,
    period_start,
    period_end,
    dimension,
    category,
    reported_value,
    value_qualifier,
    case low_base when 'value' then greatest(
        0, reported_value + ceil(low_units::double * unit)::bigint + low_steps::bigint
    ) else 0 end as low_value,
    case when high_base = 'value' then
        reported_value + floor(high_units::double * unit)::bigint + high_steps::bigint
    end as high_value,
    breakdown_complete,
    whole_dimension,
    if(whole_category = '*', split_part(category, '_', 1), whole_category) as whole_category,
    categories,
    file,
    row_number
from staging.figures
where is_good
""",
    "marts.fct_subtotal_check": """
with damaged as (
    select distinct source_id, measure, geography, period_start, period_end
    from audit.quarantine
),
parts as (
    select
        source_id, measure, geography, period_start, period_end, dimension,
        whole_dimension, whole_category, categories,
        if(bool_and(breakdown_complete = 'yes'), 'yes', 'no') as breakdown_complete,
        count(*) as parts_count,
        sum(reported_value)::bigint as computed_total,
        sum(low_value)::bigint as computed_low,
        if(count(high_value) = count(*), sum(high_value), null)::bigint as computed_high
    from marts.fct_reported_figure
    where whole_dimension <> ''
    group by all
),
wholes as (
    select distinct on (
        source_id, measure, geography, period_start, period_end, dimension, category
    )
        source_id, measure, geography, period_start, period_end, dimension, category,
        reported_value, low_value, high_value
    from marts.fct_reported_figure
    where dimension in (select distinct whole_dimension from raw.reference_dimensions)
    order by high_value - low_value nulls last
)
select
    parts.*,
    wholes.reported_value as reported_total,
    reported_total - computed_total as residual_value,
    case
        when reported_total is null or damaged.source_id is not null then 'unknown'
        when computed_low > high_value then
            if(categories = 'exclusive' or breakdown_complete = 'yes', 'fail', 'warn')
        when breakdown_complete = 'yes' and computed_high < low_value then 'fail'
        else 'pass'
    end as verdict
from parts
left join wholes
    on parts.source_id = wholes.source_id
    and parts.measure = wholes.measure
    and parts.geography = wholes.geography
    and parts.period_start = wholes.period_start
    and parts.period_end = wholes.period_end
    and parts.whole_dimension = wholes.dimension
    and parts.whole_category = wholes.category
left join damaged
    on parts.source_id = damaged.source_id
    and parts.measure = damaged.measure
    and parts.geography = damaged.geography
    and parts.period_start = damaged.period_start
    and parts.period_end = damaged.period_end
""",
    "marts.fct_year_on_year": """
select
    later.figure_id,
    earlier.figure_id as previous_figure_id,
    later.reported_value,
    earlier.reported_value as previous_value,
    later.reported_value - earlier.reported_value as change_value,
    later.low_value - earlier.high_value as change_low,
    later.high_value - earlier.low_value as change_high,
    round(100.0 * change_value / nullif(earlier.reported_value, 0), 2) as change_pct
from marts.fct_reported_figure as later
inner join marts.fct_reported_figure as earlier
    on later.source_id = earlier.source_id
    and later.measure = earlier.measure
    and later.geography = earlier.geography
    and later.dimension = earlier.dimension
    and later.category = earlier.category
    and later.period_start = earlier.period_start + interval 1 year
    and later.period_end = earlier.period_end + interval 1 year
""",
    "marts.dim_source": """
select
    * replace (try_cast(published_date as date) as published_date),
    coalesce(nullif(original_publisher, ''), publisher) as origin
from raw.sources
""",
    "marts.dim_measure": """
select * from raw.reference_measures
""",
    "marts.dim_dimension": """
select * from raw.reference_dimensions
""",
    "marts.dim_geography": """
select * from staging.geographies as geographies
""",
    "marts.dim_nationality": """
select * from staging.nationalities as nationalities
""",
    "marts.dim_period": """
select distinct period_start, period_end, period_end - period_start + 1 as days
from marts.fct_reported_figure
""",
    "marts.fct_source_conflict": """
select
    measure,
    geography,
    period_start,
    period_end,
    dimension,
    category,
    count(*) as figures_count,
    count(distinct origin) as independent_sources_count,
    min(reported_value) as low_value,
    max(reported_value) as high_value,
    case
        when min(reported_value) = max(reported_value) then 'agree'
        when max(figures.low_value) <= coalesce(min(figures.high_value), max(figures.low_value))
            then 'compatible'
        else 'conflict'
    end as verdict
from marts.fct_reported_figure as figures
inner join marts.dim_source as sources on figures.source_id = sources.source_id
group by all
having count(*) > 1
""",
    "marts.fct_period_check": """
with years as (
    select * from marts.fct_reported_figure
    where month(period_start) = 1 and period_end = last_day(period_start + interval 11 months)
),
parts as (
    select * from marts.fct_reported_figure
    where year(period_start) = year(period_end)
        and period_end - period_start < 364
)
select
    years.measure,
    years.geography,
    years.period_start,
    years.dimension,
    years.category,
    min(years.reported_value) as reported_whole,
    max(parts.reported_value) as computed_whole,
    if(max(parts.low_value) > min(coalesce(years.high_value, parts.low_value)), 'fail', 'pass')
        as verdict
from years
inner join parts
    on years.measure = parts.measure
    and years.geography = parts.geography
    and years.dimension = parts.dimension
    and years.category = parts.category
    and years.period_start = date_trunc('year', parts.period_start)
group by all
""",
    "marts.fct_claim_check": """
select
    claims.claim_id,
    claims.source_id,
    claims.stated_number::bigint as reported_number,
    subject.reported_value - comparator.reported_value as computed_number,
    reported_number - computed_number as residual_number,
    case
        when computed_number is null then 'unknown'
        when residual_number <> 0 then 'fail'
        else 'pass'
    end as verdict
from raw.claims as claims
left join marts.fct_reported_figure as subject on subject_figure_id = subject.figure_id
left join marts.fct_reported_figure as comparator on comparator_figure_ids = comparator.figure_id
""",
    "audit.check_result": """
with tall as (
    unpivot (
        select
            count(*) as figures,
            count(*) filter (figure_id = '') as figure_without_id,
            count(*) filter (is_twice) as figure_id_twice,
            count(*) filter (not has_source) as source_unknown,
            count(*) filter (not has_measure) as measure_unknown,
            count(*) filter (not has_geography) as geography_unknown,
            count(*) filter (not has_dimension) as dimension_unknown,
            count(*) filter (not has_category) as category_unknown,
            count(*) filter (not has_qualifier) as qualifier_unknown,
            count(*) filter (category = '') as figure_without_category,
            count(*) filter (period_start is null or period_end is null) as period_unreadable,
            count(*) filter (period_end < period_start) as period_ends_before_it_starts,
            count(*) filter (reported_value is null) as value_not_whole_number,
            count(*) filter (reported_value < 0) as value_negative,
            count(*) filter (breakdown_complete not in ('yes', 'no', 'unknown')) as complete_unknown
        from staging.figures
    ) on columns(*) into name check_name value failed_count
    union all
    select 'subtotals_' || verdict, count(*) from marts.fct_subtotal_check group by verdict
    union all
    select 'source_id_twice', count(source_id) - count(distinct source_id) from raw.sources
    union all
    select 'source_unreadable_date', count(*)
    from raw.sources where published_date <> '' and try_cast(published_date as date) is null
    union all
    select 'claim_id_twice', count(claim_id) - count(distinct claim_id) from raw.claims
    union all
    select 'claim_source_unknown', count(*)
    from raw.claims anti join raw.sources on claims.source_id = sources.source_id
    union all
    select 'claim_subject_unknown', count(*)
    from raw.claims anti join raw.figures on subject_figure_id = figure_id
)
select * from tall
""",
}


def load(connection: duckdb.DuckDBPyConnection, raw: Path) -> None:
    """Copy every CSV file below `raw` into schema raw, as text, with file and row number."""
    for path in sorted(raw.glob("*/*.csv")):
        folder = path.parent.name
        table = f"reference_{path.stem}" if folder == "reference" else folder
        with path.open(encoding="utf-8", newline="") as lines:
            names = lines.readline().rstrip("\r\n").split(",")
        columns = ", ".join(f"{name} varchar" for name in names)
        connection.execute(
            f"create table if not exists raw.{table} ({columns}, file varchar, row_number bigint)"
        )
        connection.execute(
            LOAD.format(
                table=table,
                file=path.relative_to(raw),
                path=path,
                columns=dict.fromkeys(names, "VARCHAR"),
                names=names,
            )
        )


def code_lists() -> dict[str, str]:
    """The selects of the code lists: ISO 3166 and what the reference files add to it."""
    quoted = [
        "('{}', '{}')".format(country.alpha_3, country.name.replace("'", "''"))
        for country in pycountry.countries
    ]
    iso = f"select * from (values {', '.join(quoted)}) as countries(code, label)"
    return {
        f"staging.{table}": f"with iso as ({iso}) from iso union all by name"
        f" select {key} as code, label from raw.reference_{table}"
        f" where {key} not in (select code from iso)"
        for table, key in (("geographies", "geography"), ("nationalities", "category"))
    }


def main(raw: Path, database: Path) -> None:
    """Build `database` from the files below `raw`; prints the seconds of each part as JSON."""
    connection = duckdb.connect(str(database))
    for schema in ("raw", "staging", "marts", "audit"):
        connection.execute(f"create schema {schema}")
    seconds = dict.fromkeys(("load", "models", "checks"), 0.0)
    started = time.perf_counter()
    load(connection, raw)
    seconds["load"] = time.perf_counter() - started
    for name, select in {**code_lists(), **MODELS}.items():
        started = time.perf_counter()
        connection.execute(f"create table {name} as {select}")
        part = "checks" if name == "audit.check_result" else "models"
        seconds[part] += time.perf_counter() - started
    connection.close()
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
