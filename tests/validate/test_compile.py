from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest

from etl.errors import SchemaError
from etl.schemas.declare import group_check, references, row_check
from etl.validate.compile import compile_schema
from etl.validate.compiled import CompiledTable, qualified


def schema_of(*checks: pa.Check, kind: Any = "int64", **options: Any) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({"x": pa.Column(kind, list(checks), nullable=True, **options)})


def names(schema: pa.DataFrameSchema) -> list[str]:
    shape = ("columns_are_present", "columns_have_declared_types")
    checks = compile_schema(schema, "main.t").checks
    return [check.name for check in checks if check.name not in shape]


def with_rule(check: pa.Check) -> pa.DataFrameSchema:
    columns = {"x": pa.Column("int64"), "y": pa.Column("int64"), "f": pa.Column("float64")}
    return pa.DataFrameSchema(columns, checks=[check])


def rule(sql: str, by: tuple[str, ...] = (), where: str = "", **options: Any) -> pa.Check:
    return pa.Check(
        lambda frame: frame["x"] >= 0,
        statistics={"sql": sql, "by": by, "where": where},
        **{"name": "rule", "description": "A claim.", **options},
    )


@pytest.mark.parametrize(
    ("kind", "check", "name", "claim"),
    [
        ("int64", pa.Check.ge(0), "x_is_not_negative", "is at least 0"),
        ("int64", pa.Check.ge(3), "x_is_at_least_3", "is at least 3"),
        ("int64", pa.Check.gt(0), "x_is_positive", "is more than 0"),
        ("int64", pa.Check.gt(-3), "x_is_above_minus_3", "is more than -3"),
        ("int64", pa.Check.le(0), "x_is_at_most_0", "is at most 0"),
        ("int64", pa.Check.lt(0), "x_is_negative", "is less than 0"),
        ("float64", pa.Check.lt(0.5), "x_is_below_0_5", "is less than 0.5"),
        ("int64", pa.Check.eq(7), "x_is_7", "is 7"),
        ("str", pa.Check.ne("n/a"), "x_is_not_n_a", "is not 'n/a'"),
        ("int64", pa.Check.in_range(1, 9), "x_is_from_1_to_9", "is at least 1 and at most 9"),
        ("str", pa.Check.isin(["b", "a"]), "x_is_known", "is one of 'a', 'b'"),
        ("str", pa.Check.notin(["?"]), "x_is_not_forbidden", "is none of '?'"),
        ("str", pa.Check.str_matches("[a-z]+$"), "x_is_well_formed", "has the form `[a-z]+$`"),
        ("str", pa.Check.str_matches("[a-z]"), "x_is_well_formed", "begins with the form `[a-z]`"),
        ("str", pa.Check.str_contains("@"), "x_contains_expected_text", "contains the form `@`"),
        ("str", pa.Check.str_startswith("ISO-"), "x_starts_with_iso", "starts with 'ISO-'"),
        ("str", pa.Check.str_endswith("?"), "x_ends_with_given_text", "ends with '?'"),
        ("str", pa.Check.str_length(3), "x_has_length_3", "has exactly 3 characters"),
        (
            *("str", pa.Check.str_length(1, 3), "x_has_allowed_length"),
            "has at least 1 and at most 3 characters",
        ),
        (dt.date, pa.Check.ge(dt.date(2024, 1, 1)), "x_is_at_least_2024_01_01", "is at least 2024"),
    ],
    ids=str,
)
def test_a_built_in_check_is_named_and_worded_as_its_claim(
    kind: Any, check: pa.Check, name: str, claim: str
) -> None:
    compiled = compile_schema(schema_of(check, kind=kind), "main.t").checks[-1]
    assert compiled.name == name
    assert compiled.claim.startswith(f"`x` {claim}")


def test_what_was_expected_reads_as_words() -> None:
    compiled = compile_schema(schema_of(pa.Check.ge(0)), "main.t").checks[-1]
    assert compiled.expected == "a whole number that is at least 0"


