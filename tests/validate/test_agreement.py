"""The compiled checks fail the rows that pandera fails, for every kind of check.

Two differences are meant, and both make ours the stricter: nothing tested is `unknown`, not passed;
a row without an operand is `unknown`, not passed. Neither fails in one and not in the other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import DataType, array, bool_, date32, float64, int64, string, table, timestamp

from etl.schemas.declare import group_check, references, row_check
from etl.validate.compile import compile_schema
from etl.validate.count import count, offenders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from etl.validate.compiled import CompiledTable

moderate = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

WHOLE = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)
NUMBER = st.sampled_from([0.0, -0.0, 0.1, 0.3, 1.0]) | st.floats()
LETTERS = "aAbB019-_. \n\r\t\v'%\\é٣ſİ😀\u0301\u200d"
TEXT = (
    st.text(alphabet=LETTERS, max_size=6)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.sampled_from(["", "a\n", "ab", "é", "e\u0301", "👩\u200d👧", "İ", "part", "whole"])
)
DAY = st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)) | st.just(dt.date(2024, 1, 1))
MOMENT = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)) | st.just(  # noqa: DTZ001
    dt.datetime(2024, 1, 1)  # noqa: DTZ001
)


@dataclass(frozen=True)
class Kind:
    """A dtype in pandas, in the engine and in Arrow, and values of it."""

    dtype: Any
    engine: str
    arrow: DataType
    values: st.SearchStrategy[Any]

    def series(self, values: Sequence[Any]) -> pd.Series[Any]:
        return pd.Series(list(values), dtype="object" if self.dtype is dt.date else self.dtype)


INT = Kind("Int64", "bigint", int64(), WHOLE)
FLOAT = Kind("float64", "double", float64(), NUMBER)
FLOAT_OR_NA = Kind("Float64", "double", float64(), NUMBER)
STR = Kind("str", "varchar", string(), TEXT)
BOOL = Kind("boolean", "boolean", bool_(), st.booleans())
DATE = Kind(dt.date, "date", date32(), DAY)
TIME = Kind("datetime64[ns]", "timestamp", timestamp("us"), MOMENT)
SMALL = Kind("Int64", "bigint", int64(), st.integers(-3, 3))
BIT = Kind("float64", "double", float64(), st.sampled_from([0.0, -0.0, 1.0, float("nan")]))
LETTER = Kind("str", "varchar", string(), st.sampled_from(["a", "b", "é", "e\u0301"]))

ge, gt, le, lt, eq, ne = (getattr(pa.Check, name) for name in ("ge", "gt", "le", "lt", "eq", "ne"))
in_range, isin, notin = pa.Check.in_range, pa.Check.isin, pa.Check.notin
NEW_YEAR = dt.datetime(2024, 1, 1)  # noqa: DTZ001
BUILT_IN: dict[str, tuple[Kind, list[pa.Check]]] = {
    "whole_numbers": (
        INT,
        [
            *(ge(0), gt(0), le(-1), lt(2**63 - 1), eq(-(2**63)), ne(2**63 - 1), ge(2**53 + 1)),
            *(in_range(-1, 2**62), in_range(-1, 2, include_min=False, include_max=False)),
            *(isin([0, 1, -(2**63)]), notin([0, 2**63 - 1])),
        ],
    ),
    "numbers": (
        FLOAT,
        [
            *(ge(0), gt(0.1), le(0.3), lt(0), eq(0), ne(0.1), lt(float("inf")), ge(-1e-320)),
            *(in_range(0, 1, include_max=False), isin([0.1, 0.3, float("inf")]), notin([0, 1e308])),
        ],
    ),
    "numbers_or_na": (FLOAT_OR_NA, [ge(0), lt(1), eq(0.1), isin([0, 1]), notin([0.3])]),
    "truths": (BOOL, [eq(True), ne(True), isin([False]), notin([True, False])]),
    "days": (DATE, [ge(NEW_YEAR.date()), lt(dt.date(1999, 12, 31)), isin([NEW_YEAR.date()])]),
    "moments": (TIME, [ge(NEW_YEAR), ne(NEW_YEAR), isin([NEW_YEAR]), notin([NEW_YEAR])]),
    "texts": (
        STR,
        [ge("a"), gt("e"), le("é"), lt("é"), eq("é"), ne("e\u0301"), in_range("A", "a")]
        + [isin(["", "a\n", "é", "it's", "%"]), notin(["", "👩\u200d👧"])]
        + [pa.Check.str_matches(pattern) for pattern in (r"[a-z]+$", r"[^a-c]?\Z", r"a|^b", r"_?.")]
        + [pa.Check.str_contains(pattern) for pattern in (r"a.", r"^\.|[^ -~]", r"é$", r"\\")]
        + [pa.Check.str_startswith(text) for text in ("a", "e", "%", "'")]
        + [pa.Check.str_endswith(text) for text in ("\u0301", "'", "\n")]
        + [pa.Check.str_length(1), pa.Check.str_length(1, 3), pa.Check.str_length(min_value=2)]
        + [pa.Check.str_length(max_value=2)],
    ),
}


def fill(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    columns: Mapping[str, tuple[Kind, Sequence[Any]]],
) -> pd.DataFrame:
    """The same rows as a table of the engine and as a frame; `row_id` is the frame's index."""
    size = len(next(iter(columns.values()))[1])
    declared = ", ".join(f'"{name}" {kind.engine}' for name, (kind, _) in columns.items())
    connection.execute(f"create or replace table {target} (row_id bigint, {declared})")
    arrow = {name: array(values, kind.arrow) for name, (kind, values) in columns.items()}
    connection.register("rows", table({"row_id": array(range(size), "int64"), **arrow}))
    connection.execute(f"insert into {target} from rows")
    frame = {name: kind.series(values) for name, (kind, values) in columns.items()}
    return pd.DataFrame({"row_id": pd.Series(range(size), dtype="int64"), **frame})


