"""Which cells and statements need reasoning: those near what failed, and near what nobody states.

Claims and periods chain years into one huge component, so not all of it is looked at: every
statement about the cells of what failed, and every figure of the cells that those mention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

KEY = "measure, geography, period_start, period_end, dimension, category"
# Terms without a figure, and those without a value, are asked for apart: so the nulls of either
# column are all that is read, and not ten million identifiers decompressed.
_SEEDS = f"""
    create or replace temp table reached_cells as
    with unstated as (
        select {KEY} from int_statement_terms where figure_id is null
        union
        select {KEY} from int_statement_terms where reported_value is null
    )
    select {KEY}
    from int_statement_terms
    where statement_id in (
        select statement_id from int_statements where verdict in ('fail', 'warn')
    )
    union
    select {KEY} from fct_source_conflict where verdict = 'conflict'
    union
    (
        from unstated
        except
        select {KEY} from int_cells semi join unstated using ({KEY})
        where reported_value is not null
    )
"""
_UNKNOWN_PLACES = "delete from reached_cells where measure is null"
_NEAR_TERMS = f"""
    create or replace temp table near_terms as
    with near as (
        select distinct statement_id
        from int_statement_terms semi join reached_cells using ({KEY})
    )
    select
        {KEY},
        statement_id,
        check_name,
        figure_id,
        reported_value,
        coefficient,
        role,
        is_damaged
    from int_statement_terms semi join near using (statement_id)
"""
_NEAR_STATEMENTS = """
    create or replace temp table reached_statements as
    select statement_id
    from near_terms
    group by statement_id
    having not bool_or(is_damaged) and count(measure) = count(*)
"""
_NEAR_CELLS = f"""
    create or replace temp table reached_cells as
    select {KEY} from reached_cells
    union
    select {KEY} from near_terms semi join reached_statements using (statement_id)
"""
_CODES = f"""
    create or replace temp table coded_cells as
    select *, cast(row_number() over (order by {KEY}) - 1 as integer) as cell
    from reached_cells
"""


def mark(connection: duckdb.DuckDBPyConnection) -> bool:
    """Writes down what needs reasoning tonight, and whether anything does.

    Then `coded_cells` holds the cells, each with its number, `reached_statements` the statements,
    and `near_terms` their terms, with those of statements that cannot be reasoned with.
    """
    connection.execute(_SEEDS)
    connection.execute(_UNKNOWN_PLACES)
    if not connection.execute("from reached_cells limit 1").fetchone():
        return False
    connection.execute(_NEAR_TERMS)
    connection.execute(_NEAR_STATEMENTS)
    connection.execute(_NEAR_CELLS)
    connection.execute(_CODES)
    return True
