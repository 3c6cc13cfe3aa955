"""The checks on breakdowns say the same in SQL, in pandas and in `fct_subtotal_check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.schemas.int_breakdown_members import BREAKDOWN
from tests.conftest import Engine

if TYPE_CHECKING:
    from etl.plan import Plan
    from tests.checks.conftest import Declared

    Row = dict[str, Any]
    Interval = tuple[int | None, int, int | None]

CHECKS = (
    "subtotals_sum_to_total",
    "subtotals_do_not_exceed_total",
    "overlapping_subtotals_do_not_exceed_total",
)
PLACE = {"measure": "m", "geography": "KHM", "period_start": "2019-01-01"}
VALUE = st.integers(0, 8) | st.sampled_from([100, 900, 10**15])


@st.composite
def interval(draw: st.DrawFn) -> Interval:
    """A number and what its qualifier makes of it."""
    value = draw(VALUE)
    width = draw(st.integers(1, 3))
    exact: Interval = (value, value, value)
    about: Interval = (value, max(0, value - width), value + width)
    nearly: Interval = (value, max(0, value - width), max(0, value - 1))
    at_least: Interval = (value, value, None)
    over: Interval = (value, value + 1, None)
    up_to: Interval = (value, 0, value)
    unstated: Interval = (None, 0, None)
    return draw(
        st.sampled_from([exact, exact, exact, about, nearly, at_least, over, up_to, unstated])
    )


@st.composite
def breakdown(draw: st.DrawFn) -> tuple[Row, list[Row]]:
    """The whole and the members of one breakdown."""
    key = {
        **PLACE,
        "source_id": draw(st.sampled_from(["one", "two"])),
        "period_end": draw(st.sampled_from(["2019-06-30", "2019-12-31"])),
        "dimension": draw(st.sampled_from(["nationality", "sex"])),
        "whole_category": draw(st.sampled_from(["TOTAL", "VNM", ""])),
    }
    key |= {"breakdown_id": "/".join(key.values()), "stated_dimension": "total"}
    complete = draw(st.sampled_from(["yes", "yes", "no", "unknown"]))
    flags = {
        "is_complete": complete == "yes",
        "may_overlap": draw(st.booleans()),
        "is_damaged": draw(st.sampled_from([False, False, False, True])),
    }
    parts = draw(st.lists(interval(), min_size=1, max_size=4))
    around = draw(st.integers(-2, 2))
    total = max(0, sum(value or 0 for value, _, _ in parts) + around)
    stated = draw(
        st.none() | interval() | st.sampled_from([(total, total, total), (total, total + 1, None)])
    )
    members = [member(key | flags, "part", f"p{place}", part) for place, part in enumerate(parts)]
    whole = member(key | flags, "whole", key["whole_category"], stated)
    said = {"whole_dimension": "total", "breakdown_complete": complete}
    return {**whole, **said, "stated_category": key["whole_category"]}, [whole, *members]


def member(shared: Row, role: str, category: str, reported: Interval | None) -> Row:
    value, low, high = reported or (None, None, None)
    figure_id = None if reported is None else f"{role}.{category}"
    return {
        **shared,
        "role": role,
        "category": category,
        "figure_id": figure_id,
        "reported_value": value,
        "low_value": low,
        "high_value": high,
    }


@st.composite
def breakdowns(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Some breakdowns, told apart by any part of their keys, their members in any order."""
    several = st.lists(breakdown(), min_size=1, max_size=4, unique_by=lambda made: key_of(made[0]))
    drawn = draw(several)
    members = [member for _, members in drawn for member in members]
    return [whole for whole, _ in drawn], draw(st.permutations(members))


def key_of(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name] or "") for name in BREAKDOWN)


def fill(engine: Engine, table: str, rows: list[Row]) -> None:
    columns = engine.connection.execute(f"select * from {table} limit 0").description or ()
    names = [name for name, *_ in columns if name in rows[0]]
    listed = ", ".join(names)
    arrow = pyarrow.Table.from_pylist([{name: row[name] for name in names} for row in rows])
    engine.connection.execute(f"delete from {table}")
    engine.connection.register("given", arrow)
    engine.connection.execute(f"insert into {table} ({listed}) select {listed} from given")


def verdict_of_sql(engine: Engine, check: Declared) -> dict[tuple[str, ...], str]:
    keys = ", ".join(BREAKDOWN)
    rows = engine.rows(
        f"(select {keys}, ({check.check.sql}) as holds from {check.table.name}"
        f" where {check.check.where} group by {keys})"
    )
    bad = "fail" if check.check.severity == "error" else "warn"
    return {key_of(row): {True: "pass", False: bad, None: "unknown"}[row["holds"]] for row in rows}


def test_every_verdict_on_a_breakdown_is_the_same_in_sql_pandas_and_the_mart(
    plan: Plan, declared: dict[str, Declared]
) -> None:
    checks = [declared[name] for name in CHECKS]
    terms = plan.table("int_subtotal__statement_terms")
    statements, mart = plan.table("int_statements"), plan.table("fct_subtotal_check")
    seen: set[str] = set()

    @settings(
        max_examples=80,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(breakdowns())
    def agree(drawn: tuple[list[Row], list[Row]]) -> None:
        wholes, members = drawn
        fill(engine, "intermediate.int_breakdown_wholes", wholes)
        fill(engine, "intermediate.int_breakdown_members", members)
        in_sql: dict[tuple[str, ...], str] = {}
        for check in checks:
            of_check = verdict_of_sql(engine, check)
            failed = {key for key, verdict in of_check.items() if verdict in ("fail", "warn")}
            assert {key_of(row) for row in check.offenders(engine)} == failed
            assert {key_of(row) for row in check.failed_in_pandas(engine)} == failed
            assert of_check.keys().isdisjoint(in_sql)
            in_sql |= of_check
        for table in (statements, mart):
            engine.connection.execute(f"drop table if exists {table.name}")
            engine.connection.execute(table.statement)
        assert in_sql == {key_of(row): row["verdict"] for row in engine.rows(mart.name)}
        seen.update(in_sql.values())

    with duckdb.connect() as connection:
        engine = Engine(connection)
        for name in ("int_breakdown_wholes", "int_breakdown_members"):
            engine.create(plan.table(name), name)
        connection.execute(terms.statement)
        connection.execute(f"create view int_statement_terms as select * from {terms.stem}")
        agree()
    assert seen == {"pass", "fail", "warn", "unknown"}
