"""DuckDB's SQL written for Spark: the one place that knows where the two differ.

sqlglot translates; what it would leave to fail, or to mean something else in silence, is mended
here. `PORTABLE` names what the models may use: each of these has a case in
`tests/spark/test_semantics.py` that runs on both engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp

_WHOLE = {exp.DataType.Type.BIGINT, exp.DataType.Type.INT}
# Text that is cast is not rounded: Spark would take it through a double.
_NOT_ROUNDED = (
    exp.Null, exp.Boolean, exp.Predicate, exp.Connector, exp.Replace, exp.Trim,
    exp.SplitPart, exp.Count,
)  # fmt: skip
_ISO_DATE = r"^\s*[0-9]+-[0-9]{1,2}-[0-9]{1,2}\s*\z"

PORTABLE: tuple[type[exp.Expr], ...] = (
    exp.Abs, exp.And, exp.ArgMax, exp.ArgMin, exp.ArrayContains, exp.Case, exp.Cast, exp.Ceil,
    exp.Coalesce, exp.Concat, exp.ConcatWs, exp.Contains, exp.Count, exp.DateDiff, exp.Day,
    exp.EndsWith, exp.Explode, exp.Floor, exp.Greatest, exp.If, exp.LastDay, exp.Least,
    exp.Length, exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.Max, exp.Min, exp.Month,
    exp.Nullif, exp.Or, exp.Pad, exp.Pow, exp.Quarter, exp.RegexpFullMatch, exp.RegexpLike,
    exp.RegexpReplace, exp.Replace, exp.Round, exp.RowNumber, exp.Split, exp.SplitPart,
    exp.Sqrt, exp.StartsWith, exp.Struct, exp.Substring, exp.Sum, exp.TimeToStr, exp.Translate,
    exp.Trim, exp.TryCast, exp.Upper, exp.Year,
)  # fmt: skip


def to_spark(sql: str) -> str:
    """A query in DuckDB's dialect as a query with the same rows in Spark's.

    Tables go by their `bare_name`.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    for select in list(tree.find_all(exp.Select)):
        _unnest_beside(select)
    for node in reversed(list(tree.walk())):  # what stands inside before what stands around it
        node.replace(_mended(node))
    return tree.sql(dialect="spark")


def bare_name(table: str) -> str:
    """The name that a table goes by in Spark: `raw.figures` -> `raw__figures`."""
    schema, _, name = table.rpartition(".")
    return f"raw__{name}" if schema == "raw" else name


def not_portable(sql: str) -> Iterator[str]:
    """What a query uses that is not known to mean the same to both engines."""
    for node in sqlglot.parse_one(sql, read="duckdb").walk():
        if isinstance(node, exp.Func) and not isinstance(node, PORTABLE):
            yield f"{node.sql_name().lower()}() has no case in tests/spark/test_semantics.py"
        elif isinstance(node, (exp.RegexpLike, exp.RegexpFullMatch, exp.RegexpReplace)):
            yield from _pattern_faults(node)
        elif isinstance(node, exp.DateDiff) and _unit(node) not in _DIFFERENCES:
            yield f"date_diff of {_unit(node)} counts differently in Spark"
        elif isinstance(node, exp.Interval) and not _is_cast_to_date(node.parent):
            yield "a date with an interval is a timestamp here, a date in Spark: cast it to date"
        elif isinstance(node, exp.Round) and node.args.get("decimals") and not _is_clear(node.this):
            yield "round to places differs for doubles: divide, or cast, so that the type is plain"
        elif isinstance(node, (exp.Pivot, exp.IntDiv)):
            yield f"{type(node).__name__.lower()} differs in Spark"


def _is_cast_to_date(sum_of_days: exp.Expr | None) -> bool:
    around = sum_of_days.parent if sum_of_days else None
    return isinstance(around, exp.Cast) and around.to.is_type("date")


def _is_clear(rounded: exp.Expr) -> bool:
    return rounded.is_number or _is_double(rounded)


def _is_double(node: exp.Expr) -> bool:
    bare = node.unnest()
    return isinstance(bare, exp.Div) or (isinstance(bare, exp.Cast) and bare.to.is_type("double"))


def _pattern_faults(node: exp.Func) -> Iterator[str]:
    pattern = node.expression
    if not pattern.is_string:
        yield "a pattern that is not a literal cannot be looked at"
    elif "$" in pattern.name[:-1]:
        yield f"`$` before the end of {pattern.name!r}: Java's allows a line break after it"
    elif isinstance(node, exp.RegexpReplace) and not pattern.name.startswith("^"):
        yield "regexp_replace replaces once here, everywhere in Spark, but for what begins with ^"


