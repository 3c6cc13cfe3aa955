"""A page among the others: whose account it is, what its figures are in, whom it contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.explain.trace import THIS_RUN, Row, in_words, same_cell

if TYPE_CHECKING:
    import duckdb

OWN_FIGURE = "figure_id in (select figure_id from marts.fct_reported_figure where source_id = $1)"
_OPEN_FINDINGS = "select finding_id from audit.finding where state <> 'resolved'"


def same_origin(connection: duckdb.DuckDBPyConnection, source_id: str) -> list[Row]:
    """The other pages that give the account of the same publisher; they count as one source."""
    return rows(
        connection,
        """
        select others.*
        from marts.dim_source as own
        inner join marts.dim_source as others
            on own.origin = others.origin and own.source_id <> others.source_id
        where own.source_id = ?
        order by others.is_copy, others.published_date, others.source_id
        """,
        [source_id],
    )


def counts(connection: duckdb.DuckDBPyConnection, source_id: str) -> Row:
    """How many figures the page has, and how many of them are in what."""
    sql = f"""
        with
            own as (select * from marts.fct_reported_figure where source_id = $1),
            cells as (
                select own.figure_id, compared.verdict
                from own
                inner join marts.fct_source_conflict as compared on {same_cell("own", "compared")}
            )
        select
            count(*) as published,
            (
                select count(distinct (file, row_number))
                from audit.quarantine
                where run_id = {THIS_RUN}
                and case when json_valid(row_text)
                    then trim(row_text ->> '$.source_id') = $1
                    and (row_text ->> '$.figure_id') is not null
                end
            ) as held,
            count(*) filter (where breakdown_verdict <> 'unknown') as in_breakdowns_tested,
            count(*) filter (where breakdown_verdict in ('fail', 'warn')) as in_breakdowns_failed,
            count(*) filter (
                where figure_id in (select figure_id from intermediate.int_claim_operands)
            ) as in_claims,
            (select count(*) from cells) as on_shared_cells,
            (select count(*) from cells where verdict = 'conflict') as on_cells_in_conflict,
            count(*) filter (
                where figure_id in (
                    select figure_id from audit.finding_figure
                    where finding_id in ({_OPEN_FINDINGS})
                )
            ) as in_open_findings
        from own
    """
    return rows(connection, sql, [source_id])[0]


def verdicts(connection: duckdb.DuckDBPyConnection, source_id: str) -> dict[str, dict[str, int]]:
    """Of what the page says, and of what others make of its cells: how many have which verdict."""
    return {
        name: {
            row["verdict"]: row["count"]
            for row in rows(
                connection,
                f"select verdict, count(*) as count from ({judged}) group by all order by all",
                [source_id],
            )
        }
        for name, judged in {
            "breakdowns": "select * from marts.fct_subtotal_check where source_id = $1",
            "claims": "select * from marts.fct_claim_check where source_id = $1",
            "periods": _PERIODS,
            "cells shared": _CELLS,
        }.items()
    }


_PERIODS = f"""
    select distinct checks.*
    from marts.fct_period_check as checks
    inner join intermediate.int_statement_terms as terms
        on checks.statement_id = terms.statement_id
    inner join marts.fct_reported_figure as figures on {same_cell("terms", "figures")}
    where figures.source_id = $1
"""
_CELLS = f"""
    select distinct compared.*
    from marts.fct_source_conflict as compared
    inner join marts.fct_reported_figure as figures on {same_cell("compared", "figures")}
    where figures.source_id = $1
"""


def contradicted(connection: duckdb.DuckDBPyConnection, source_id: str) -> list[Row]:
    """The figures on cells in conflict that no value allows together with one of the page's own.

    Returns:
        One row per pair: the cell in words, `own_` and `other_` figure, value and words, and the
        other page; it may be the page itself.
    """
    told = """
        select
            figures.* replace (
                coalesce(figures.corrected_value, figures.reported_value) as reported_value
            ),
            case when figures.corrected_value is null then qualifiers.label else '' end as words,
            least(
                figures.low_value,
                coalesce(figures.corrected_value, figures.reported_value, figures.low_value)
            ) as least
        from marts.fct_reported_figure as figures
        left join staging.stg_qualifiers as qualifiers
            on figures.value_qualifier = qualifiers.qualifier
        where figures.value_qualifier <> 'unstated'
    """
    sql = f"""
        with
            told as ({told}),
            compared as ({in_words("marts.fct_source_conflict")})
        select
            compared.measure_label,
            compared.geography_label,
            compared.period_label,
            compared.dimension_label,
            coalesce(compared.category_label, compared.category) as category_label,
            own.figure_id as own_figure_id,
            own.reported_value as own_value,
            own.words as own_words,
            others.figure_id as other_figure_id,
            others.reported_value as other_value,
            others.words as other_words,
            others.source_id as other_source_id,
            sources.origin as other_origin,
            sources.published_date as other_published_date
        from compared
        inner join told as own on {same_cell("compared", "own")} and own.source_id = $1
        inner join told as others
            on {same_cell("compared", "others")}
            and (others.least > own.high_value or others.high_value < own.least)
            and (others.source_id <> own.source_id or others.figure_id > own.figure_id)
        left join marts.dim_source as sources on others.source_id = sources.source_id
        where compared.verdict = 'conflict'
        order by
            compared.measure, compared.period_start, compared.period_end, compared.dimension,
            compared.category, own.row_number, others.source_id, others.figure_id
    """
    return rows(connection, sql, [source_id])
