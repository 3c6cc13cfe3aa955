"""The arithmetic of a statement, in words: terms, what they add up to, what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etl.explain.blocks import Block
from etl.findings.words import qualified

Row = Mapping[str, Any]

THIS = "  ◂ this figure"
_INDENT = 6


def tell(statement: Row, own: str | None = None) -> Iterator[Block]:
    """One line per term and figure, then the sum.

    Args:
        statement: with its `terms`, each with its `figures`.
        own: the figure to point at.
    """
    terms = statement["terms"]
    summands = [_summand(term) for term in terms]
    column = 2 + max(map(len, summands), default=0)
    told = [term for term in terms if term["measure"] is not None]
    varying = [name for name, words in _ASPECTS.items() if len({words(term) for term in told}) > 1]
    for term, summand in zip(terms, summands, strict=True):
        aspects = (_ASPECTS[name](term) for name in varying if term in told)
        said = ", ".join((term["role"], *aspects))
        yield Block(f"{said}{_width(term)}", summand, indent=_INDENT, column=column)
        for figure in term["figures"]:
            value = f"{qualified(figure)}: " if len(term["figures"]) > 1 else ""
            mark = THIS if figure["figure_id"] == own else ""
            text = f"{value}{figure['figure_id']}{mark}"
            yield Block(text, indent=_INDENT + column, style="quiet")
    yield Block(_sum(statement), "=", indent=_INDENT, column=2)
    yield Block(f"statement {statement['statement_id']}", indent=_INDENT, style="quiet")


def cell(row: Row) -> str:
    """Where, when and which part a row speaks of."""
    return ", ".join(_ASPECTS[name](row) for name in ("geography", "period", "part"))


def interval(low: float | None, high: float | None) -> str:
    """`926`, `3,001 or more`, `56.75 to 56.9`."""
    if low is None:
        return "anything" if high is None else f"{_exact(high)} or less"
    if low == high:
        return _exact(low)
    return f"{_exact(low)} or more" if high is None else f"{_exact(low)} to {_exact(high)}"


def _exact(bound: float) -> str:
    """A bound, which is a whole number or as long as a claim's number and two digits more."""
    return f"{bound:,.6f}".rstrip("0").rstrip(".")


def _period(row: Row) -> str:
    return str(row["period_label"] or f"{row['period_start']} to {row['period_end']}")


def _part(row: Row) -> str:
    if row["dimension"] == "total":
        return "in all"
    category = row["category"]
    named = f"{row['category_label']} ({category})" if row["category_label"] else category
    return f"{row['dimension_label'] or row['dimension']} {named}"


_ASPECTS = {
    "measure": lambda row: str(row["measure_label"] or row["measure"]),
    "geography": lambda row: str(row["geography_label"] or row["geography"]),
    "period": _period,
    "part": _part,
}


def _summand(term: Row) -> str:
    sign, factor = ("-" if term["coefficient"] < 0 else "+"), abs(term["coefficient"])
    times = "" if factor == 1 else f"{factor:,} \N{MULTIPLICATION SIGN} "
    return f"{sign} {times}{_value(term)}"


def _value(term: Row) -> str:
    """With its words, where it is what one figure says and nothing has moved it."""
    value, figures = term["reported_value"], term["figures"]
    if len(figures) == 1 and value == figures[0]["reported_value"]:
        return qualified(figures[0])
    return "?" if value is None else f"{value:,}"


def _width(term: Row) -> str:
    if not term["figures"]:
        return ": no figure says it"
    low, high = term["low_value"], term["high_value"]
    can_be = "" if low == high == term["reported_value"] else f", can be {interval(low, high)}"
    return f"{can_be}{_printed(term)}"


def _printed(term: Row) -> str:
    """What the one figure of a term says, where a correction or another claim has moved it."""
    only = term["figures"][0] if len(term["figures"]) == 1 else None
    if only is None or term["reported_value"] == only["reported_value"]:
        return ""
    return f", taken from {qualified(only)} as printed"


def _sum(statement: Row) -> str:
    allowed = f"allowed: {interval(statement['low_bound'], statement['high_bound'])}"
    if not statement["is_testable"]:
        return f"not tested, since a figure is missing or in doubt; {allowed}"
    low, high = statement["computed_low"], statement["computed_high"]
    computed = interval(low, high)
    if statement["computed_value"] is not None and low != high:
        computed = f"{_exact(statement['computed_value'])}, can be {computed}"
    return f"{computed}; {allowed}: {statement['verdict']}"