def _mended(node: exp.Expr) -> exp.Expr:
    for kind, mend in _MENDS:
        if isinstance(node, kind):
            return mend(node)
    return node


def _table(node: exp.Table) -> exp.Expr:
    node.set("this", exp.to_identifier(bare_name(f"{node.db}.{node.name}"), quoted=True))
    node.set("db", None)
    return node


def _type(node: exp.DataType) -> exp.Expr:
    """Sums of whole numbers outgrow 64 bits; Spark's widest whole number is a decimal."""
    return exp.DataType.build("decimal(38, 0)") if node.is_type("int128") else node


def _try_cast(node: exp.TryCast) -> exp.Expr:
    """Spark takes `2024` and `2024-02` for days too."""
    text = node.this
    if not node.to.is_type("date"):
        return node
    is_day = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(_ISO_DATE))
    return exp.Case(ifs=[exp.If(this=is_day, true=node.copy())])


def _cast(node: exp.Cast) -> exp.Expr:
    """DuckDB rounds to a whole number, Spark cuts off."""
    bare = node.this.unnest()
    bare = bare.this if isinstance(bare, exp.Neg) else bare
    is_fit = isinstance(bare, (*_NOT_ROUNDED, exp.Round)) or bare.is_int or bare.is_string
    if node.to.this in _WHOLE and not is_fit:
        node.set("this", exp.Round(this=node.this))
    return node


def _division(node: exp.Div) -> exp.Expr:
    """DuckDB always divides as doubles, Spark divides decimals as decimals."""
    node.set("this", exp.cast(node.this, "double"))
    return node


def _round(node: exp.Round) -> exp.Expr:
    """Of 4.225, which no double is, DuckDB rounds what is stored, Spark what would be printed."""
    places = node.args.get("decimals")
    if places is None or not _is_double(node.this):
        return node
    scale = exp.Pow(this=exp.Literal.number(10), expression=places)
    scaled = exp.Round(this=exp.Mul(this=exp.paren(node.this), expression=scale))
    return exp.Div(this=scaled, expression=scale.copy())


def _date_diff(node: exp.DateDiff) -> exp.Expr:
    """DuckDB counts the boundaries passed, Spark the whole units."""
    return _DIFFERENCES[_unit(node)](node)


def _months(node: exp.DateDiff) -> exp.Expr:
    years = exp.Mul(this=exp.paren(_years(node)), expression=exp.Literal.number(12))
    months = exp.Sub(
        this=exp.Month(this=node.this.copy()), expression=exp.Month(this=node.expression.copy())
    )
    return exp.paren(exp.Add(this=years, expression=exp.paren(months)))


def _years(node: exp.DateDiff) -> exp.Expr:
    later, earlier = node.this.copy(), node.expression.copy()
    return exp.paren(exp.Sub(this=exp.Year(this=later), expression=exp.Year(this=earlier)))


def _unit(node: exp.DateDiff) -> str:
    return node.text("unit").lower() or "day"


def _pattern(node: exp.RegexpLike) -> exp.Expr:
    r"""Java's `$` also stands before a last line break, RE2's only at the very end, as `\z`."""
    pattern = node.expression.name
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        node.set("expression", exp.Literal.string(pattern[:-1] + r"\z"))
    return node


def _full_match(node: exp.RegexpFullMatch) -> exp.Expr:
    pattern = exp.Literal.string(rf"^(?:{node.expression.name})\z")
    return exp.RegexpLike(this=node.this, expression=pattern)


def _unnest_beside(select: exp.Select) -> None:
    """Takes `unnest` out of the expressions around it, where Spark does not allow it."""
    for number, explode in enumerate(
        found for item in select.expressions for found in item.find_all(exp.Explode)
    ):
        if isinstance(explode.parent, (exp.Alias, exp.Select)):
            continue
        table, column = f"unnested_{number}", f"item_{number}"
        explode.replace(exp.column(column, table=table))
        alias = exp.TableAlias(this=exp.to_identifier(table), columns=[exp.to_identifier(column)])
        select.append("laterals", exp.Lateral(this=explode, view=True, alias=alias))


_DIFFERENCES: dict[str, Callable[[exp.DateDiff], exp.Expr]] = {
    "day": lambda node: node,
    "month": _months,
    "year": _years,
}
_MENDS: tuple[tuple[type[exp.Expr], Callable[..., exp.Expr]], ...] = (
    (exp.Table, _table),
    (exp.DataType, _type),
    (exp.TryCast, _try_cast),
    (exp.Cast, _cast),
    (exp.Div, _division),
    (exp.Round, _round),
    (exp.DateDiff, _date_diff),
    (exp.RegexpLike, _pattern),
    (exp.RegexpFullMatch, _full_match),
)
