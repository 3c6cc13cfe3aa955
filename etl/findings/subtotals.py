"""Breakdowns that do not fit the total that their own source states, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import capital, place

if TYPE_CHECKING:
    import duckdb

CHECKS = (
    "subtotals_sum_to_total",
    "subtotals_do_not_exceed_total",
    "overlapping_subtotals_do_not_exceed_total",
)
_CHECKS = """
    select
        checks.*,
        totals.value_qualifier as total_qualifier,
        qualifiers.label as total_words,
        measures.label as measure_label,
        geographies.label as geography_label,
        periods.label as period_label,
        dimensions.label as dimension_label,
        (
            select list(
                struct_pack(
                    figure_id := members.figure_id,
                    role := members.role,
                    file := figures.file,
                    row_number := figures.row_number
                ) order by members.role desc, figures.file, figures.row_number
            )
            from int_breakdown_members as members
            inner join fct_reported_figure as figures on members.figure_id = figures.figure_id
            where
                members.breakdown_id = checks.breakdown_id
        ) as figures,
        (
            select string_agg(
                members.reported_value, ' + ' order by members.category, members.figure_id
            )
            from int_breakdown_members as members
            where members.breakdown_id = checks.breakdown_id and members.role = 'part'
        ) as parts,
        (
            select list(
                struct_pack(file := claims.file, row_number := claims.row_number)
                order by claims.file, claims.row_number
            )
            from fct_claim_check as claims
            where claims.breakdown_id = checks.breakdown_id and claims.verdict = 'fail'
        ) as claims
    from fct_subtotal_check as checks
    left join fct_reported_figure as totals on checks.total_figure_id = totals.figure_id
    left join stg_qualifiers as qualifiers on totals.value_qualifier = qualifiers.qualifier
    inner join dim_measure as measures on checks.measure = measures.measure
    inner join dim_geography as geographies on checks.geography = geographies.geography
    inner join
        dim_period as periods
        on checks.period_start = periods.period_start
        and checks.period_end = periods.period_end
    inner join dim_dimension as dimensions on checks.dimension = dimensions.dimension
    left join
        int_statements as largest
        on largest.statement_id = 'largest_part:' || checks.breakdown_id
        and largest.verdict = 'fail'
    where checks.verdict in ('fail', 'warn') and largest.statement_id is null
    order by checks.breakdown_id
"""
_UNTESTED = """
    select *
    from fct_subtotal_check
    where verdict = 'unknown'
"""


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per breakdown that fails, unless one part fails for the same reason.

    For one that could not be tested, that it was not.
    """
    for row in rows(connection, _CHECKS):
        yield _finding(row, raw)
    for row in rows(connection, _UNTESTED):
        yield Finding(_check_name(row), "", row["breakdown_id"], "", "", is_tested=False)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    figures = tuple(Figure(**figure) for figure in row["figures"])
    first = figures[0]
    return Finding(
        check_name=_check_name(row),
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["breakdown_id"],
        headline=_headline(row),
        detail=f"{_arithmetic(row)} {_suspicion(row)} {place(figures, raw)}{_claimed(row, raw)}",
        guess=_suspicion(row),
        source_id=row["source_id"],
        measure=row["measure"],
        geography=row["geography"],
        file=first.file,
        row_number=first.row_number,
        figures=figures,
        evidence=f"{row['total_words'] or ''}{row['reported_total']} / {row['parts']}",
    )


def _check_name(row: Mapping[str, Any]) -> str:
    if row["breakdown_complete"] == "yes":
        return "subtotals_sum_to_total"
    if row["may_overlap"]:
        return "overlapping_subtotals_do_not_exceed_total"
    return "subtotals_do_not_exceed_total"


def _headline(row: Mapping[str, Any]) -> str:
    of_whole = "" if row["whole_category"] == "TOTAL" else f" ({row['whole_category']})"
    what = capital(
        f"{row['total_words'] or ''}{row['reported_total']:,} {row['measure_label']}{of_whole}"
        f" ({row['geography_label']}, {row['period_label']}, {row['source_id']})"
    )
    if row["computed_total"] > row["reported_total"]:
        return f"{what} is less than its own parts."
    return f"{what} is more than its parts, which the page presents as all of it."


def _arithmetic(row: Mapping[str, Any]) -> str:
    gap = abs(row["residual_value"])
    direction = "more" if row["computed_total"] > row["reported_total"] else "fewer"
    already = "" if row["breakdown_complete"] == "yes" else " already"
    parts = f"The {row['parts_count']} figures by {row['dimension_label']}"
    if row["parts_count"] == 1:
        return (
            f"The one figure by {row['dimension_label']} is {row['computed_total']:,},"
            f" {gap:,} {direction}."
        )
    return f"{parts}{already} add up to {row['computed_total']:,}, {gap:,} {direction}."


def _claimed(row: Mapping[str, Any], raw: str) -> str:
    """The claims that say the same sum in words."""
    return "".join(
        f" The page claims this sum: {raw}/{claim['file']}, row {claim['row_number']}."
        for claim in row["claims"] or ()
    )


def _suspicion(row: Mapping[str, Any]) -> str:
    if row["verdict"] == "warn":
        return "Either something is counted in two of them, or one of the numbers is wrong."
    if row["breakdown_complete"] == "yes":
        return "Most likely wrong: the total, one of the parts, or that these are all the parts."
    return (
        "Most likely wrong: the total (a partial breakdown cannot exceed it) or one of the parts."
    )
