"""What the compiler is built around; where one of these fails, it needs another look."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
import sqlglot

from etl.schemas.declare import row_check


def passes(schema: pa.DataFrameSchema, frame: dict[str, Any]) -> bool:
    try:
        schema.validate(pd.DataFrame(frame), lazy=True)
    except pa.errors.SchemaErrors:
        return False
    return True


def test_an_empty_frame_passes() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("int64", pa.Check.ge(0), unique=True)})
    assert passes(schema, {"x": pd.Series([], dtype="int64")})


def test_an_empty_frame_fails_unique_values_eq() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("int64", pa.Check.unique_values_eq([1]))})
    assert not passes(schema, {"x": pd.Series([], dtype="int64")})


def test_a_missing_value_passes_a_comparison() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("Int64", pa.Check.ge(0), nullable=True)})
    assert passes(schema, {"x": pd.Series([None], dtype="Int64")})


def test_repeated_missing_values_are_not_unique_and_not_among_the_failure_cases() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("Int64", nullable=True, unique=True)})
    with pytest.raises(pa.errors.SchemaErrors) as raised:
        schema.validate(pd.DataFrame({"x": pd.Series([None, None], dtype="Int64")}), lazy=True)
    assert raised.value.failure_cases["failure_case"].dropna().empty


def test_a_missing_nan_fails_a_plain_check_of_the_frame() -> None:
    check = pa.Check(lambda frame: frame["x"] >= frame["y"])
    schema = pa.DataFrameSchema(
        {name: pa.Column("float64", nullable=True) for name in ("x", "y")}, checks=check
    )
    assert not passes(schema, {"x": [float("nan")], "y": [1.0]})


def test_a_missing_nan_is_unknown_to_a_row_check() -> None:
    class Pair(pa.DataFrameModel):
        x: float = pa.Field(nullable=True)
        y: float = pa.Field(nullable=True)

        @row_check("x >= y")
        @classmethod
        def in_order(cls, frame: pd.DataFrame) -> Any:
            """In order."""
            return frame["x"] >= frame["y"]

    assert passes(Pair.to_schema(), {"x": [float("nan")], "y": [1.0]})
    assert not passes(Pair.to_schema(), {"x": [0.0], "y": [1.0]})


def test_a_check_of_the_frame_reports_a_row_once_per_column() -> None:
    check = pa.Check(lambda frame: frame["x"] > frame["y"])
    schema = pa.DataFrameSchema({name: pa.Column("int64") for name in ("x", "y")}, checks=check)
    with pytest.raises(pa.errors.SchemaErrors) as raised:
        schema.validate(pd.DataFrame({"x": [0], "y": [1]}), lazy=True)
    assert list(raised.value.failure_cases["index"]) == [0, 0]


def test_only_the_first_of_several_unique_sets_is_reported() -> None:
    columns = {name: pa.Column("int64") for name in ("x", "y")}
    schema = pa.DataFrameSchema(columns, unique=[["x"], ["y"]])
    with pytest.raises(pa.errors.SchemaErrors) as raised:
        schema.validate(pd.DataFrame({"x": [1, 1], "y": [2, 2]}), lazy=True)
    assert set(raised.value.failure_cases["column"]) == {"x"}


def test_an_optional_field_is_a_column_that_may_be_missing() -> None:
    class Model(pa.DataFrameModel):
        x: int | None

    assert not Model.to_schema().columns["x"].required
    assert passes(Model.to_schema(), {})


def test_a_check_that_only_warns_passes() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column("int64", pa.Check.ge(0, raise_warning=True))})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert passes(schema, {"x": [-1]})
    assert len(caught) == 1


def test_a_dollar_sign_passes_a_last_line_break() -> None:
    schema = pa.DataFrameSchema({"x": pa.Column(str, pa.Check.str_matches("a$"))})
    assert passes(schema, {"x": ["a\n"]})


def test_sqlglot_writes_a_whole_match_back_as_a_partial_one() -> None:
    tree = sqlglot.parse_one("x ~ 'a'", dialect="duckdb")
    assert tree.sql(dialect="duckdb") == "REGEXP_MATCHES(x, 'a')"
