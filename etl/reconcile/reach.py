"""What is known of the cells and statements that need reasoning, as rows.

Nothing else leaves the engine, so a night costs in proportion to what is wrong with it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.engine import duckdb as engine
from etl.reconcile.likelihood import Distances
from etl.reconcile.near import KEY, mark

if TYPE_CHECKING:
    import duckdb

_CELLS = """
    select
        cells.*,
        measures.label as measure_label,
        geographies.label as geography_label,
        periods.label as period_label,
        dimensions.label as dimension_label,
        nationalities.label as nationality_label
    from coded_cells as cells
    left join dim_measure as measures on cells.measure = measures.measure
    left join dim_geography as geographies on cells.geography = geographies.geography
    left join dim_period as periods
        on cells.period_start = periods.period_start and cells.period_end = periods.period_end
    left join dim_dimension as dimensions on cells.dimension = dimensions.dimension
    left join dim_nationality as nationalities
        on cells.category = nationalities.category
        and cells.dimension in ('nationality', 'nationality_foreign', 'destination')
    order by cells.cell
"""
_FIGURES = f"""
    with told as (
        select
            cells.cell,
            figures.*,
            sources.origin,
            sources.published_date,
            coalesce(rates.error_rate, others.error_rate) * coalesce(kinds.factor, 1)
            * case when sources.is_copy then coalesce(copies.factor, 1) else 1 end as error_rate,
            qualifiers.label as words,
            max(sources.published_date) over (partition by cells.cell, sources.origin) as latest,
            count(*) filter (where sources.published_date is null)
                over (partition by cells.cell, sources.origin) as undated_count
        from int_figures_bounded as figures
        inner join coded_cells as cells using ({KEY})
        inner join dim_source as sources on figures.source_id = sources.source_id
        inner join stg_qualifiers as qualifiers on figures.value_qualifier = qualifiers.qualifier
        left join reached_rates as rates
            on rates.kind = 'figure' and figures.value_qualifier = rates.name
        left join reached_rates as others on others.kind = 'figure' and others.name = 'other'
        left join stg_publishers as publishers on sources.publisher = publishers.publisher
        left join stg_weights as kinds
            on kinds.kind = 'publisher' and coalesce(publishers.kind, 'press') = kinds.name
        left join stg_weights as copies on copies.kind = 'publisher' and copies.name = 'copy'
    )
    select
        cell,
        figure_id,
        source_id,
        origin,
        reported_value,
        least(low_value, coalesce(reported_value, low_value)) as low,
        high_value as high,
        words,
        error_rate,
        coalesce(undated_count = 0 and published_date < latest, false) as is_superseded,
        file,
        row_number
    from told
    where reported_value is not null
    order by cell, figure_id
"""
_STATEMENTS = """
    with claims as (
        select
            claims.claim_id,
            claims.kind,
            claims.operator,
            claims.stated_number_text,
            claims.source_id,
            claims.file,
            claims.row_number,
            checks.slip,
            bounded.scale,
            case
                when claims.kind = 'sum'
                and claims.operator = 'eq'
                and claims.stated_number = subjects.reported_value
                then claims.subject_figure_id
            end as sum_figure_id
        from stg_claims as claims
        inner join int_claims_bounded as bounded on claims.claim_id = bounded.claim_id
        left join int_figures_bounded as subjects
            on claims.subject_figure_id = subjects.figure_id
        left join fct_claim_check as checks on claims.claim_id = checks.claim_id
    )
    select
        statements.statement_id,
        statements.check_name,
        statements.source_id,
        statements.low_bound as low,
        statements.high_bound as high,
        statements.verdict in ('fail', 'warn') as is_failed,
        claims.claim_id,
        claims.kind as claim_kind,
        claims.operator,
        claims.stated_number_text,
        claims.slip,
        claims.scale as sum_scale,
        claims.sum_figure_id,
        sources.origin,
        claims.file,
        claims.row_number,
        case
            when claims.sum_figure_id is not null then structure.error_rate
            else coalesce(rates.error_rate, others.error_rate)
        end as error_rate,
        case
            when claims.sum_figure_id is not null
            then coalesce(rates.error_rate, others.error_rate)
            else completeness.error_rate
        end as completeness_rate
    from int_statements as statements
    left join dim_source as sources on statements.source_id = sources.source_id
    semi join reached_statements on statements.statement_id = reached_statements.statement_id
    left join claims
        on starts_with(statements.check_name, 'claims_match_figures')
        and statements.source_id = claims.source_id
        and ends_with(statements.statement_id, ':' || claims.claim_id)
    left join reached_rates as rates
        on rates.kind = case when claims.kind is null then 'structure' else 'claim' end
        and rates.name = coalesce(claims.kind, statements.check_name)
    left join reached_rates as others
        on others.kind = case when claims.kind is null then 'structure' else 'claim' end
        and others.name = 'other'
    left join reached_rates as structure
        on structure.kind = 'structure' and structure.name = 'subtotals_sum_to_total'
    left join reached_rates as completeness
        on completeness.kind = 'completeness' and statements.check_name = completeness.name
    order by statements.statement_id
