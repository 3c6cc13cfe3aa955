"""What the marts make of statements and cells: breakdowns, claims, periods, years, conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.engine.duckdb import rows
from etl.explain import trace

if TYPE_CHECKING:
    import duckdb

    from etl.explain.trace import Row

_CLAIMS = """
    select
        checks.*,
        claims.stated_number_text as printed,
        bounds.allowed_low / bounds.scale as allowed_from,
        bounds.allowed_high / bounds.scale as allowed_to
    from marts.fct_claim_check as checks
    left join intermediate.int_claims_bounded as bounds on checks.claim_id = bounds.claim_id
    left join staging.stg_claims as claims on checks.claim_id = claims.claim_id
"""


def breakdowns(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Row]:
    """The breakdowns that make statements."""
    return _judged(connection, "marts.fct_subtotal_check", ids)


def periods(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Row]:
    """The periods held against their parts that make statements."""
    return _judged(connection, "marts.fct_period_check", ids)


def _judged(connection: duckdb.DuckDBPyConnection, mart: str, ids: Sequence[str]) -> list[Row]:
    sql = f"select * from {mart} where statement_id in (select unnest(?::varchar[])) order by all"
    found = rows(connection, sql, [list(ids)])
    return trace.worst_first([{**row, "statement_ids": [row["statement_id"]]} for row in found])


def claims(
    connection: duckdb.DuckDBPyConnection,
    ids: Sequence[str],
    where: str,
    parameters: Sequence[object],
) -> list[Row]:
    """The claims that meet a condition, each with those of the statements that it makes."""
    found = rows(connection, f"{_CLAIMS} where {where} order by checks.claim_id", parameters)
    return trace.worst_first(
        [
            {**row, "statement_ids": [of for of in ids if _is_of_claim(of, row["claim_id"])]}
            for row in found
        ]
    )


def _is_of_claim(statement_id: str, claim_id: str) -> bool:
    return f"{statement_id}:".startswith(f"claim:{claim_id}:")


def statements_of_claim(connection: duckdb.DuckDBPyConnection, claim_id: str) -> list[str]:
    """The statements that a claim makes: two for a ratio, one per comparator for a rank."""
    sql = (
        "select statement_id from intermediate.int_statements"
        " where starts_with(statement_id || ':', 'claim:' || ? || ':') order by statement_id"
    )
    return [row["statement_id"] for row in rows(connection, sql, [claim_id])]


def shared_cell(connection: duckdb.DuckDBPyConnection, figure: Row) -> Row:
    """What all pages say of the figure's cell, and whether they agree; null where it is alone."""
    cell = [figure[column] for column in trace.CELL]
    same = " and ".join(f"{column} = ?" for column in trace.CELL)
    compared = rows(connection, f"select * from marts.fct_source_conflict where {same}", cell)
    return {
        "compared": compared[0] if compared else None,
        "figures": trace.figures(
            connection, " and ".join(f"figures.{column} = ?" for column in trace.CELL), cell
        ),
    }


def year_on_year(connection: duckdb.DuckDBPyConnection, figure_id: str) -> list[Row]:
    """The figure and the same page's figures one year before and after it."""
    return rows(
        connection,
        "select * from marts.fct_year_on_year where figure_id = $1 or previous_figure_id = $1"
        " order by period_start, figure_id, previous_figure_id",
        [figure_id],
    )


def evidence(connection: duckdb.DuckDBPyConnection, figure: Row) -> Row:
    """The best value of the figure's cell, and what all other evidence makes of the figure."""
    same = " and ".join(f"{column} = ?" for column in trace.CELL)
    cell = [figure[column] for column in trace.CELL]
    best = rows(connection, f"select * from marts.fct_figure where {same}", cell)
    other = rows(
        connection,
        "select * from marts.fct_figure_corroboration where figure_id = ?",
        [figure["figure_id"]],
    )
    return {"best": best[0] if best else None, "corroboration": other[0] if other else None}


def proof(connection: duckdb.DuckDBPyConnection, finding_id: str) -> list[Row]:
    """The lines of a finding that cannot all be true."""
    return rows(
        connection,
        "select * from audit.finding_proof where finding_id = ? order by line_number",
        [finding_id],
    )
