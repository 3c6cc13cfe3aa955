"""Pages that give different numbers for the same thing, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import capital, counted, day, listed, place, qualified

if TYPE_CHECKING:
    import duckdb

CHECK = "sources_agree"
_CONFLICTS = """
    select
        conflicts.measure,
        conflicts.geography,
        conflicts.category,
        conflicts.dimension,
        conflicts.period_start,
        conflicts.period_end,
        min(measures.label) as measure_label,
        min(geographies.label) as geography_label,
        min(periods.label) as period_label,
        min(dimensions.label) as dimension_label,
        min(nationalities.label) as nationality_label,
        list(
            struct_pack(
                figure_id := figures.figure_id,
                reported_value := figures.reported_value,
                words := qualifiers.label,
                source_id := figures.source_id,
                origin := sources.origin,
                published_date := sources.published_date,
                file := figures.file,
                row_number := figures.row_number
            ) order by figures.reported_value, figures.value_qualifier, figures.source_id
        ) as figures
    from fct_source_conflict as conflicts
    inner join
        fct_reported_figure as figures
        on conflicts.measure = figures.measure
        and conflicts.geography = figures.geography
        and conflicts.period_start = figures.period_start
        and conflicts.period_end = figures.period_end
        and conflicts.dimension = figures.dimension
        and conflicts.category = figures.category
    inner join dim_source as sources on figures.source_id = sources.source_id
    inner join stg_qualifiers as qualifiers on figures.value_qualifier = qualifiers.qualifier
    inner join dim_measure as measures on conflicts.measure = measures.measure
    inner join dim_geography as geographies on conflicts.geography = geographies.geography
    inner join
        dim_period as periods
        on conflicts.period_start = periods.period_start
        and conflicts.period_end = periods.period_end
    inner join dim_dimension as dimensions on conflicts.dimension = dimensions.dimension
    left join
        dim_nationality as nationalities
        on conflicts.category = nationalities.category
        and conflicts.dimension in ('nationality', 'nationality_foreign', 'destination')
    where conflicts.verdict = 'conflict'
    group by
        conflicts.measure,
        conflicts.geography,
        conflicts.category,
        conflicts.dimension,
        conflicts.period_start,
        conflicts.period_end
    order by all
"""


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per cell on which figures contradict each other."""
    for row in rows(connection, _CONFLICTS):
        yield _finding(row, raw)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    sides: dict[str, list[Mapping[str, Any]]] = {}
    for figure in row["figures"]:
        sides.setdefault(qualified(figure), []).append(figure)
    figures = tuple(
        Figure(figure["figure_id"], "side", figure["file"], figure["row_number"])
        for figure in row["figures"]
    )
    pages = {figure["source_id"] for figure in row["figures"]}
    where = f"on one page ({next(iter(pages))})" if len(pages) == 1 else f"on {len(pages)} pages"
    what = f"{counted(row)}, {row['period_label']}"
    return Finding(
        check_name=CHECK,
        severity="warning",
        subject=".".join(
            (
                row["geography"],
                row["measure"],
                f"{row['period_start']}..{row['period_end']}",
                row["dimension"],
                row["category"],
            )
        ),
        headline=f"{capital(what)}: {listed(list(sides), 'or')}, {where}.",
        detail=f"{' '.join(_side(value, told) for value, told in sides.items())}"
        f" {place(figures, raw)}",
        source_id=row["figures"][0]["source_id"],
        measure=row["measure"],
        geography=row["geography"],
        file=figures[0].file,
        row_number=figures[0].row_number,
        figures=figures,
        evidence=" / ".join(sides),
    )


def _side(value: str, figures: Sequence[Mapping[str, Any]]) -> str:
    by_origin: dict[str, list[str]] = {}
    for figure in figures:
        by_origin.setdefault(figure["origin"], []).append(_page(figure))
    told = listed([f"{origin} ({'; '.join(pages)})" for origin, pages in sorted(by_origin.items())])
    if len(by_origin) == 1:
        return f"{capital(value)} according to {told}."
    return f"{capital(value)} according to {len(by_origin)} independent sources: {told}."


def _page(figure: Mapping[str, Any]) -> str:
    when = figure["published_date"]
    return f"{figure['source_id']}, {day(when) if when else 'undated'}"