"""
_TERMS = f"""
    with claimed as (
        select figure_id, reported_value
        from int_figures_bounded
        where figure_id in (
            select figure_id from near_terms
            where starts_with(check_name, 'claims_match_figures')
        )
    )
    select
        terms.statement_id,
        cells.cell,
        terms.figure_id,
        terms.coefficient,
        case
            when starts_with(terms.check_name, 'claims_match_figures')
            then terms.reported_value - claimed.reported_value
        end as offset_value,
        terms.role
    from near_terms as terms
    semi join reached_statements on terms.statement_id = reached_statements.statement_id
    inner join coded_cells as cells using ({KEY})
    left join claimed on terms.figure_id = claimed.figure_id
    order by terms.statement_id, cells.cell, terms.figure_id, terms.coefficient
"""
_RATES = """
    create or replace temp view reached_rates as
    select kind, name, error_rate
    from stg_weights
    union all
    select kind, name, error_rate
    from (
        values
            ('figure', 'other', 0.01),
            ('sameness', 'sources_agree', 0.05),
            ('completeness', 'subtotals_sum_to_total', 0.1),
            ('structure', 'subtotals_sum_to_total', 0.003),
            ('structure', 'other', 0.07),
            ('claim', 'other', 0.1)
    ) as shipped (kind, name, error_rate)
    where (kind, name) not in (select kind, name from stg_weights)
"""
_DISTANCES = """
    select case name when 'sources_agree' then 'apart' else 'lacking' end as name, factor
    from stg_weights
    where kind = 'distance' and name in ('sources_agree', 'subtotals_sum_to_total')
"""
_SAMENESS = "select error_rate from reached_rates where kind = 'sameness'"

Row = dict[str, Any]


@dataclass(frozen=True)
class Reached:
    """What was found near, as rows; every statement's terms are about reached cells.

    Attributes:
        cells: the cells, `cell` being their number, with the labels of what they count.
        figures: figures that give a number for one of them.
        statements: statements about them.
        terms: the statements' terms.
        sameness_rate: how often two origins on one cell count different things.
        distances: how far off lies what is wrong without a slip.
    """

    cells: list[Row]
    figures: list[Row]
    statements: list[Row]
    terms: list[Row]
    sameness_rate: float
    distances: Distances


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The rows of a query, equal texts being one: codes, labels and files recur in most of them."""
    return [
        {name: sys.intern(one) if isinstance(one, str) else one for name, one in row.items()}
        for row in engine.rows(connection, sql)
    ]


def reach(connection: duckdb.DuckDBPyConnection) -> Reached | None:
    """What needs reasoning tonight; None where nothing does."""
    if not mark(connection):
        return None
    connection.execute(_RATES)
    return Reached(
        cells=_rows(connection, _CELLS),
        figures=_rows(connection, _FIGURES),
        statements=_rows(connection, _STATEMENTS),
        terms=_rows(connection, _TERMS),
        sameness_rate=connection.execute(_SAMENESS).fetchall()[0][0],
        distances=Distances(**dict(connection.execute(_DISTANCES).fetchall())),
    )
