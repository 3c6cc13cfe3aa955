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
    exp.Star: "a star: name the columns",
    exp.Placeholder: "a parameter",
}


@dataclass(frozen=True)
class Rule:
    """A rule in the form that the compiler needs; fields as in `CompiledCheck`."""

    claim: str
    columns: tuple[str, ...]
    group_by: tuple[str, ...]
    sql: str
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
    sql, named = _condition(check, said["sql"], declared)
    _must_be_declared(check, (*group_by, *shown), declared)
    if any("DOUBLE" in declared[name].types for name in group_by):
        raise UncompilableError(f"check `{check.name}` groups by a column of fractions")
    return Rule(
        claim=_claim(check),
        columns=shown or tuple(dict.fromkeys((*group_by, *named))),
        group_by=group_by,
        sql=sql,
        reason=said.get("reason", ""),
    )


def _claim(check: Check) -> str:
    first_line = inspect.cleandoc(check.description or "").partition("\n")[0]
    if not first_line:
        raise UncompilableError(
            f"check `{check.name}` has no docstring; its first line is the claim"
        )
    return first_line


def _condition(check: Check, sql: str, declared: Columns) -> tuple[str, tuple[str, ...]]:
    """The author's SQL with operands in place of column names, and the columns it names.

    The text stays as written but for that: sqlglot would write some of it back with another
    meaning (`a ~ 'x'`, which DuckDB holds to be the whole text, becomes `regexp_matches`).
    """
    try:
        tree: exp.Expr = sqlglot.parse_one(sql, into=exp.Condition, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise UncompilableError(
            f"check `{check.name}`: {sql!r} is no condition: {error}"
        ) from error
    _refuse_constructs(check, tree)
    columns = sorted(tree.find_all(exp.Column), key=lambda column: column.this.meta["start"])
    named = tuple(dict.fromkeys(column.name for column in columns))
    if not named:
        raise UncompilableError(f"check `{check.name}` names no column")
    _must_be_declared(check, named, declared)
    for column in reversed(columns):
        start, end = column.this.meta["start"], column.this.meta["end"] + 1
        sql = sql[:start] + declared[column.name].operand + sql[end:]
    return sql, named


def _refuse_constructs(check: Check, tree: exp.Expr) -> None:
    for node in tree.walk():
        if node.comments:
            raise UncompilableError(f"check `{check.name}` has a comment in its SQL")
        if isinstance(node, exp.Column) and node.table:
            raise UncompilableError(f"check `{check.name}`: write {node.name} without its table")
        if isinstance(node, exp.Div) and not isinstance(node.expression, (exp.Nullif, exp.Literal)):
            raise UncompilableError(
                f"check `{check.name}` divides by {node.expression.sql(dialect='duckdb')}, which "
                "may be 0 and make NaN, and NaN >= 1 is true: write nullif(…, 0), or multiply"
            )
        for construct, words in _REFUSED.items():
            if isinstance(node, construct):
                raise UncompilableError(f"check `{check.name}` has {words}")


def _must_be_declared(check: Check, names: tuple[str, ...], declared: Columns) -> None:
    unknown = [name for name in names if name not in declared]
    if unknown:
        raise UncompilableError(
            f"check `{check.name}` names {', '.join(unknown)}, not in the schema"
        )
