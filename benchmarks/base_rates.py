"""Count how often each kind of statement is wrong in a warehouse: where weights.csv comes from.

    python -m benchmarks.base_rates [WAREHOUSE]       # data/warehouse/warehouse.duckdb

A failure is counted once, by one rule. Where origins give a cell numbers that exclude each other,
the one with fewer on its side fails (one of two, where it stands one against one): as a figure
if one slip of the pen leads from the other number to it, else as a sameness. A failed list that
is said to be complete counts as incomplete where something is missing, and as one wrong figure
where its parts exceed the whole. Other statements that fail count unless a cell of theirs is
disputed already; statements about one cell, and claims of one origin about it, count once.

What a list lacks is counted on lists that do not claim to be complete: of those that do and miss
their total by little, nobody knows whether a part or a digit is missing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from etl.engine.duckdb import rows
from etl.reconcile.slips import likeliest

Told = dict[str, Any]
PARTS = 3  # of a list at the least: one or two are examples of what is counted
KEY = "measure, geography, period_start, period_end, dimension, category"
_CELLS = f"""
    with told as (
        select distinct {KEY}, origin, reported_value as value, low_value as low, high_value as high
        from intermediate.int_figures_bounded
        inner join marts.dim_source using (source_id)
        where reported_value is not null
    )
    select
        hash({KEY}) as cell,
        list(struct_pack(origin, value, low, high) order by origin, value) as told
    from told
    group by all
    having count(distinct origin) > 1
    order by cell
"""
_LISTS = """
    select
        count(*) as tested,
        count(*) filter (where verdict in ('fail', 'warn') and residual > 0) as lacking,
        count(*) filter (where verdict in ('fail', 'warn') and residual <= 0) as above
    from (
        select distinct origin, check_name, verdict, terms_count, computed_value as residual
        from intermediate.int_statements inner join marts.dim_source using (source_id)
        where verdict in ('pass', 'fail', 'warn') and check_name = ?
    )
"""
_LACKING = f"""
    with added as (
        select
            origin,
            statement_id,
            -sum(coefficient * reported_value) filter (where coefficient < 0) as listed,
            sum(coefficient * reported_value) as residual
        from intermediate.int_statement_terms as terms
        inner join marts.dim_source using (source_id)
        where check_name = 'subtotals_do_not_exceed_total'
        group by all
        having
            count(*) filter (where coefficient < 0) >= {PARTS}
            and count(reported_value) = count(*)
    )
    select count(*) as tested, coalesce(median(residual / listed), 0) as share
    from (select distinct origin, listed, residual from added where residual > 0 and listed > 0)
"""
_LISTED = """
    select count(*) from (
        select distinct origin, measure, geography, period_start, period_end, dimension, category
        from intermediate.int_statement_terms as terms
        inner join marts.dim_source using (source_id)
        inner join intermediate.int_statements as statements using (statement_id)
        where verdict in ('pass', 'fail') and starts_with(statements.check_name, 'subtotals_')
    )
"""
_RULES = f"""
    with
        disputed as (select * from marts.fct_source_conflict where verdict = 'conflict'),
        bad as (
            select distinct statement_id
            from intermediate.int_statement_terms inner join disputed using ({KEY})
        )
    select name, count(*) as tested, count(*) filter (where is_failed) as failed
    from (
        select
            case
                when starts_with(statements.check_name, 'adjoining_periods')
                or starts_with(statements.check_name, 'calendar_periods')
                then 'adjoining and calendar periods'
                else statements.check_name
            end as name,
            hash({KEY}) as cell,
            bool_or(verdict <> 'pass' and bad.statement_id is null) as is_failed
        from intermediate.int_statements as statements
        inner join intermediate.int_statement_terms as terms using (statement_id)
        left join bad using (statement_id)
        where
            verdict in ('pass', 'fail', 'warn')
            and terms.coefficient > 0
            and not starts_with(statements.check_name, 'subtotals_')
            and not starts_with(statements.check_name, 'claims_')
        group by all
    )
    group by name
    order by name
