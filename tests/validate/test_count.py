from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pandera.pandas as pa
import pytest

from etl.errors import SchemaError
from etl.schemas.declare import group_check, references, row_check
from etl.validate.compile import compile_schema
from etl.validate.count import CheckResult, count, offenders, offenders_sql, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.validate.compiled import CompiledTable

    Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect(":memory:") as connected:
        yield connected


def one_column(kind: Any, *checks: pa.Check, **options: Any) -> CompiledTable:
    column = pa.Column(kind, list(checks), **{"nullable": True, **options})
    return compile_schema(pa.DataFrameSchema({"x": column}), "main.t")


def results(connection: Connection, compiled: CompiledTable) -> dict[str, CheckResult]:
    return {result.check.name: result for result in count(connection, compiled)}


def counts(result: CheckResult) -> tuple[int, int, int, str]:
    return result.tested_count, result.failed_count, result.unknown_count, result.verdict


WHOLE = "bigint", "(1), (null), (-5), (0), (null)"
NUMBER = "double", "(1.5), ('nan'), (null), ('inf'), (-0.0)"
TEXT = "varchar", "('part'), ('Part'), (''), (null), ('e\u0301'), ('part')"
DAY = "date", "('2024-01-01'), ('2023-12-31'), (null)"


@pytest.mark.parametrize(
    ("kind", "rows", "check", "expected"),
    [
        ("Int64", WHOLE, pa.Check.ge(0), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.gt(0), (3, 2, 2, "fail")),
        ("Int64", WHOLE, pa.Check.le(1), (3, 0, 2, "pass")),
        ("Int64", WHOLE, pa.Check.lt(1), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.eq(0), (3, 2, 2, "fail")),
        ("Int64", WHOLE, pa.Check.ne(0), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.in_range(-5, 0), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.in_range(-5, 1, include_min=False), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.isin([0, 1]), (3, 1, 2, "fail")),
        ("Int64", WHOLE, pa.Check.notin([0, 1]), (3, 2, 2, "fail")),
        ("Int64", WHOLE, pa.Check.ge(0, raise_warning=True), (3, 1, 2, "warn")),
        ("float64", NUMBER, pa.Check.ge(0), (3, 0, 2, "pass")),
        ("float64", NUMBER, pa.Check.lt(2), (3, 1, 2, "fail")),
        ("str", TEXT, pa.Check.str_matches("[a-z]"), (5, 2, 1, "fail")),
        ("str", TEXT, pa.Check.str_contains("art"), (5, 2, 1, "fail")),
        ("str", TEXT, pa.Check.str_startswith("P"), (5, 4, 1, "fail")),
        ("str", TEXT, pa.Check.str_endswith("t"), (5, 2, 1, "fail")),
        ("str", TEXT, pa.Check.str_length(2, 3), (5, 4, 1, "fail")),
        ("str", TEXT, pa.Check.str_length(4), (5, 2, 1, "fail")),
        (dt.date, DAY, pa.Check.ge(dt.date(2024, 1, 1)), (2, 1, 1, "fail")),
        ("bool", ("boolean", "(true), (false)"), pa.Check.eq(True), (2, 1, 0, "fail")),
        ("Int64", ("bigint", "(null), (null)"), pa.Check.ge(0), (0, 0, 2, "unknown")),
    ],
    ids=str,
)
def test_a_built_in_check_counts_tested_failed_and_unknown(
    connection: Connection,
    kind: Any,
    rows: tuple[str, str],
    check: pa.Check,
    expected: tuple[int, int, int, str],
) -> None:
    connection.execute(f"create table t (x {rows[0]}); insert into t values {rows[1]}")
    assert counts(count(connection, one_column(kind, check))[-1]) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("('a'), ('b'), ('a'), ('a')", (4, 3, 0, "fail")),
        ("('a'), (null)", (2, 0, 0, "pass")),
        ("('a'), (null), (null)", (3, 2, 0, "fail")),
        ("('é'), ('e\u0301')", (2, 0, 0, "pass")),
    ],
)
def test_unique_counts_the_rows_that_share_their_value(
    connection: Connection, rows: str, expected: tuple[int, int, int, str]
) -> None:
    connection.execute(f"create table t (x varchar); insert into t values {rows}")
    assert counts(count(connection, one_column(str, unique=True))[-1]) == expected


def test_unique_columns_are_judged_together(connection: Connection) -> None:
    columns = {"a": pa.Column("Int64", nullable=True), "b": pa.Column("float64", nullable=True)}
    compiled = compile_schema(pa.DataFrameSchema(columns, unique=["a", "b"]), "main.t")
    connection.execute("create table t (a bigint, b double)")
    connection.execute("insert into t values (1, 1), (1, 2), (1, null), (1, 'nan'), (null, 1)")
    assert counts(results(connection, compiled)["a_b_is_unique"]) == (5, 2, 0, "fail")
    rows = offenders(connection, compiled, compiled.checks[2], 10)
    assert [row["a"] for row in rows] == [1, 1]