def test_a_long_list_of_values_is_shortened_in_words_only() -> None:
    compiled = compile_schema(schema_of(pa.Check.isin(range(100))), "main.t").checks[-1]
    assert compiled.claim.endswith("9, 10, 11 and 88 more")
    assert compiled.sql.endswith("98, 99)")


class Figures(pa.DataFrameModel):
    figure_id: str = pa.Field(unique=True)
    source_id: str = references(
        "stg_sources.source_id", metadata={"severity": "warning", "reason": "Sources come late."}
    )
    value: pd.Int64Dtype = pa.Field(
        ge=0,
        le=10,
        nullable=True,
        metadata={
            "checks": {"less_than_or_equal_to": {"name": "value_is_small", "severity": "warning"}}
        },
    )

    @row_check("value > 0 or figure_id <> source_id", reason="They were mixed up once.")
    @classmethod
    def ids_differ(cls, frame: pd.DataFrame) -> Any:
        """A figure is not named like its source.

        More about it.
        """
        return (frame["value"] > 0) | (frame["figure_id"] != frame["source_id"])

    @group_check(by=["source_id"], sql="max(value) < 9", severity="warning", columns=["figure_id"])
    @classmethod
    def sources_are_modest(cls, frame: pd.DataFrame) -> Any:
        """No source is immodest."""
        return frame.groupby("source_id")["value"].transform("max") < 9

    class Config:
        strict = True
        unique = ["source_id", "value"]  # noqa: RUF012


@pytest.fixture(scope="module")
def figures() -> CompiledTable:
    return compile_schema(Figures.to_schema(), "stg_figures")


def test_a_schema_s_checks_come_in_the_order_of_reading(figures: CompiledTable) -> None:
    assert [(check.name, check.kind, check.severity) for check in figures.checks] == [
        ("columns_are_present", "column_exists", "error"),
        ("columns_have_declared_types", "dtype", "error"),
        ("no_column_is_undeclared", "strict", "error"),
        ("source_id_value_is_unique", "unique", "error"),
        ("figure_id_is_stated", "not_null", "error"),
        ("figure_id_is_unique", "unique", "error"),
        ("source_id_is_stated", "not_null", "warning"),
        ("source_id_is_known", "references", "warning"),
        ("value_is_not_negative", "greater_than_or_equal_to", "error"),
        ("value_is_small", "less_than_or_equal_to", "warning"),
        ("ids_differ", "row", "error"),
        ("sources_are_modest", "group", "warning"),
    ]
    assert {check.table for check in figures.checks} == {"staging.stg_figures"}


def test_a_rule_carries_its_words_and_the_columns_it_reads(figures: CompiledTable) -> None:
    of_rows, of_groups = figures.checks[-2:]
    assert of_rows.claim == "A figure is not named like its source"
    assert of_rows.reason == "They were mixed up once."
    assert of_rows.columns == ("value", "figure_id", "source_id")
    assert (of_groups.scope, of_groups.group_by) == ("group", ("source_id",))
    assert of_groups.columns == ("figure_id",)


def test_a_compiled_table_survives_json(figures: CompiledTable) -> None:
    assert CompiledTable.from_dict(json.loads(json.dumps(figures.to_dict()))) == figures


