"""From a thing back to its file, row and page, and forward to statements and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.validate.compiled import quoted

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

# A warehouse holds the audit of earlier runs too; the last that was published is its own.
THIS_RUN = "(select max(run_id) from audit.run where status = 'published')"
CELL = ("measure", "geography", "period_start", "period_end", "dimension", "category")
WORST_FIRST = ("error", "fail", "conflict", "warn", "unknown", "revised", "compatible", "pass")
_PROVENANCE = ("file", "row_number", "file_sha256", "loaded_at")
_TERMS_OF = (
    "intermediate.int_statement_terms as terms"
    " where terms.statement_id in (select unnest(?::varchar[]))"
)
_COUNTRIES = "('nationality', 'nationality_foreign', 'destination')"


def _cell_of(relation: str) -> str:
    return ", ".join(f"{relation}.{column}" for column in CELL)


def in_words(relation: str) -> str:
    """A query of a relation that has cells, named `cells`, with their codes in words."""
    return f"""
        select
            cells.*,
            measures.label as measure_label,
            geographies.label as geography_label,
            periods.label as period_label,
            dimensions.label as dimension_label,
            nationalities.label as category_label
        from {relation} as cells
        left join marts.dim_measure as measures on cells.measure = measures.measure
        left join marts.dim_geography as geographies on cells.geography = geographies.geography
        left join
            marts.dim_period as periods
            on cells.period_start = periods.period_start
            and cells.period_end = periods.period_end
        left join marts.dim_dimension as dimensions on cells.dimension = dimensions.dimension
        left join
            marts.dim_nationality as nationalities
            on cells.category = nationalities.category
            and cells.dimension in {_COUNTRIES}
    """


def same_cell(one: str, other: str) -> str:
    """The condition that two relations speak of one cell."""
    return " and ".join(f"{one}.{column} = {other}.{column}" for column in CELL)


def figures(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    parameters: Sequence[object],
    limit: int | None = None,
) -> list[Row]:
    """The published figures that meet a condition on `figures`, with their words and pages."""
    sql = f"""
        select
            figures.*,
            qualifiers.label as words,
            qualifiers.reason as qualifier_reason,
            sources.publisher,
            sources.origin,
            sources.title,
            sources.url,
            sources.published_date
        from ({in_words("marts.fct_reported_figure")}) as figures
        left join staging.stg_qualifiers as qualifiers
            on figures.value_qualifier = qualifiers.qualifier
        left join marts.dim_source as sources on figures.source_id = sources.source_id
        where {where}
        order by
            figures.measure, figures.period_start, figures.period_end, figures.dimension <> 'total',
            figures.dimension, figures.file, figures.row_number
        {"" if limit is None else f"limit {limit}"}
    """
    return rows(connection, sql, parameters)


def row_in_file(connection: duckdb.DuckDBPyConnection, place: Mapping[str, Any]) -> Row | None:
    """The row that a thing was read from, every value verbatim; None where none was."""
    dataset = connection.execute(
        "select tables.table_name"
        " from audit.input_file as inputs"
        " inner join duckdb_tables() as tables"
        " on tables.schema_name = 'raw' and tables.table_name = inputs.dataset"
        " where inputs.file = ? order by inputs.run_id desc limit 1",
        [place["file"]],
    ).fetchone()
    if dataset is None:
        return None
    sql = f"select * from raw.{quoted(dataset[0])} where file = ? and row_number = ?"
    for row in rows(connection, sql, [place["file"], place["row_number"]]):
        stood = {column: row.pop(column) for column in _PROVENANCE}
        return {**stood, "values": {name: text for name, text in row.items() if text is not None}}
    return None


def names_it(text: str) -> str:
    """The condition that a text has the one parameter in it, and not within a longer name."""
    return f"regexp_matches({text}, '(^|[^\\w.-])' || regexp_escape(?) || '($|[^\\w.-])')"


def held(connection: duckdb.DuckDBPyConnection, key: str, value: str) -> list[Row]:
    """What is in quarantine under an identifier, or names it in a row that could not be read."""
    sql = f"""
        select * from audit.quarantine
        where
            run_id = {THIS_RUN}
            and case
                when json_valid(row_text) then trim(row_text ->> '$.{key}') = ?
                else {names_it("row_text")}
            end
        order by file, row_number, check_name
    """
    return rows(connection, sql, [value, value])


def unreadable(connection: duckdb.DuckDBPyConnection, text: str) -> list[Row]:
    """The rows that no reader could make sense of and that have a name in them."""
    sql = f"""
        select * from audit.quarantine
        where run_id = {THIS_RUN} and check_name = 'row_is_readable' and {names_it("row_text")}
        order by file, row_number
    """
    return rows(connection, sql, [text])


def statements(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Row]:
    """Statements with their terms, worst verdict first.

    A term that no one page speaks for stands for its cell, and has all the figures on it.
    """
    listed = [list(ids)]
    found = rows(
        connection,
        "select * from intermediate.int_statements"
        " where statement_id in (select unnest(?::varchar[])) order by check_name, statement_id",
        listed,
    )
    terms = rows(
        connection,
        f"""
        select * from ({in_words("intermediate.int_statement_terms")}) as terms
        where terms.statement_id in (select unnest(?::varchar[]))
        order by
            role in ('whole', 'subject') desc, period_start, period_end, dimension, category,
            figure_id
        """,
        listed,
    )
    known = figures(
        connection,
        f"""
        figures.figure_id in (select terms.figure_id from {_TERMS_OF})
        or ({_cell_of("figures")}) in (
            select ({_cell_of("terms")}) from {_TERMS_OF} and terms.source_id is null
        )
        """,
        listed * 2,
    )
    for term in terms:
        term["figures"] = [figure for figure in known if _speaks(figure, term)]
    for statement in found:
        of = statement["statement_id"]
        statement["terms"] = [term for term in terms if term["statement_id"] == of]
    return worst_first(found)


def _speaks(figure: Row, term: Row) -> bool:
    if term["source_id"] is None:
        return all(figure[column] == term[column] for column in CELL)
    return bool(figure["figure_id"] == term["figure_id"])


def statement_ids(connection: duckdb.DuckDBPyConnection, figure: Row) -> list[str]:
    """The statements that a figure takes part in, itself or among the figures on its cell."""
    sql = f"""
        select distinct terms.statement_id
        from intermediate.int_statement_terms as terms
        where
            terms.figure_id = ?
            or (
                terms.source_id is null
                and {" and ".join(f"terms.{column} = ?" for column in CELL)}
            )
        order by terms.statement_id
    """
    of = [figure["figure_id"], *(figure[column] for column in CELL)]
    return [row[0] for row in connection.execute(sql, of).fetchall()]


def findings(
    connection: duckdb.DuckDBPyConnection, where: str, parameters: Sequence[object]
) -> list[Row]:
    """The findings that meet a condition on `findings`, open ones first, with who accepted them."""
    sql = f"""
        select
            findings.*,
            accepted.expect as accepted_for,
            accepted.reason as accepted_reason,
            accepted.who as accepted_by,
            accepted.acknowledged_on as accepted_on
        from audit.finding as findings
        left join staging.stg_acknowledgements as accepted
            on findings.finding_id = accepted.finding_id
        where {where}
        order by
            findings.state = 'resolved', findings.severity, findings.check_name, findings.subject
    """
    return rows(connection, sql, parameters)


def worst_first(verdicts: list[Row]) -> list[Row]:
    """Rows with a verdict, those that need somebody first, else in their order."""
    return sorted(
        verdicts,
        key=lambda row: (
            WORST_FIRST.index(row["verdict"]) if row["verdict"] in WORST_FIRST else len(WORST_FIRST)
        ),
    )
