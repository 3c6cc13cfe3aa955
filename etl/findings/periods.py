"""Periods that count less than a part of them, and running totals that fall, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import capital, counted, listed, place, qualified

if TYPE_CHECKING:
    import duckdb

CHECKS = (
    "period_is_not_less_than_its_part",
    "period_is_not_less_than_highest_figure_for_its_part",
    "adjoining_periods_sum_to_period",
    "adjoining_periods_do_not_exceed_period",
    "calendar_periods_sum_to_period",
    "calendar_periods_do_not_exceed_period",
    "running_total_never_falls",
    "running_total_never_falls_across_origins",
)
_PERIODS = """
    select
        checks.*,
        measures.label as measure_label,
        geographies.label as geography_label,
        dimensions.label as dimension_label,
        nationalities.label as nationality_label,
        (
            select list(
                struct_pack(
                    role := terms.role,
                    period_label := periods.label,
                    figure_id := figures.figure_id,
                    reported_value := figures.reported_value,
                    highest_value := case
                        when cells.highest_low_value > cells.low_value
                        then cells.highest_reported_value
                        else cells.reported_value
                    end,
                    words := qualifiers.label,
                    source_id := figures.source_id,
                    file := figures.file,
                    row_number := figures.row_number
                ) order by terms.role desc, figures.period_start, figures.period_end,
                    figures.reported_value, figures.source_id
            )
            from int_statement_terms as terms
            inner join fct_reported_figure as named on terms.figure_id = named.figure_id
            inner join dim_source as named_sources on named.source_id = named_sources.source_id
            inner join
                fct_reported_figure as figures
                on terms.measure = figures.measure
                and terms.geography = figures.geography
                and terms.period_start = figures.period_start
                and terms.period_end = figures.period_end
                and terms.dimension = figures.dimension
                and terms.category = figures.category
            inner join
                int_cells as cells
                on terms.measure = cells.measure
                and terms.geography = cells.geography
                and terms.period_start = cells.period_start
                and terms.period_end = cells.period_end
                and terms.dimension = cells.dimension
                and terms.category = cells.category
            inner join dim_source as sources on figures.source_id = sources.source_id
            inner join stg_qualifiers as qualifiers
                on figures.value_qualifier = qualifiers.qualifier
            inner join
                dim_period as periods
                on figures.period_start = periods.period_start
                and figures.period_end = periods.period_end
            where
                terms.statement_id = checks.statement_id
                and (
                    checks.check_name <> 'running_total_never_falls'
                    or sources.origin = named_sources.origin
                )
        ) as members
    from fct_period_check as checks
    inner join dim_measure as measures on checks.measure = measures.measure
    inner join dim_geography as geographies on checks.geography = geographies.geography
    inner join dim_dimension as dimensions on checks.dimension = dimensions.dimension
    left join
        dim_nationality as nationalities
        on checks.category = nationalities.category
        and checks.dimension in ('nationality', 'nationality_foreign', 'destination')
    where checks.verdict in ('fail', 'warn') and not checks.is_implied
    order by checks.measure, checks.geography, checks.period_start, checks.statement_id
"""


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per period that fails, unless a narrower one fails for the same reason."""
    for row in rows(connection, _PERIODS):
        yield _finding(row, raw)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    wholes = [member for member in row["members"] if member["role"] == "whole"]
    parts = [member for member in row["members"] if member["role"] == "part"]
    if row["check_name"] == "period_is_not_less_than_highest_figure_for_its_part":
        parts = [part for part in parts if part["reported_value"] == row["computed_whole"]]
    figures = tuple(
        Figure(member["figure_id"], member["role"], member["file"], member["row_number"])
        for member in row["members"]
    )
    return Finding(
        check_name=row["check_name"],
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["statement_id"],
        headline=capital(f"{counted(row)}: {_sides(wholes)} cannot be if it is {_sides(parts)}."),
        detail=f"{_arithmetic(row, parts)} {_suspicion(row)} {place(figures, raw)}",
        guess=_suspicion(row),
        source_id=wholes[0]["source_id"],
        measure=row["measure"],
        geography=row["geography"],
        file=figures[0].file,
        row_number=figures[0].row_number,
        figures=figures,
        evidence=f"{' '.join(map(qualified, wholes))} < {' '.join(map(qualified, parts))}",
    )


def _sides(members: list[Mapping[str, Any]]) -> str:
    """`4,224 (a, b) or 4,312 (c) for 2015`, each value once with who prints it."""
    periods: dict[str, dict[str, list[str]]] = {}
    for member in members:
        values = periods.setdefault(member["period_label"], {})
        values.setdefault(qualified(member), []).append(member["source_id"])
    return listed([f"{_alternatives(values)} for {when}" for when, values in periods.items()])


def _alternatives(values: Mapping[str, list[str]]) -> str:
    """Values that the same pages print are said together."""
    said: dict[str, list[str]] = {}
    for value, pages in values.items():
        said.setdefault(_pages(pages), []).append(value)
    return listed([f"{listed(alike, 'or')} ({pages})" for pages, alike in said.items()], "or")


def _pages(names: list[str]) -> str:
    """Two at most, or one and how many more: the finding has them all among its figures."""
    first, *others = names
    return ", ".join(names) if len(others) <= 1 else f"{first} and {len(others)} more"


def _arithmetic(row: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> str:
    gap = abs(row["residual_value"])
    if row["check_name"].startswith("running_total_never_falls"):
        return f"A running total never falls; this one does by {gap:,}."
    if row["check_name"].startswith("period_is_not_less"):
        return f"The shorter period lies inside the longer one and counts {gap:,} more."
    added = f"The periods within it add up to {row['computed_whole']:,}"
    highest = sum({part["period_label"]: part["highest_value"] for part in parts}.values())
    if highest > row["computed_whole"]:
        return (
            f"{added}, {_gap(row, row['computed_whole'])}; with the highest figures to"
            f" {highest:,}, {_gap(row, highest)}."
        )
    return f"{added}, {_gap(row, row['computed_whole'])}."


def _suspicion(row: Mapping[str, Any]) -> str:
    if row["check_name"] == "running_total_never_falls_across_origins":
        return "Different publishers: one may count since another day, or something else."
    return "Most likely wrong: one of these numbers, or they do not count the same thing or period."


def _gap(row: Mapping[str, Any], total: int) -> str:
    gap = row["reported_whole"] - total
    return f"{abs(gap):,} {'more' if gap < 0 else 'fewer'}"