def test_the_same_schema_compiles_to_the_same_text_in_every_process() -> None:
    script = (
        "import pandera.pandas as pa\n"
        "from etl.validate.compile import compile_schema\n"
        "check = pa.Check.isin(['c', 'a', 'b', 'e', 'd'])\n"
        "schema = pa.DataFrameSchema({'x': pa.Column(str, check)})\n"
        "print(compile_schema(schema, 'main.t'))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_counting_imports_neither_pandera_nor_pandas_nor_sqlglot() -> None:
    script = (
        "import sys, etl.validate.count\n"
        "print(sorted({'pandera', 'pandas', 'sqlglot', 'pyarrow'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"


def test_a_check_s_own_python_name_does_not_hide_what_it_is() -> None:
    assert names(schema_of(pa.Check.ge(0, name="any_name"))) == ["any_name"]


def test_a_lambda_cannot_pass_for_a_built_in_check() -> None:
    with pytest.raises(SchemaError, match="has no SQL form"):
        names(schema_of(pa.Check(lambda column: column > 0, name="isin")))


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(SchemaError, match="two checks are named x_is_well_formed"):
        names(schema_of(pa.Check.str_matches("a"), pa.Check.str_matches("b"), kind="str"))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (schema_of(coerce=True), "`x` has coerce=True"),
        (schema_of(required=False), "not `Optional`"),
        (schema_of(default=0), "default=0"),
        (schema_of(regex=True), "regex=True"),
        (schema_of(drop_invalid_rows=True), "drop_invalid_rows"),
        (schema_of(report_duplicates="exclude_first"), "report_duplicates"),
        (schema_of(parsers=pa.Parser(lambda column: column)), "parsers"),
        (schema_of(kind=None), "dtype None"),
        (schema_of(kind="object"), "dtype object"),
        (schema_of(kind="category"), "dtype category"),
        (schema_of(kind="float32"), "dtype float32"),
        (schema_of(kind="uint64"), "dtype uint64"),
        (schema_of(kind=pd.DatetimeTZDtype(tz="UTC")), "UTC"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, coerce=True), "coerce=True"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, strict="filter"), "strict='filter'"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, ordered=True), "ordered=True"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, dtype="int64"), "dtype=DataType"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, index=pa.Index("int64")), "index="),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, drop_invalid_rows=True), "drop_invalid"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, add_missing_columns=True), "add_missing"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, unique=["y"]), "unique names y"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, unique=["x", ["x"]]), "unique mixes"),
        (pa.DataFrameSchema({7: pa.Column("int64")}), "is not text"),
        (pa.DataFrameSchema({"x": pa.Column("int64")}, checks=pa.Check.ge(0)), "no SQL form"),
    ],
)
def test_an_option_that_sql_would_not_keep_is_refused(
    schema: pa.DataFrameSchema, reason: str
) -> None:
    with pytest.raises(SchemaError, match=reason):
        compile_schema(schema, "main.t")


def test_an_option_that_a_later_pandera_adds_is_refused() -> None:
    schema = schema_of()
    schema.columns["x"].skip_on_sundays = True
    with pytest.raises(SchemaError, match="skip_on_sundays=True"):
        compile_schema(schema, "main.t")


