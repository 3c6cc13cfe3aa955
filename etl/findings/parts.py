"""Single parts that are too large for what the page says of them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import capital, counted, place, qualified

if TYPE_CHECKING:
    import duckdb

PART = "overlapping_part_does_not_exceed_total"
CHECKS = (PART,)
_STATEMENTS = """
    select
        statements.statement_id,
        statements.check_name,
        statements.verdict,
        list(
            struct_pack(
                role := terms.role,
                figure_id := figures.figure_id,
                reported_value := terms.reported_value,
                words := qualifiers.label,
                source_id := figures.source_id,
                measure := figures.measure,
                geography := figures.geography,
                category := figures.category,
                measure_label := measures.label,
                geography_label := geographies.label,
                period_label := periods.label,
                dimension_label := dimensions.label,
                nationality_label := nationalities.label,
                file := figures.file,
                row_number := figures.row_number
            ) order by terms.coefficient desc
        ) as terms
    from int_statements as statements
    inner join int_statement_terms as terms on statements.statement_id = terms.statement_id
    inner join fct_reported_figure as figures on terms.figure_id = figures.figure_id
    inner join stg_qualifiers as qualifiers on figures.value_qualifier = qualifiers.qualifier
    inner join dim_measure as measures on figures.measure = measures.measure
    inner join dim_geography as geographies on figures.geography = geographies.geography
    inner join
        dim_period as periods
        on figures.period_start = periods.period_start
        and figures.period_end = periods.period_end
    inner join dim_dimension as dimensions on figures.dimension = dimensions.dimension
    left join
        dim_nationality as nationalities
        on figures.category = nationalities.category
        and figures.dimension in ('nationality', 'nationality_foreign', 'destination')
    where
        statements.verdict in ('fail', 'warn')
        and statements.check_name in (select unnest(?::varchar[]))
    group by all
    order by statements.statement_id
"""
_UNTESTED = """
    select check_name, statement_id
    from int_statements
    where verdict = 'unknown' and check_name in (select unnest(?::varchar[]))
"""


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per part larger than what bounds it; for one untested, that it was not."""
    for row in rows(connection, _STATEMENTS, [list(CHECKS)]):
        yield _finding(row, raw)
    for row in rows(connection, _UNTESTED, [list(CHECKS)]):
        yield Finding(row["check_name"], "", row["statement_id"], "", "", is_tested=False)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    bound, part = row["terms"]
    figures = tuple(
        Figure(term["figure_id"], term["role"], term["file"], term["row_number"])
        for term in row["terms"]
    )
    gap = part["reported_value"] - bound["reported_value"]
    return Finding(
        check_name=row["check_name"],
        severity="warning" if row["verdict"] == "warn" else "error",
        subject=row["statement_id"],
        headline=f"{capital(_told(part))} is more than its whole, {_told(bound)}.",
        detail=f"This part alone is {gap:,} more, so that overlapping parts do not explain it."
        f" Most likely wrong: one of the two numbers. {place(figures, raw)}",
        source_id=part["source_id"],
        measure=part["measure"],
        geography=part["geography"],
        file=figures[0].file,
        row_number=figures[0].row_number,
        figures=figures,
        evidence=f"{qualified(bound)} < {qualified(part)}",
    )


def _told(term: Mapping[str, Any]) -> str:
    return f"{qualified(term)} {counted(term)}, {term['period_label']} ({term['source_id']})"