def schema_of(checks: Any = None, unique: Any = None, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {"row_id": pa.Column("int64"), **columns}, checks=checks, unique=unique, strict=True
    )


def failed_in_pandera(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> set[Any] | None:
    """The index of every row that pandera fails; None where it passes."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return set(errors.failure_cases["index"])
    return None


def failed_cells_in_pandera(
    schema: pa.DataFrameSchema, frame: pd.DataFrame
) -> set[tuple[str, int]]:
    """The column and index of every value that pandera fails."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return set(zip(cases["column"], cases["index"], strict=True))
    return set()


def failed_in_engine(connection: duckdb.DuckDBPyConnection, compiled: CompiledTable) -> set[int]:
    """The `row_id` of every offender; the counts must say the same."""
    failed: set[int] = set()
    for result in count(connection, compiled):
        assert result.verdict != "error", result.message
        rows = offenders(connection, compiled, result.check, 1000) if result.failed_count else ()
        assert result.check.scope == "table" or len(rows) == result.failed_count
        failed |= {row["row_id"] for row in rows}
    return failed


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, max_size=15)


def agree(schema: pa.DataFrameSchema, kinds: dict[str, Kind], compare: Callable[..., None]) -> None:
    """Run `compare(connection, compiled, frame)` on generated rows of these kinds."""
    compiled = compile_schema(schema, "main.t")
    row = st.tuples(*(st.none() | kind.values for kind in kinds.values()))

    @moderate
    @given(st.lists(row, max_size=8))
    def holds(rows: list[tuple[Any, ...]]) -> None:
        columns = {
            name: (kind, [row[place] for row in rows])
            for place, (name, kind) in enumerate(kinds.items())
        }
        compare(connection, compiled, fill(connection, "main.t", columns))

    with duckdb.connect(":memory:") as connection:
        holds()


def agree_by_row(schema: pa.DataFrameSchema, kinds: dict[str, Kind]) -> None:
    def compare(
        connection: duckdb.DuckDBPyConnection, compiled: CompiledTable, frame: pd.DataFrame
    ) -> None:
        theirs = failed_in_pandera(schema, frame)
        assert failed_in_engine(connection, compiled) == (theirs or set())

    agree(schema, kinds, compare)


