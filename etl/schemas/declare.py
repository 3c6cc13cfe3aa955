'''How a schema class says what pandera has no word for.

    source_id: str = references("stg_sources.source_id")

    @row_check("period_end >= period_start")
    def period_end_is_not_before_start(cls, frame):
        """A period ends on or after the day it starts."""
        return frame["period_end"] >= frame["period_start"]

The SQL is what runs each night. The Python beside it says the same on a pandas frame, so that a
test can prove the two agree, and a schema still works where pandera works. It sees a frame in which
a missing value makes a comparison missing too, as in SQL, instead of false.

Everything else is said in pandera's own words, plus optional keys of a field's `metadata`:
`severity`, `expected` (what should stand there, for messages) and `reason` for all checks of the
field, and `checks` to say more of one of them:

    metadata={"checks": {"greater_than_or_equal_to": {"name": ..., "severity": ..., "reason": ...}}}

(The kinds are pandera's names of its checks, `not_null`, `unique` and `references`.)
'''

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import pandera.pandas as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    Rule = Callable[..., Any] | classmethod[Any, Any, Any]

Severity = Literal["error", "warning"]


def references(
    target: str,
    *,
    where: str = "",
    severity: Severity | None = None,
    expected: str = "",
    **field: Any,
) -> Any:
    """A field whose stated values all occur in another table's column.

    Args:
        target: `stg_sources.source_id`, a model's stem and its column.
        where: a condition on the row; the others refer to nothing and are not tested.
        severity: what a value that is not found there means; as for the field, unless given.
        expected: what should stand there, for messages.
        **field: whatever `pandera.Field` takes.
    """
    metadata = {**(field.pop("metadata", None) or {}), "references": target, "where": where}
    said = {"severity": severity, "expected": expected}
    metadata["checks"] = {
        "references": {word: what for word, what in said.items() if what},
        **metadata.get("checks", {}),
    }
    return pa.Field(metadata=metadata, **field)


def row_check(  # noqa: PLR0913  # one thing to check; the rest are words about it
    sql: str,
    *,
    where: str = "",
    severity: Severity = "error",
    expected: str = "",
    reason: str = "",
    columns: Iterable[str] = (),
) -> Callable[[Rule], classmethod[Any, Any, Any]]:
    """Declare a rule between the columns of one row.

    The method's name is the check's name, the first line of its docstring the claim.

    Args:
        sql: true where the row keeps the rule, null where that cannot be told.
        where: a condition on the rows that the rule is about; the others are not tested, and the
            method says true of them.
        severity: what a failure means.
        expected: what should stand there, for messages; the claim, unless given.
        reason: why the rule exists.
        columns: what explains an offender; those that `sql` names, unless given.
    """
    said = {"where": where, "expected": expected, "reason": reason}
    return _declared({"sql": sql, "by": (), "columns": tuple(columns), **said}, severity)


def group_check(  # noqa: PLR0913  # as above
    *,
    by: Iterable[str],
    sql: str,
    where: str = "",
    severity: Severity = "error",
    reason: str = "",
    columns: Iterable[str] = (),
) -> Callable[[Rule], classmethod[Any, Any, Any]]:
    """Declare a rule about all rows that have the same values in some columns.

    Rows without a value in one of them make a group too: in pandas `groupby(..., dropna=False)`.

    Args:
        by: the columns that make a group.
        sql: a condition on aggregates, true where the group keeps the rule, null where that
            cannot be told.
        where: a condition on the rows that the rule is about; the others are not tested, and the
            method says true of them.
        severity: what a failure means.
        reason: why the rule exists.
        columns: what explains an offender; `by` and those that `sql` names, unless given.
    """
    said = {"where": where, "reason": reason}
    return _declared({"sql": sql, "by": tuple(by), "columns": tuple(columns), **said}, severity)


def _declared(
    statistics: dict[str, Any], severity: Severity
) -> Callable[[Rule], classmethod[Any, Any, Any]]:
    def decorate(rule: Rule) -> classmethod[Any, Any, Any]:
        function = rule.__func__ if isinstance(rule, classmethod) else rule

        @functools.wraps(function)
        def holds(cls: type[pa.DataFrameModel], frame: pd.DataFrame) -> pd.Series[bool]:
            return _unknown_passes(function(cls, _three_valued(frame, cls.to_schema())))

        declare = pa.dataframe_check(statistics=statistics, raise_warning=severity == "warning")
        return declare(holds)

    return decorate


def _three_valued(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The frame in Arrow's types, the only ones in which all of pandas keeps to SQL's logic."""
    import pandas as pd
    from pyarrow import Table, date32, string, types

    table = Table.from_pandas(frame, preserve_index=False)
    for place, field in enumerate(table.schema):
        # pandas keeps days and text as objects, which without one value have no type to infer.
        if types.is_null(field.type):
            is_day = str(schema.columns[field.name].dtype) == "date"
            typed = table.column(place).cast(date32() if is_day else string())
            table = table.set_column(place, field.name, typed)
    return table.to_pandas(types_mapper=pd.ArrowDtype).set_axis(frame.index)  # type: ignore[no-any-return]


def _unknown_passes(holds: Any) -> pd.Series[bool]:
    return holds.astype("boolean").fillna(True).astype(bool)  # type: ignore[no-any-return]