def test_a_stated_value_is_never_unknown_and_nan_is_not_stated(connection: Connection) -> None:
    connection.execute("create table t (x double); insert into t values (1), (null), ('nan')")
    compiled = one_column("float64", nullable=False)
    assert counts(results(connection, compiled)["x_is_stated"]) == (3, 2, 0, "fail")


def test_every_check_of_rows_is_unknown_on_an_empty_table(connection: Connection) -> None:
    connection.execute("create table t (x bigint)")
    compiled = one_column("int64", pa.Check.ge(0), nullable=False, unique=True)
    verdicts = {name: result.verdict for name, result in results(connection, compiled).items()}
    assert verdicts == {
        "columns_are_present": "pass",
        "columns_have_declared_types": "pass",
        "x_is_stated": "unknown",
        "x_is_unique": "unknown",
        "x_is_not_negative": "unknown",
    }


@pytest.mark.parametrize(
    ("rows", "unexpected", "missing"),
    [
        ("('a'), ('b'), (null)", 0, 0),
        ("('a')", 0, 1),
        ("('a'), ('b'), ('c')", 1, 0),
        ("(null)", 0, 1),
    ],
)
def test_unique_values_eq_tells_an_unexpected_value_from_a_missing_one(
    connection: Connection, rows: str, unexpected: int, missing: int
) -> None:
    connection.execute(f"create table t (x varchar); insert into t values {rows}")
    found = results(connection, one_column(str, pa.Check.unique_values_eq(["a", "b"])))
    assert found["x_is_known"].failed_count == unexpected
    assert found["x_has_every_known_value"].tested_count == 1
    assert found["x_has_every_known_value"].failed_count == missing


def test_unique_values_eq_fails_on_an_empty_table(connection: Connection) -> None:
    connection.execute("create table t (x varchar)")
    found = results(connection, one_column(str, pa.Check.unique_values_eq(["a"])))
    assert found["x_has_every_known_value"].verdict == "fail"


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ("('s1'), ('s2')", (3, 1, 1, "fail")),
        ("('s1'), ('s2'), ('s3'), (null)", (3, 0, 1, "pass")),
        ("(null)", (3, 3, 1, "fail")),
        ("('s1'), ('s1')", (3, 2, 1, "fail")),
    ],
)
def test_a_reference_is_unknown_where_nothing_is_stated(
    connection: Connection, parents: str, expected: tuple[int, int, int, str]
) -> None:
    connection.execute("create schema staging")
    connection.execute("create table staging.stg_sources (source_id varchar)")
    connection.execute(f"insert into staging.stg_sources values {parents}")
    connection.execute("create table t (x varchar)")
    connection.execute("insert into t values ('s1'), ('s2'), ('s3'), (null)")

    class Child(pa.DataFrameModel):
        x: str = references("stg_sources.source_id", nullable=True)

    compiled = compile_schema(Child.to_schema(), "main.t")
    assert counts(results(connection, compiled)["x_is_known"]) == expected


def test_a_reference_to_an_empty_table_fails_and_to_a_missing_column_breaks(
    connection: Connection,
) -> None:
    class Child(pa.DataFrameModel):
        x: str = references("main.parent.x", nullable=True)

    compiled = compile_schema(Child.to_schema(), "main.t")
    connection.execute("create table t (x varchar); insert into t values ('a'), (null)")
    connection.execute("create table parent (x varchar)")
    assert counts(results(connection, compiled)["x_is_known"]) == (1, 1, 1, "fail")
    connection.execute("create or replace table parent (y varchar)")
    assert results(connection, compiled)["x_is_known"].verdict == "error"


class Period(pa.DataFrameModel):
    start: dt.date = pa.Field(nullable=True)
    finish: dt.date = pa.Field(nullable=True)
    place: str = pa.Field(nullable=True)
    role: str = pa.Field(nullable=True)
    value: pd.Int64Dtype = pa.Field(nullable=True)

    @row_check("finish >= start", severity="warning")
    @classmethod
    def finish_is_not_before_start(cls, frame: pd.DataFrame) -> Any:
        """A period ends on or after the day it starts."""
        return frame["finish"] >= frame["start"]

    @group_check(
        by=["place"],
        sql="sum(value) filter (role = 'part') <= max(value) filter (role = 'whole')",
    )
    @classmethod
    def parts_do_not_exceed_whole(cls, frame: pd.DataFrame) -> Any:
        """Parts together are not above their whole."""
        raise NotImplementedError