@pytest.mark.parametrize(("kind", "checks"), BUILT_IN.values(), ids=BUILT_IN)
def test_built_in_checks_fail_the_rows_that_pandera_fails(
    kind: Kind, checks: list[pa.Check]
) -> None:
    named = {f"x{place}": check for place, check in enumerate(checks)}
    schema = schema_of(
        **{name: pa.Column(kind.dtype, check, nullable=True) for name, check in named.items()}
    )
    compiled = compile_schema(schema, "main.t")

    @moderate
    @given(some(kind.values))
    def holds(values: list[Any]) -> None:
        frame = fill(connection, "main.t", dict.fromkeys(named, (kind, values)))
        ours = {
            (result.check.columns[0], row["row_id"])
            for result in count(connection, compiled)
            if result.failed_count
            for row in offenders(connection, compiled, result.check, 1000)
        }
        assert ours == failed_cells_in_pandera(schema, frame)

    with duckdb.connect(":memory:") as connection:
        holds()


@pytest.mark.parametrize("kind", [INT, FLOAT, STR, BOOL, DATE, TIME], ids=lambda kind: kind.engine)
def test_a_missing_value_fails_where_pandera_fails_it(kind: Kind) -> None:
    agree_by_row(schema_of(x=pa.Column(kind.dtype)), {"x": kind})


def agree_on_repeats(schema: pa.DataFrameSchema, kinds: dict[str, Kind]) -> None:
    def compare(
        connection: duckdb.DuckDBPyConnection, compiled: CompiledTable, frame: pd.DataFrame
    ) -> None:
        ours = failed_in_engine(connection, compiled)
        assert bool(ours) == (failed_in_pandera(schema, frame) is not None)
        # pandera notices repeated missing values but leaves them out of its failure cases.
        assert ours == set(frame.index[frame.duplicated(list(kinds), keep=False)])

    agree(schema, kinds, compare)


@pytest.mark.parametrize(
    "kind", [SMALL, BIT, FLOAT, LETTER, STR, BOOL, DATE, TIME], ids=lambda kind: kind.engine
)
def test_a_unique_column_fails_where_pandera_fails_it(kind: Kind) -> None:
    agree_on_repeats(schema_of(x=pa.Column(kind.dtype, nullable=True, unique=True)), {"x": kind})


def test_unique_columns_fail_where_pandera_fails_them() -> None:
    kinds = {"a": SMALL, "b": BIT, "c": LETTER}
    columns = {name: pa.Column(kind.dtype, nullable=True) for name, kind in kinds.items()}
    agree_on_repeats(schema_of(unique=list(kinds), **columns), kinds)


@pytest.mark.parametrize(
    ("kind", "values"),
    [(SMALL, {0, 1}), (LETTER, {"a", "é"}), (BIT, {0, 1}), (BOOL, {True})],
    ids=["whole", "text", "number", "truth"],
)
def test_unique_values_eq_fails_where_pandera_fails_it(kind: Kind, values: set[Any]) -> None:
    schema = schema_of(x=pa.Column(kind.dtype, pa.Check.unique_values_eq(values), nullable=True))

    def compare(
        connection: duckdb.DuckDBPyConnection, compiled: CompiledTable, frame: pd.DataFrame
    ) -> None:
        failed = [result for result in count(connection, compiled) if result.failed_count]
        assert bool(failed) == (failed_in_pandera(schema, frame) is not None)

    agree(schema, {"x": kind}, compare)


