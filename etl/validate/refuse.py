"""What the compiler does not carry over.

pandera has options that SQL would have to mimic or that would weaken a check. Each option is either
listed here as carried over, or must stand at the harmless value listed here. An option that a later
pandera adds is in neither list, and so is refused too: nothing passes in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandera.pandas as pa

_TABLE_CARRIED = frozenset(
    {"columns", "checks", "strict", "_unique", "metadata", "name", "title", "description"}
)
_TABLE_HARMLESS: Mapping[str, Any] = {
    "_dtype": None,
    "_coerce": False,
    "parsers": [],
    "drop_invalid_rows": False,
    "index": None,
    "ordered": False,
    "report_duplicates": "all",
    "add_missing_columns": False,
    "on_missing_columns": None,
}
_COLUMN_CARRIED = frozenset(
    {"_dtype", "checks", "nullable", "unique", "metadata", "name", "title", "description"}
)
_COLUMN_HARMLESS: Mapping[str, Any] = {
    "coerce": False,
    "parsers": [],
    "drop_invalid_rows": False,
    "report_duplicates": "all",
    "default": None,
    "required": True,
    "regex": False,
    "on_missing": None,
}
_CHECK_CARRIED = frozenset(
    {"_check_fn", "_check_kwargs", "statistics", "statistics_args", "name", "raise_warning"}
    | {"title", "description", "error", "native", "determined_by_unique", "strategy", "constraint"}
)
_CHECK_HARMLESS: Mapping[str, Any] = {
    "element_wise": False,
    "groupby": None,
    "groups": None,
    "n_failure_cases": None,
    "ignore_na": True,
}
_ADVICE = {
    "required": "every declared column must be there; for values that may be missing say "
    "`nullable=True`, not `Optional`",
    "ignore_na": "a missing value is `unknown`; to forbid it leave the column not nullable",
}


class UncompilableError(ValueError):
    """Something in a schema has no SQL of the same strength."""


def refuse_table_options(schema: pa.DataFrameSchema) -> None:
    """Raise `UncompilableError` for a schema-wide option that is not carried over."""
    # A table cannot have two columns of one name, so the engine keeps this one always.
    _refuse("the schema", schema, _TABLE_CARRIED | {"unique_column_names"}, _TABLE_HARMLESS)
    if schema.strict not in (True, False):
        raise UncompilableError(f"strict={schema.strict!r} cannot be compiled")


def refuse_column_options(column: pa.Column) -> None:
    """Raise `UncompilableError` for a column's option that is not carried over."""
    if not isinstance(column.name, str):
        raise UncompilableError(f"the column name {column.name!r} is not text")
    _refuse(f"`{column.name}`", column, _COLUMN_CARRIED, _COLUMN_HARMLESS)


def refuse_check_options(check: pa.Check) -> None:
    """Raise `UncompilableError` for a check's option that is not carried over."""
    _refuse(f"check `{check.name}`", check, _CHECK_CARRIED, _CHECK_HARMLESS)


def _refuse(
    subject: str, thing: object, carried: frozenset[str], harmless: Mapping[str, Any]
) -> None:
    for option, value in vars(thing).items():
        if option in carried or (option in harmless and _is_same(value, harmless[option])):
            continue
        advice = _ADVICE.get(option, "it cannot be compiled, so it would pass in silence")
        raise UncompilableError(f"{subject} has {option.lstrip('_')}={value!r}: {advice}")


def _is_same(value: object, harmless: object) -> bool:
    """Equal, of one type: pandera's own objects break when compared with others."""
    return type(value) is type(harmless) and value == harmless
