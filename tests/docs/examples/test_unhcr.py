"""The worked example: a table of 113,929 rows in another shape, brought in by one SQL file."""

from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs" / "examples" / "unhcr" / "raw" / "unhcr" / "unhcr_asylum_decisions.parquet"
# The same arithmetic as the example's checks, on the file as UNHCR has it.
OFF = f"""
    select
        coo_iso as origin,
        coa_iso as geography,
        year,
        lower(concat_ws('_', 'asylum_decisions', dec_pc, dec_level, procedure_type)) as measure,
        dec_total - dec_recognized - dec_other - dec_rejected - dec_closed as residual_value
    from '{TABLE}'
    where residual_value <> 0
"""
FAILED = """
    select
        whole_category as origin, geography, year(period_start) as year, measure, residual_value
    from marts.fct_subtotal_check
    where verdict = 'fail'
"""


def test_every_row_becomes_a_total_and_four_parts(unhcr: duckdb.DuckDBPyConnection) -> None:
    found = unhcr.sql(
        "select dimension, count(*) from marts.fct_reported_figure group by all order by all"
    ).fetchall()
    assert found == [("nationality", 113_929), ("nationality_decision", 4 * 113_929)]


def test_exactly_the_rows_that_do_not_add_up_fail(unhcr: duckdb.DuckDBPyConnection) -> None:
    failed = unhcr.sql(FAILED).fetchall()
    assert set(failed) == set(unhcr.execute(OFF).fetchall())
    residuals = [row[-1] for row in failed]
    short, over = sum(r > 0 for r in residuals), sum(r < 0 for r in residuals)
    assert (len(failed), short, over, max(map(abs, residuals))) == (444, 278, 166, 6_091)


def test_all_other_breakdowns_pass_or_have_no_stated_total(
    unhcr: duckdb.DuckDBPyConnection,
) -> None:
    found = unhcr.sql(
        """
        select dimension, verdict, unknown_reason, count(*)
        from marts.fct_subtotal_check
        where verdict <> 'fail'
        group by all
        order by all
        """
    ).fetchall()
    assert found == [
        ("nationality", "unknown", "the source states no total for it", 5_411),
        ("nationality_decision", "pass", None, 113_929 - 444),
    ]


def test_no_finding_is_about_anything_else(unhcr: duckdb.DuckDBPyConnection) -> None:
    found = unhcr.sql("select check_name, count(*) from audit.finding group by all").fetchall()
    assert found == [("subtotals_sum_to_total", 444)]
    assert unhcr.sql("from audit.quarantine").fetchall() == []


def test_a_finding_leads_to_the_row_of_the_file(unhcr: duckdb.DuckDBPyConnection) -> None:
    found = unhcr.sql(
        """
        select distinct source.coo_name, source.coa_name, source.year, source.dec_total
        from audit.finding as findings
        inner join
            raw.unhcr as source
            on findings.file = source.file
            and findings.row_number = source.row_number
        where findings.headline like '%6,091%'
        """
    ).fetchall()
    assert found == [("Unknown", "Belgium", "2008", "6091")]