@pytest.mark.parametrize(
    ("kind", "check", "reason"),
    [
        ("int64", pa.Check.ge(0, ignore_na=False), "ignore_na=False"),
        ("int64", pa.Check.ge(0, element_wise=True), "element_wise=True"),
        ("int64", pa.Check.ge(0, n_failure_cases=1), "n_failure_cases=1"),
        ("int64", pa.Check(bool, groupby="x"), "groupby"),
        ("int64", pa.Check.ge(0.5), "not a whole number"),
        ("int64", pa.Check.ge(True), "not a whole number"),
        ("int64", pa.Check.ge(2**63), "not within 64 bits"),
        ("int32", pa.Check.ge(2**31), "not within 32 bits"),
        ("int64", pa.Check.isin([1, None]), "not a whole number"),
        ("int64", pa.Check.isin([]), "empty set"),
        ("float64", pa.Check.ne(float("nan")), "not a number"),
        ("float64", pa.Check.ge(2**53 + 1), "that a float can hold"),
        ("str", pa.Check.eq(1), "not text"),
        ("str", pa.Check.eq("\ud800"), "no valid Unicode"),
        ("bool", pa.Check.eq(1), "not True or False"),
        (dt.date, pa.Check.ge(dt.datetime(2024, 1, 1)), "not a datetime.date"),  # noqa: DTZ001
        ("datetime64[ns]", pa.Check.ge(dt.date(2024, 1, 1)), "not a datetime"),
        ("datetime64[ns]", pa.Check.ge(pd.Timestamp("2024-01-01", tz="UTC")), "without a zone"),
        ("datetime64[ns]", pa.Check.ge(pd.Timestamp(1)), "whole microseconds"),
        ("int64", pa.Check.str_matches("a"), "a whole number, not text"),
        ("str", pa.Check.str_matches(r"\d"), r"write \[0-9\]"),
        ("str", pa.Check.str_matches("a{2000}"), "does not run"),
        ("str", pa.Check.str_startswith(b"a"), "not text"),  # type: ignore[arg-type]
        ("str", pa.Check.str_length(1.5), "whole numbers"),
    ],
    ids=str,
)
def test_a_check_that_sql_would_read_differently_is_refused(
    kind: Any, check: pa.Check, reason: str
) -> None:
    with pytest.raises(SchemaError, match=reason):
        compile_schema(schema_of(check, kind=kind), "main.t")


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (pa.Check(lambda frame: frame["x"] > 0, name="bare"), "`bare` has no SQL form"),
        (rule("x >", description="A claim."), "no condition"),
        (rule("x > 0; drop table t"), "no condition"),
        (rule("x > 0) or (true"), "no condition"),
        (rule("x > 0 -- and more"), "comment"),
        (rule("x > z"), "names z, not in the schema"),
        (rule("t.x > 0"), "without its table"),
        (rule("true"), "names no column"),
        (rule("x"), "gives BIGINT"),
        (rule("x > $1"), "parameter"),
        (rule("x > 0 and columns('x|y') > 0"), "not one true or false"),
        (rule("x in (select 1)"), "query of its own"),
        (rule("sum(x) over () > 0"), "a window"),
        (rule("sum(x) > 0"), "does not run"),
        (rule("no_such_function(x) > 0"), "does not run"),
        (rule("x > 'many'"), "does not run"),
        (rule("x / y > 1"), r"write nullif\(…, 0\)"),
        (rule("x > 0", description=None), "no docstring"),
        (rule("x > 0", ignore_na=False), "ignore_na"),
        (rule("y > 0", by=("x",)), "does not run"),
        (rule("max(columns('y|f')) > 0", by=("x",)), "not one true or false"),
        (rule("y > 0", where="x"), "gives BIGINT"),
        (rule("y > 0", where="sum(x) > 0"), "does not run"),
        (rule("y > 0", where="z > 0"), "names z, not in the schema"),
        (rule("max(y) > 0", by=("z",)), "names z, not in the schema"),
        (rule("max(y) > 0", by=("f",)), "fractions"),
    ],
    ids=lambda item: item if isinstance(item, str) else item.name,
)
def test_a_rule_that_could_not_be_enforced_is_refused(check: pa.Check, reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        compile_schema(with_rule(check), "main.t")


def test_a_group_rule_may_count_rows_without_naming_a_column() -> None:
    compiled = compile_schema(with_rule(rule("count(*) = 2", by=("x",))), "main.t").checks[-1]
    assert (compiled.columns, compiled.sql) == (("x",), "count(*) = 2")


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"severity": "fatal"}, "severity 'fatal'"),
        ({"checks": {"greater_than": {"name": "y"}}}, "something of check 'greater_than'"),
        ({"checks": {"not_null": {"sverity": "warning"}}}, "says sverity"),
        ({"references": "source_id"}, "not of the form"),
        ({"references": "sources.source_id"}, "must begin with one of"),
    ],
)
def test_metadata_that_would_be_passed_over_is_refused(
    metadata: dict[str, Any], reason: str
) -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("int64", metadata=metadata)})
    with pytest.raises(SchemaError, match=reason):
        compile_schema(schema, "main.t")


def test_a_rule_s_sql_stays_as_written_but_for_nan() -> None:
    sql = "f > 0 and (x + 1 >= y or   x is null)"
    compiled = compile_schema(with_rule(rule(sql)), "main.t").checks[-1]
    assert compiled.sql == (
        """nullif("f", cast('nan' as double)) > 0 and ("x" + 1 >= "y" or   "x" is null)"""
    )


@pytest.mark.parametrize(
    ("stem", "table"),
    [
        ("stg_figures", "staging.stg_figures"),
        ("int_statements", "intermediate.int_statements"),
        ("dim_source", "marts.dim_source"),
        ("fct_figure", "marts.fct_figure"),
        ("raw.figures", "raw.figures"),
    ],
)
def test_a_stem_says_its_schema(stem: str, table: str) -> None:
    assert qualified(stem) == table