class Rules(pa.DataFrameModel):
    row_id: int
    a: pd.Int64Dtype = pa.Field(nullable=True)
    b: pd.Int64Dtype = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    start: dt.date = pa.Field(nullable=True)
    end: dt.date = pa.Field(nullable=True)
    role: str = pa.Field(nullable=True)
    is_total: pd.BooleanDtype = pa.Field(nullable=True)

    @row_check("a >= b")
    @classmethod
    def whole_numbers_in_order(cls, frame: pd.DataFrame) -> Any:
        """One number is not below the other."""
        return frame["a"] >= frame["b"]

    @row_check("low <= high")
    @classmethod
    def numbers_in_order(cls, frame: pd.DataFrame) -> Any:
        """An interval is not empty."""
        return frame["low"] <= frame["high"]

    @row_check('"end" >= start')
    @classmethod
    def days_in_order(cls, frame: pd.DataFrame) -> Any:
        """A period ends on or after the day it starts."""
        return frame["end"] >= frame["start"]

    @row_check("role = 'a' or a > b or not is_total")
    @classmethod
    def one_of_three_holds(cls, frame: pd.DataFrame) -> Any:
        """An unknown part does not hide a true one."""
        return (frame["role"] == "a") | (frame["a"] > frame["b"]) | ~frame["is_total"]

    @row_check("low is not null or role is null")
    @classmethod
    def a_role_has_a_number(cls, frame: pd.DataFrame) -> Any:
        """NaN is no number."""
        return frame["low"].notna() | frame["role"].isna()

    class Config:
        strict = True


def test_a_row_check_fails_the_rows_that_its_python_fails() -> None:
    kinds = {
        "a": SMALL,
        "b": SMALL,
        "low": BIT,
        "high": FLOAT,
        "start": DATE,
        "end": DATE,
        "role": LETTER,
        "is_total": BOOL,
    }
    agree_by_row(Rules.to_schema(), kinds)


class Groups(pa.DataFrameModel):
    row_id: int
    of: str = pa.Field(nullable=True)
    year: pd.Int64Dtype = pa.Field(nullable=True)
    role: str = pa.Field(nullable=True)
    value: pd.Int64Dtype = pa.Field(nullable=True)

    @group_check(
        by=["of", "year"],
        sql="sum(value) filter (role = 'a') <= max(value) filter (where role = 'b')",
    )
    @classmethod
    def parts_do_not_exceed_whole(cls, frame: pd.DataFrame) -> Any:
        """Parts together are not above their whole."""
        part = frame["value"].where((frame["role"] == "a").fillna(False))
        whole = frame["value"].where((frame["role"] == "b").fillna(False))
        groups = frame.assign(part=part, whole=whole).groupby(["of", "year"], dropna=False)
        return groups["part"].transform("sum", min_count=1) <= groups["whole"].transform("max")


def test_a_group_check_fails_the_groups_that_its_python_fails() -> None:
    schema = Groups.to_schema()
    kinds = {"of": LETTER, "year": Kind("Int64", "bigint", int64(), st.just(2024))}

    def compare(
        connection: duckdb.DuckDBPyConnection, compiled: CompiledTable, frame: pd.DataFrame
    ) -> None:
        failed = sorted(failed_in_pandera(schema, frame) or set())
        theirs = {
            tuple(None if pd.isna(key) else key for key in row)
            for row in frame.loc[failed, ["of", "year"]].itertuples(index=False)
        }
        check = compiled.checks[-1]
        ours = {tuple(row.values()) for row in offenders(connection, compiled, check, 1000)}
        assert ours == theirs
        assert count(connection, compiled)[-1].failed_count == len(theirs)

    agree(schema, {**kinds, "role": LETTER, "value": SMALL}, compare)


def test_a_reference_fails_the_rows_that_pandas_does_not_find() -> None:
    class Child(pa.DataFrameModel):
        row_id: int
        x: str = references("main.parent.key", nullable=True)

    compiled = compile_schema(Child.to_schema(), "main.t")

    @moderate
    @given(some(LETTER.values), some(LETTER.values))
    def holds(children: list[str | None], parents: list[str | None]) -> None:
        frame = fill(connection, "main.t", {"x": (LETTER, children)})
        fill(connection, "main.parent", {"key": (LETTER, parents)})
        known = frame["x"].isin([key for key in parents if key is not None])
        expected = set(frame.index[frame["x"].notna() & ~known])
        assert failed_in_engine(connection, compiled) == expected

    with duckdb.connect(":memory:") as connection:
        holds()
