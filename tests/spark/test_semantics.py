from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest
import sqlglot

from etl.engine.spark_sql import PORTABLE, not_portable, to_spark

pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark")

# One row per reading of a value; each construct that models may use stands here at least once.
_CASES = (
    "abs(-3)",
    "cast(2.5 as bigint)",
    "cast(-2.5 as bigint)",
    "cast(cast(2.7 as double) as bigint)",
    "cast(10 * pow(10, -1) * 2.7 as bigint)",
    "cast(replace('9007199254740993.', '.', '') as bigint)",
    "cast(x as bigint) from (values (9007199254740993)) as t(x)",
    "cast(1 = 1 as bigint)",
    "cast(date '2024-02-03' as varchar)",
    "cast(12.50 as varchar)",
    "cast(cast(12 as double) as varchar)",
    "cast(9223372036854775807 as hugeint) + 1",
    "cast(sum(cast(x as hugeint)) as double) from (values (9223372036854775807), (5)) as t(x)",
    "try_cast(' 12 ' as bigint)",
    "try_cast('99999999999999999999' as bigint)",
    "try_cast('12.0' as double)",
    "try_cast('2024-02-31' as date)",
    "try_cast('2024-02-29' as date)",
    "try_cast('2024-2-3' as date)",
    "try_cast('2024' as date)",
    "try_cast('2024-02' as date)",
    "try_cast('2024-02-03x' as date)",
    "7 / 2",
    "cast(7 as decimal(18, 3)) / 2",
    "0.1 * 3",
    "-7 % 3",
    "greatest(0, null)",
    "least(1, null, 3)",
    "coalesce(null, 'x')",
    "nullif(1, 1)",
    "concat_ws('.', 'a', null, 'b')",
    "'a' || null",
    "round(2.345, 2)",
    "round(100.0 * 169 / 4000, 2)",
    "round(cast(-4.225 as double), 2)",
    "round(-2.5)",
    "ceil(2.1)",
    "floor(-2.1)",
    "pow(10, 18)",
    "sqrt(4)",
    "length('日本')",
    "length(rtrim('1200', '0'))",
    "trim('  a b ')",
    "trim(e'\\t a \\n')",
    "lower('ÄB')",
    "upper('äb')",
    "substring('abcdef', 2, 3)",
    "split_part('a.b.c', '.', 2)",
    "split_part('a.b.c', '.', 9)",
    "split_part('a|b', '|', 2)",
    "string_split('a.b', '.')",
    "string_split('', ';')",
    "list_contains(string_split('a;b', ';'), 'b')",
    "trim(unnest(string_split('a; b', ';')))",
    "unnest(string_split('a;b', ';'))",
    "concat('a', null, 'b')",
    "ends_with('abc', 'bc')",
    "lpad('7', 3, '0')",
    "lpad('1234', 3, '0')",
    "translate('a.b-c', '.-', '//')",
    "translate('a;b|c', ';|', ',')",
    "regexp_full_match('ab', 'a|b')",
    "regexp_full_match('b', 'a|b')",
    "regexp_full_match(e'b\\n', 'a|b')",
    "regexp_replace('claim:x:y', '^claim:[^:]*:', '')",
    "replace('a.b.c', '.', '')",
    "starts_with('abc', 'ab')",
    "contains('abc', 'b')",
    "'a_c' like 'a\\_c' escape '\\'",
    "regexp_matches('abc', 'b')",
    "regexp_matches('12', '^[0-9]+$')",
    "regexp_matches(e'12\\n', '^[0-9]+$')",
    "regexp_matches('\u0665', '^\\d$')",
    "year(date '2024-02-03')",
    "month(date '2024-02-03')",
    "day(date '2024-02-03')",
    "quarter(date '2024-05-03')",
    "cast(date '2024-02-29' - interval 1 year as date)",
    "last_day(date '2024-02-03')",
    "strftime(date '2024-02-03', '%-d %B %Y')",
    "date_diff('day', date '2024-01-01', date '2024-03-01')",
    "date_diff('month', date '2024-01-31', date '2024-03-01')",
    "date_diff('month', date '2024-03-01', date '2023-01-31')",
    "date_diff('year', date '2023-12-31', date '2024-01-01')",
    "1 is not distinct from null",
    "1 in (2, null)",
    "true or null",
    "false and null",
    "case when 1 > 2 then 1 when null = 1 then 2 end",
    "if(1 > 2, 1, 2)",
    "'a' < 'B'",
    "'é' > 'z'",
    "'a' = 'a '",
    "cast('nan' as double) = cast('nan' as double)",
    "nullif(cast(1 as double), cast('nan' as double))",
    "count(*), count(x), min(x), max(x) from (values (1), (null), (3)) as t(x)",
    "bool_and(x > 1), bool_or(x > 1) from (values (1), (null), (3)) as t(x)",
    "max_by(x, y), min_by(x, y) from (values (1, 5), (2, 9)) as t(x, y)",
    "count(*) filter (where x > 1) from (values (1), (null), (3)) as t(x)",
    "struct_pack(a := 1, b := 'x')",
    "x, row_number() over (order by x) from (values (2), (null), (1)) as t(x)",
    "x, row_number() over (order by x desc) from (values (2), (null), (1)) as t(x)",
)


@pytest.mark.parametrize("case", _CASES)
@pytest.mark.usefixtures("spark")
def test_both_engines_give_the_same(case: str) -> None:
    from pyspark.sql import SparkSession

    here = duckdb.execute(f"select {case}").fetchall()
    there = SparkSession.active().sql(to_spark(f"select {case}")).collect()
    assert sorted(map(_plain, there), key=repr) == sorted(map(_plain, here), key=repr)


def test_every_construct_that_models_may_use_has_a_case() -> None:
    used = {
        type(node)
        for case in _CASES
        for node in sqlglot.parse_one(f"select {case}", read="duckdb").walk()
    }
    assert set(PORTABLE) - used == set()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select regexp_replace(x, 'a', 'b') from t", "replaces once"),
        ("select date_diff('week', x, y) from t", "week"),
        ("select regexp_matches(x, 'a$|b') from t", "`$` before the end"),
        ("select regexp_matches(x, y) from t", "not a literal"),
        ("select x // 2 from t", "intdiv"),
        ("select round(x, 2) from t", "round to places"),
        ("select x + interval 1 month from t", "cast it to date"),
        ("select list(x) from t", "has no case"),
        ("select format('{:,}', x) from t", "has no case"),
    ],
)
def test_what_would_differ_in_silence_is_refused(sql: str, said: str) -> None:
    assert said in "; ".join(not_portable(sql))


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_plain_value(value) for value in row)


def _plain_value(value: Any) -> Any:
    if hasattr(value, "asDict"):
        return value.asDict()
    return float(value) if isinstance(value, Decimal) else value
