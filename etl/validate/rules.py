"""Row and group rules: the SQL that their author wrote, checked and made safe for NaN."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from etl.validate.compiled import CompiledColumn
from etl.validate.refuse import UncompilableError

if TYPE_CHECKING:
    from pandera.pandas import Check

Columns = Mapping[str, CompiledColumn]
_REFUSED = {
    exp.Query: "a query of its own: a reference is declared with `references`",
    exp.Window: "a window: a rule about several rows is a `group_check`",
    exp.Placeholder: "a parameter",
}


@dataclass(frozen=True)
class Rule:
    """A rule in the form that the compiler needs; fields as in `CompiledCheck`."""

    claim: str
    columns: tuple[str, ...]
    group_by: tuple[str, ...]
    sql: str
    where: str
    expected: str
    reason: str


def rule(check: Check, declared: Columns) -> Rule:
    """The rule that a schema-wide check declares.

    Raises:
        UncompilableError: the check has no SQL form, or one that cannot stand in a check.
    """
    said = check.statistics or {}
    if "sql" not in said:
        raise UncompilableError(
            f"check `{check.name}` has no SQL form, so it would pass in silence: "
            "declare it with `row_check` or `group_check`"
        )
    group_by, shown = tuple(said.get("by", ())), tuple(said.get("columns", ()))
    sql, named = _condition(str(check.name), said["sql"], declared)
    where = condition(str(check.name), said["where"], declared) if said.get("where") else ""
    if not (named or group_by):
        raise UncompilableError(f"check `{check.name}` names no column")
    _must_be_declared(str(check.name), (*group_by, *shown), declared)
    if any("DOUBLE" in declared[name].types for name in group_by):
        raise UncompilableError(f"check `{check.name}` groups by a column of fractions")
    claim = _claim(check)
    return Rule(
        claim=claim,
        columns=shown or tuple(dict.fromkeys((*group_by, *named))),
        group_by=group_by,
        sql=sql,
        where=where,
        expected=said.get("expected") or claim,
        reason=said.get("reason", ""),
    )


def _claim(check: Check) -> str:
    first_line = inspect.cleandoc(check.description or "").partition("\n")[0]
    if not first_line:
        raise UncompilableError(
            f"check `{check.name}` has no docstring; its first line is the claim"
        )
    return first_line.rstrip(".")


def condition(check: str, sql: str, declared: Columns) -> str:
    """A condition on a row, with operands in place of column names.

    Raises:
        UncompilableError: it is none, or names a column that is not declared.
    """
    return _condition(check, sql, declared)[0]


def _condition(check: str, sql: str, declared: Columns) -> tuple[str, tuple[str, ...]]:
    """The author's SQL with operands in place of column names, and the columns it names.

    The text stays as written but for that: sqlglot would write some of it back with another
    meaning (`a ~ 'x'`, which DuckDB holds to be the whole text, becomes `regexp_matches`).
    """
    try:
        tree: exp.Expr = sqlglot.parse_one(sql, into=exp.Condition, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise UncompilableError(f"check `{check}`: {sql!r} is no condition: {error}") from error
    _refuse_constructs(check, tree)
    columns = sorted(tree.find_all(exp.Column), key=lambda column: column.this.meta["start"])
    named = tuple(dict.fromkeys(column.name for column in columns))
    _must_be_declared(check, named, declared)
    for column in reversed(columns):
        start, end = column.this.meta["start"], column.this.meta["end"] + 1
        sql = sql[:start] + declared[column.name].operand + sql[end:]
    return sql, named


def _refuse_constructs(check: str, tree: exp.Expr) -> None:
    for node in tree.walk():
        if node.comments:
            raise UncompilableError(f"check `{check}` has a comment in its SQL")
        if isinstance(node, exp.Column) and node.table:
            raise UncompilableError(f"check `{check}`: write {node.name} without its table")
        if isinstance(node, exp.Div) and not isinstance(node.expression, (exp.Nullif, exp.Literal)):
            raise UncompilableError(
                f"check `{check}` divides by {node.expression.sql(dialect='duckdb')}, which "
                "may be 0 and make NaN, and NaN >= 1 is true: write nullif(…, 0), or multiply"
            )
        for construct, words in _REFUSED.items():
            if isinstance(node, construct):
                raise UncompilableError(f"check `{check}` has {words}")


def _must_be_declared(check: str, names: tuple[str, ...], declared: Columns) -> None:
    unknown = [name for name in names if name not in declared]
    if unknown:
        raise UncompilableError(f"check `{check}` names {', '.join(unknown)}, not in the schema")