"""
_CLAIMS = f"""
    select kind, count(*) as tested, count(*) filter (where is_failed) as failed
    from (
        select claims.kind, origin, hash({KEY}) as cell,
            bool_or(claims.verdict in ('fail', 'warn')) as is_failed
        from marts.fct_claim_check as claims
        inner join marts.dim_source using (source_id)
        inner join intermediate.int_figures_bounded as figures
            on claims.subject_figure_id = figures.figure_id
        where claims.verdict in ('pass', 'fail', 'warn')
        group by all
    )
    group by kind
    order by kind
"""


@dataclass
class Count:
    """How many were tested and failed.

    Attributes:
        tested: how many could be checked.
        failed: how many of them were found wrong.
    """

    tested: int = 0
    failed: int = 0

    @property
    def rate(self) -> float:
        """Jeffreys' estimate, which is never nothing."""
        return (self.failed + 0.5) / (self.tested + 1)


def counts(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, Count], float]:
    """By kind and name what was counted, and how far numbers of different things lie apart.

    Args:
        connection: a warehouse.

    Returns:
        The counts; the median of the absolute logarithms of the ratios of numbers that differ
        without a slip, to which Cauchy's distribution has its scale equal.
    """
    found, apart = _cells(connection)
    found["figure exact"].tested += connection.execute(_LISTED).fetchall()[0][0]
    for check in ("subtotals_sum_to_total", "subtotals_do_not_exceed_total"):
        (row,) = rows(connection, _LISTS, [check])
        found["figure exact"].failed += row["above"]
        if check == "subtotals_sum_to_total":
            found[f"completeness {check}"] = Count(row["tested"], row["lacking"])
    for row in rows(connection, _RULES):
        found[f"structure {row['name']}"] = Count(row["tested"], row["failed"])
    for row in rows(connection, _CLAIMS):
        found[f"claim {row['kind']}"] = Count(row["tested"], row["failed"])
    return found, apart


def lacking(connection: duckdb.DuckDBPyConnection) -> tuple[int, float]:
    """How many lists openly lack something, and the median of its share of what they have."""
    (row,) = rows(connection, _LACKING)
    return row["tested"], row["share"]


def _cells(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, Count], float]:
    """Numbers of one cell from two origins or more; every one of them could be the odd one out."""
    figures, sameness, apart = Count(), Count(), []
    for row in rows(connection, _CELLS):
        told = row["told"]
        most = max(([two for two in told if _fit(one, two)] for one in told), key=len)
        figures.tested += len(told)
        sameness.tested += len(told)
        for one in told:
            if one in most:
                continue
            true, printed = most[0]["value"], one["value"]
            if likeliest(true, printed) or likeliest(printed, true):
                figures.failed += 1
            else:
                sameness.failed += 1
                apart.append(abs(log((printed + 1) / (true + 1))))
    found = {"figure exact": figures, "sameness sources_agree": sameness}
    return found, median(apart) if apart else 0.0


def _fit(one: Told, two: Told) -> bool:
    low = max(one["low"] or 0, two["low"] or 0)
    return all(side["high"] is None or low <= side["high"] for side in (one, two))


def main() -> None:
    """Print the table."""
    warehouse = Path(sys.argv[1] if len(sys.argv) > 1 else "data/warehouse/warehouse.duckdb")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found, apart = counts(connection)
        lists, share = lacking(connection)
    print("| statement | tested | failed | rate |\n|---|--:|--:|--:|")
    for name, count in sorted(found.items()):
        print(f"| {name} | {count.tested:,} | {count.failed:,} | {count.rate:.1g} |")
    print(f"\nNumbers of different things lie apart by a factor of e^{apart:.2f} (median).")
    print(f"{lists} lists lack {share:.2f} of what they have (median).")


if __name__ == "__main__":
    main()
