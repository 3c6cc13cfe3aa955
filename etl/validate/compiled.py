"""What a compiled schema is: plain data, so that it can be kept as JSON between nights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["error", "warning"]
Scope = Literal["table", "row", "group"]

_LAYERS = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts"}


@dataclass(frozen=True)
class CompiledColumn:
    """A declared column.

    Attributes:
        name: the column's name.
        types: the engine types that it may have; the first is the usual one.
        words: its type for people ("a whole number").
    """

    name: str
    types: tuple[str, ...]
    words: str

    @property
    def operand(self) -> str:
        """The column in SQL, with NaN as the missing value that pandas takes it for.

        Without it `NaN >= 0` and `NaN = NaN` are true in the engine.
        """
        name = quoted(self.name)
        return f"nullif({name}, cast('nan' as double))" if "DOUBLE" in self.types else name


@dataclass(frozen=True)
class CompiledCheck:
    """One declared rule, ready to be counted.

    Attributes:
        name: the claim as an identifier, unique within its table.
        table: the table's qualified name.
        kind: `column_exists`, `dtype`, `strict`, `not_null`, `unique`, `references`, `row`, `group`
            or the name of a built-in pandera check.
        columns: the columns that it is about, and that explain an offender.
        claim: the claim in one sentence.
        expected: what a value should have been, for messages.
        severity: what a failure means for the row and the night.
        scope: what is counted: the table as one, rows, or groups of rows.
        group_by: for scope `group` and kind `unique`, the columns whose equal values make a group.
        sql: a three-valued condition: true holds, false failed, null unknown. Over one row for
            scope `row`, an aggregate for the others; empty where `kind` says all.
        reason: why the rule exists; may be empty.
        where: a condition on the rows that it is about; empty for all. The others are not counted.
    """

    name: str
    table: str
    kind: str
    columns: tuple[str, ...]
    claim: str
    expected: str
    severity: Severity
    scope: Scope
    group_by: tuple[str, ...]
    sql: str
    reason: str
    where: str = ""


@dataclass(frozen=True)
class CompiledTable:
    """All that one schema declares.

    Attributes:
        table: qualified name, `staging.stg_figures`.
        columns: the declared columns in their order.
        checks: the declared rules; those about the table's shape come first.
    """

    table: str
    columns: tuple[CompiledColumn, ...]
    checks: tuple[CompiledCheck, ...]

    def operand(self, name: str) -> str:
        """The SQL that reads a declared column."""
        return next(column.operand for column in self.columns if column.name == name)

    def to_dict(self) -> dict[str, Any]:
        """The table as dicts, lists and strings, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CompiledTable:
        """The reverse of `to_dict`, also after a way through JSON."""
        return cls(
            table=data["table"],
            columns=tuple(CompiledColumn(**_with_tuples(column)) for column in data["columns"]),
            checks=tuple(CompiledCheck(**_with_tuples(check)) for check in data["checks"]),
        )


def _with_tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }


def qualified(stem: str) -> str:
    """The table that a model's stem names: `stg_figures` -> `staging.stg_figures`.

    A name that already says its schema is returned as it is.

    Raises:
        SchemaError: the stem's prefix belongs to no layer.
    """
    if "." in stem:
        return stem
    layer = _LAYERS.get(stem.split("_", maxsplit=1)[0])
    if layer is None:
        raise SchemaError(stem, f"its name must begin with one of {', '.join(_LAYERS)} and `_`")
    return f"{layer}.{stem}"


def quoted(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_table(table: str) -> str:
    """A table's qualified name, each part quoted."""
    return ".".join(quoted(part) for part in table.split("."))