@pytest.fixture
def periods(connection: Connection) -> CompiledTable:
    connection.execute("""
        create table t (start date, finish date, place varchar, role varchar, value bigint);
        insert into t values
            ('2024-01-01', '2024-12-31', 'khm', 'whole', 10),
            ('2024-01-01', '2023-12-31', 'khm', 'part', 11),
            ('2024-01-01', null, 'tha', 'whole', 10),
            (null, null, 'tha', 'part', 10),
            (null, null, 'lao', 'part', 5),
            (null, null, null, 'part', 7),
            (null, null, null, 'whole', 6)
    """)
    return compile_schema(Period.to_schema(), "main.t")


def test_a_row_check_is_unknown_without_an_operand(
    connection: Connection, periods: CompiledTable
) -> None:
    found = results(connection, periods)["finish_is_not_before_start"]
    assert counts(found) == (2, 1, 5, "warn")
    (row,) = offenders(connection, periods, found.check, 10)
    assert (row["place"], row["value"]) == ("khm", 11)


def test_a_group_check_counts_groups_and_names_them_by_their_columns(
    connection: Connection, periods: CompiledTable
) -> None:
    found = results(connection, periods)["parts_do_not_exceed_whole"]
    assert counts(found) == (3, 2, 1, "fail")
    assert offenders(connection, periods, found.check, 10) == ({"place": "khm"}, {"place": None})


def test_rows_that_a_rule_is_not_about_are_not_counted(connection: Connection) -> None:
    class Scoped(pa.DataFrameModel):
        of: str = pa.Field(nullable=True)
        x: str = references("main.parent.key", where="of = 'here'", nullable=True)
        y: pd.Int64Dtype = pa.Field(nullable=True)

        @row_check("y > 0", where="of = 'here'", columns=["y"], expected="a count")
        @classmethod
        def y_is_positive_here(cls, frame: pd.DataFrame) -> Any:
            """Here there is always something."""
            return (frame["of"] != "here") | (frame["y"] > 0)

        @group_check(by=["of"], sql="sum(y) > 2", where="x is not null")
        @classmethod
        def sums_are_large(cls, frame: pd.DataFrame) -> Any:
            """Sums are large."""
            raise NotImplementedError

    compiled = compile_schema(Scoped.to_schema(), "main.t")
    connection.execute("create table parent (key varchar); insert into parent values ('a')")
    connection.execute("create table t (of varchar, x varchar, y bigint)")
    connection.execute("""insert into t values
        ('here', 'a', 1), ('here', 'b', 0), ('here', null, null), (null, 'b', 0),
        ('there', 'b', 0), ('there', 'a', 3), ('there', null, -9)""")
    found = results(connection, compiled)
    assert counts(found["x_is_known"]) == (2, 1, 2, "fail")
    assert counts(found["y_is_positive_here"]) == (2, 1, 2, "fail")
    assert counts(found["sums_are_large"]) == (3, 2, 0, "fail")
    assert found["y_is_positive_here"].check.expected == "a count"
    for name in ("x_is_known", "y_is_positive_here"):
        (row,) = offenders(connection, compiled, found[name].check, 10)
        assert row == {"of": "here", "x": "b", "y": 0}
    groups = offenders(connection, compiled, found["sums_are_large"].check, 10)
    assert groups == ({"of": "here"}, {"of": None})


def test_the_table_s_shape_is_checked_with_its_own_denominators(connection: Connection) -> None:
    columns = {name: pa.Column("int64", nullable=True) for name in ("a", "b", "c")}
    compiled = compile_schema(pa.DataFrameSchema(columns, strict=True), "main.t")
    connection.execute("create table t (a bigint, b integer, extra varchar)")
    found = results(connection, compiled)
    present, types, strict = list(found.values())[:3]
    assert (counts(present), present.message) == ((3, 1, 0, "fail"), "`c` is missing")
    assert (counts(types), types.message) == ((2, 1, 1, "fail"), "`b` is INTEGER, not BIGINT")
    assert (counts(strict), strict.message) == ((3, 1, 0, "fail"), "`extra` is not declared")


