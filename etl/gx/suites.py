"""A compiled schema as a suite of expectations: Great Expectations' own where it has the word.

Whatever has none (references, rules of a row or of a group) is `expect_query_to_count_no_failure`
of `plugin`, which counts by the same SQL as the night does, on the frame. What cannot be exported
at all is named in the suite's `meta`, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from etl.validate.builtin import builtin_name
from etl.validate.count import count_sql

if TYPE_CHECKING:
    import pandera.pandas as pa

    from etl.validate.compiled import CompiledCheck, CompiledTable

Json = dict[str, Any]

# The DuckDB type of a column is lost in a pandas frame, so there is nothing left to expect.
NOT_EXPORTED = {"dtype": "a pandas frame does not have the column types of the warehouse"}
_SEVERITIES = {"error": "critical", "warning": "warning"}


def expectations(compiled: CompiledTable, schema: pa.DataFrameSchema) -> list[Json]:
    """The expectation of every check that can be exported, as Great Expectations keeps them."""
    return [
        {
            **_expectation(compiled, check, schema),
            "severity": _SEVERITIES[check.severity],
            "description": check.claim,
            "meta": {"check_name": check.name, "reason": check.reason},
        }
        for check in compiled.checks
        if check.kind not in NOT_EXPORTED
    ]


def _expectation(compiled: CompiledTable, check: CompiledCheck, schema: pa.DataFrameSchema) -> Json:
    if check.kind in ("column_exists", "strict"):
        names = [column.name for column in compiled.columns]
        kwargs = {"column_set": names, "exact_match": check.kind == "strict"}
        return {"type": "expect_table_columns_to_match_set", "kwargs": kwargs}
    if check.kind == "not_null":
        kwargs = {"column": check.columns[0]}
        return {"type": "expect_column_values_to_not_be_null", "kwargs": kwargs}
    if check.kind == "unique" and len(check.columns) > 1:
        kwargs = {"column_list": [*check.columns], "ignore_row_if": "never"}
        return {"type": "expect_compound_columns_to_be_unique", "kwargs": kwargs}
    if check.kind == "unique" and not schema.columns[check.columns[0]].nullable:
        # where values may be missing it passes over them, while to the night they are equal
        kwargs = {"column": check.columns[0]}
        return {"type": "expect_column_values_to_be_unique", "kwargs": kwargs}
    if said := _builtin(check, schema):
        return said
    query = count_sql(compiled, check)
    kwargs = {"table_name": compiled.table, "query": query}
    return {"type": "expect_query_to_count_no_failure", "kwargs": kwargs}


def _builtin(check: CompiledCheck, schema: pa.DataFrameSchema) -> Json | None:
    """The expectation for one of pandera's own checks, if there is one of the same meaning."""
    if check.kind not in _WORDS:
        return None
    type_, kwargs_of = _WORDS[check.kind]
    (column,) = check.columns
    asked = [one for one in schema.columns[column].checks if builtin_name(one) == check.kind]
    if len(asked) != 1:
        return None
    arguments = asked[0]._check_kwargs  # noqa: SLF001 - as `etl.validate.builtin` reads them
    return {"type": type_, "kwargs": {"column": column, **kwargs_of(arguments)}}


def _range(arguments: Mapping[str, Any]) -> Json:
    return {
        "min_value": arguments["min_value"],
        "max_value": arguments["max_value"],
        "strict_min": not arguments.get("include_min", True),
        "strict_max": not arguments.get("include_max", True),
    }


def _in_set(argument: str) -> Callable[[Mapping[str, Any]], Json]:
    return lambda arguments: {"value_set": sorted(arguments[argument])}


def _length(arguments: Mapping[str, Any]) -> Json:
    exact = arguments.get("exact_value")
    low, high = (arguments.get(f"{end}_value") for end in ("min", "max"))
    return {
        "min_value": low if exact is None else exact,
        "max_value": high if exact is None else exact,
    }


def _pattern(arguments: Mapping[str, Any]) -> Json:
    pattern = arguments["pattern"]
    # pandera matches from the start, Great Expectations finds anywhere
    return {"regex": f"^(?:{getattr(pattern, 'pattern', pattern)})"}


_BETWEEN = "expect_column_values_to_be_between"
_WORDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Json]]] = {
    "greater_than_or_equal_to": (_BETWEEN, lambda said: {"min_value": said["min_value"]}),
    "greater_than": (_BETWEEN, lambda said: {"min_value": said["min_value"], "strict_min": True}),
    "less_than_or_equal_to": (_BETWEEN, lambda said: {"max_value": said["max_value"]}),
    "less_than": (_BETWEEN, lambda said: {"max_value": said["max_value"], "strict_max": True}),
    "in_range": (_BETWEEN, _range),
    "isin": ("expect_column_values_to_be_in_set", _in_set("allowed_values")),
    "notin": ("expect_column_values_to_not_be_in_set", _in_set("forbidden_values")),
    "str_length": ("expect_column_value_lengths_to_be_between", _length),
    "str_matches": ("expect_column_values_to_match_regex", _pattern),
}
