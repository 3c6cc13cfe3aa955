"""pandera's built-in checks: for each its SQL, its name as a claim, and its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pandera.api.function_dispatch import Dispatcher

from etl.validate.dtypes import ValueType, shown, text_literal
from etl.validate.refuse import UncompilableError
from etl.validate.regex import found_anywhere, is_anchored_at_end, match_from_start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pandera.pandas import Check

    from etl.validate.compiled import CompiledColumn, Scope

_SHOWN_VALUES = 12


@dataclass(frozen=True)
class Form:
    """What one check says of one column, in SQL and in words; fields as in `CompiledCheck`."""

    kind: str
    name: str
    claim: str
    expected: str
    sql: str
    scope: Scope = "row"


@dataclass(frozen=True)
class Subject:
    """The column that a check is about."""

    column: CompiledColumn
    type: ValueType

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    def form(self, kind: str, ending: str, says: str, sql: str, scope: Scope = "row") -> Form:
        """A form whose name, claim and expectation begin as all of this column do.

        Args:
            kind: the check's kind.
            ending: the name after the column's, `is_at_least_3`.
            says: the claim after the column's name, `is at least 3`.
            sql: the condition.
            scope: what is counted.
        """
        return Form(
            kind=kind,
            name=f"{self.name}_{ending}",
            claim=f"`{self.name}` {says}",
            expected=f"{self.type.words} that {says}",
            sql=sql,
            scope=scope,
        )


def forms(check: Check, subject: Subject) -> tuple[Form, ...]:
    """The compiled forms of a built-in check.

    Raises:
        UncompilableError: the check is not built in, or not with these arguments on this column.
    """
    kind = builtin_name(check)
    if kind not in _BUILDERS:
        raise UncompilableError(
            f"check `{check.name}` on `{subject.name}` has no SQL form, so it would pass in "
            "silence: write it as a `row_check` or `group_check`"
        )
    if kind.startswith("str_") and subject.type.words != "text":
        raise UncompilableError(
            f"{kind} on `{subject.name}`, which is {subject.type.words}, not text"
        )
    arguments = check._check_kwargs  # noqa: SLF001  # the arguments that pandera itself calls with
    *first, last = _BUILDERS[kind](kind, subject, arguments)
    renamed = str(check.name or kind) != kind
    return (*first, replace(last, name=str(check.name)) if renamed else last)


def builtin_name(check: Check) -> str:
    """The name of the built-in check that this is, whatever it was renamed to; else ''."""
    function = check._check_fn  # noqa: SLF001
    return str(function.__name__) if isinstance(function, Dispatcher) else ""


def _comparison(
    operator: str, argument: str, ending: str, words: str, zero: str = ""
) -> Callable[[str, Subject, Mapping[str, Any]], tuple[Form, ...]]:
    def build(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
        value = arguments[argument]
        sql = f"{subject.column.operand} {operator} {subject.type.literal(value)}"
        is_zero = bool(zero) and type(value) in (int, float) and value == 0
        full = zero if is_zero else f"{ending}_{_slug(value)}"
        return (subject.form(kind, full, f"{words} {shown(value)}", sql),)

    return build


def _in_range(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    low, high = arguments["min_value"], arguments["max_value"]
    above, below = (arguments.get(f"include_{end}", True) for end in ("min", "max"))
    x, literal = subject.column.operand, subject.type.literal
    sql = (
        f"{x} {'>=' if above else '>'} {literal(low)}"
        f" and {x} {'<=' if below else '<'} {literal(high)}"
    )
    says = (
        f"is {'at least' if above else 'more than'} {shown(low)}"
        f" and {'at most' if below else 'less than'} {shown(high)}"
    )
    return (subject.form(kind, f"is_from_{_slug(low)}_to_{_slug(high)}", says, sql),)


def _isin(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    literals, words = _values(subject, arguments["allowed_values"])
    sql = f"{subject.column.operand} in ({literals})"
    return (subject.form(kind, "is_known", f"is one of {words}", sql),)


def _notin(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    literals, words = _values(subject, arguments["forbidden_values"])
    sql = f"{subject.column.operand} not in ({literals})"
    return (subject.form(kind, "is_not_forbidden", f"is none of {words}", sql),)


def _unique_values_eq(
    kind: str, subject: Subject, arguments: Mapping[str, Any]
) -> tuple[Form, ...]:
    """Two claims in one: each value is expected (by row), each expected value occurs."""
    literals, words = _values(subject, arguments["values"])
    x, count = subject.column.operand, len(arguments["values"])
    occurs = f"count(distinct case when {x} in ({literals}) then {x} end) = {count}"
    return (
        subject.form("isin", "is_known", f"is one of {words}", f"{x} in ({literals})"),
        subject.form(kind, "has_every_known_value", f"has each of {words}", occurs, "table"),
    )


def _str_matches(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    pattern = arguments["pattern"]
    sql = f"regexp_matches({subject.column.operand}, {text_literal(match_from_start(pattern))})"
    verb = "has the form" if is_anchored_at_end(pattern) else "begins with the form"
    return (subject.form(kind, "is_well_formed", f"{verb} `{_pattern(pattern)}`", sql),)


def _str_contains(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    pattern = arguments["pattern"]
    sql = f"regexp_matches({subject.column.operand}, {text_literal(found_anywhere(pattern))})"
    says = f"contains the form `{_pattern(pattern)}`"
    return (subject.form(kind, "contains_expected_text", says, sql),)


def _affix(
    function: str, verb: str
) -> Callable[[str, Subject, Mapping[str, Any]], tuple[Form, ...]]:
    def build(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
        affix = arguments["string"]
        sql = f"{function}({subject.column.operand}, {subject.type.literal(affix)})"
        ending = f"{verb}_with_{_slug(affix)}"
        return (subject.form(kind, ending, f"{verb} with {shown(affix)}", sql),)

    return build


def _str_length(kind: str, subject: Subject, arguments: Mapping[str, Any]) -> tuple[Form, ...]:
    low, high, exact = (arguments.get(f"{name}_value") for name in ("min", "max", "exact"))
    bounds = [
        (operator, words, value)
        for operator, words, value in (
            ("=", "exactly", exact),
            (">=", "at least", low),
            ("<=", "at most", high),
        )
        if value is not None
    ]
    if any(type(value) is not int for _, _, value in bounds):
        raise UncompilableError(f"str_length on `{subject.name}` takes whole numbers")
    length = f"length({subject.column.operand})"  # counts code points, as Python's len does
    sql = " and ".join(f"{length} {operator} {value}" for operator, _, value in bounds)
    says = f"has {' and '.join(f'{words} {value}' for _, words, value in bounds)} characters"
    ending = f"has_length_{exact}" if exact is not None else "has_allowed_length"
    return (subject.form(kind, ending, says, sql),)


def _values(subject: Subject, values: Iterable[Any]) -> tuple[str, str]:
    """A set of values as SQL and as words, in one order whatever the hash seed."""
    literals = {subject.type.literal(value): value for value in values}
    if not literals:
        raise UncompilableError(f"the values for `{subject.name}` are an empty set")
    in_order = sorted(literals, key=lambda literal: literals[literal])
    words = [shown(literals[literal]) for literal in in_order[:_SHOWN_VALUES]]
    more = len(literals) - len(words)
    return ", ".join(in_order), ", ".join(words) + (f" and {more} more" if more else "")


def _slug(value: object) -> str:
    """A value as the end of a name: -3 -> minus_3, 0.5 -> 0_5, 'ISO 3166' -> iso_3166."""
    sign = "minus_" if isinstance(value, (int, float)) and value < 0 else ""
    return sign + (re.sub(r"[^0-9a-z]+", "_", str(value).lower()).strip("_") or "given_text")


def _pattern(pattern: str | re.Pattern[str]) -> str:
    return pattern.pattern if isinstance(pattern, re.Pattern) else pattern


_BUILDERS: Mapping[str, Callable[[str, Subject, Mapping[str, Any]], tuple[Form, ...]]] = {
    "greater_than_or_equal_to": _comparison(
        ">=", "min_value", "is_at_least", "is at least", "is_not_negative"
    ),
    "greater_than": _comparison(">", "min_value", "is_above", "is more than", "is_positive"),
    "less_than_or_equal_to": _comparison("<=", "max_value", "is_at_most", "is at most"),
    "less_than": _comparison("<", "max_value", "is_below", "is less than", "is_negative"),
    "equal_to": _comparison("=", "value", "is", "is"),
    "not_equal_to": _comparison("<>", "value", "is_not", "is not"),
    "in_range": _in_range,
    "isin": _isin,
    "notin": _notin,
    "str_matches": _str_matches,
    "str_contains": _str_contains,
    "str_startswith": _affix("starts_with", "starts"),
    "str_endswith": _affix("ends_with", "ends"),
    "str_length": _str_length,
    "unique_values_eq": _unique_values_eq,
}