@pytest.mark.parametrize(
    ("dtype", "good", "bad"),
    [
        ("int64", "bigint", "hugeint"),
        ("Int64", "bigint", "double"),
        ("int32", "integer", "bigint"),
        ("float64", "double", "decimal(18,3)"),
        ("bool", "boolean", "bigint"),
        ("boolean", "boolean", "varchar"),
        ("str", "varchar", "blob"),
        (pd.StringDtype(), "varchar", "bigint"),
        (dt.date, "date", "timestamp"),
        ("datetime64[ns]", "timestamp", "date"),
        (pd.Timestamp, "timestamp_ns", "timestamptz"),
    ],
    ids=str,
)
def test_a_column_of_another_type_fails(
    connection: Connection, dtype: Any, good: str, bad: str
) -> None:
    compiled = one_column(dtype)
    connection.execute(f"create table t (x {good})")
    assert count(connection, compiled)[1].verdict == "pass"
    connection.execute(f"create or replace table t (x {bad})")
    assert count(connection, compiled)[1].verdict == "fail"


def test_a_check_that_breaks_is_an_error_and_leaves_the_others_as_they_are(
    connection: Connection,
) -> None:
    class Product(pa.DataFrameModel):
        a: int = pa.Field(ge=0)
        b: int

        @row_check("a * b > 0")
        @classmethod
        def product_is_positive(cls, frame: pd.DataFrame) -> Any:
            """Both have one sign."""
            return frame["a"] * frame["b"] > 0

    compiled = compile_schema(Product.to_schema(), "main.t")
    connection.execute("create table t (a bigint, b bigint)")
    connection.execute("insert into t values (9223372036854775807, 2), (-1, 1)")
    found = results(connection, compiled)
    assert found["product_is_positive"].verdict == "error"
    assert "Overflow" in found["product_is_positive"].message
    assert counts(found["a_is_not_negative"]) == (2, 1, 0, "fail")


def test_checks_of_a_missing_column_are_errors_and_the_rest_are_counted(
    connection: Connection,
) -> None:
    columns = {"a": pa.Column("int64"), "b": pa.Column("int64", unique=True)}
    compiled = compile_schema(pa.DataFrameSchema(columns), "main.t")
    connection.execute("create table t (a bigint); insert into t values (1)")
    verdicts = {name: result.verdict for name, result in results(connection, compiled).items()}
    assert verdicts["a_is_stated"] == "pass"
    assert verdicts["b_is_stated"] == verdicts["b_is_unique"] == "error"


def test_a_missing_table_is_a_fault_of_the_run(connection: Connection) -> None:
    with pytest.raises(SchemaError, match="no model built the table"):
        count(connection, one_column("int64"))


def test_offenders_come_in_order_of_their_values_and_no_more_than_asked(
    connection: Connection,
) -> None:
    connection.execute("create table t (x bigint); insert into t select -i from range(100) r(i)")
    compiled = one_column("int64", pa.Check.ge(0))
    rows = offenders(connection, compiled, compiled.checks[-1], 3)
    assert rows == ({"x": -99}, {"x": -98}, {"x": -97})


def test_a_check_of_the_whole_table_has_no_offending_rows(connection: Connection) -> None:
    connection.execute("create table t (y varchar)")
    compiled = one_column("int64")
    assert offenders(connection, compiled, compiled.checks[0], 3) == ()
    with pytest.raises(ValueError, match="no row breaks it"):
        offenders_sql(compiled, compiled.checks[0])


@pytest.mark.parametrize("name", ['odd "name', "select", "Übung", "a b", "it's"])
def test_any_column_name_can_be_checked(connection: Connection, name: str) -> None:
    column = pa.Column("int64", pa.Check.ge(0), unique=True)
    compiled = compile_schema(pa.DataFrameSchema({name: column}, strict=True), 'main.odd "t')
    quoted = '"' + name.replace('"', '""') + '"'
    connection.execute(f'create table "odd ""t" ({quoted} bigint)')
    connection.execute('insert into "odd ""t" values (1), (1), (-1)')
    assert [result.failed_count for result in count(connection, compiled)] == [0, 0, 0, 0, 2, 1]


@pytest.mark.parametrize(
    "text", ["it's", "a\\b", "%", "_", "''", "\n", "'; drop table t; --", "😀"]
)
def test_a_value_stays_a_value_in_sql(connection: Connection, text: str) -> None:
    connection.execute("create table t (x varchar)")
    connection.execute("insert into t values (?), ('other')", [text])
    for check in (pa.Check.eq(text), pa.Check.isin([text]), pa.Check.str_startswith(text)):
        assert count(connection, one_column(str, check))[-1].failed_count == 1


@pytest.mark.parametrize(
    ("tested", "failed", "severity", "expected"),
    [
        (0, 0, "error", "unknown"),
        (1, 0, "error", "pass"),
        (1, 1, "error", "fail"),
        (1, 1, "warning", "warn"),
    ],
)
def test_a_verdict_follows_from_counts_and_severity(
    tested: int, failed: int, severity: Any, expected: str
) -> None:
    assert verdict(tested, failed, severity) == expected
