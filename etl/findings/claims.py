"""Claims that their own figures refute, in words, with the well-known slip where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Figure, Finding
from etl.findings.words import LABELS, capital, counted, day, decimal, listed, place, qualified

if TYPE_CHECKING:
    import duckdb

CHECK = "claims_match_figures"
AS_WORDED = "claims_match_figures_as_worded"
CHECKS = (CHECK, AS_WORDED)
_CLAIMS = f"""
    select
        checks.*,
        figures.measure,
        figures.geography,
        figures.category,
        measures.label as measure_label,
        geographies.label as geography_label,
        periods.label as period_label,
        dimensions.label as dimension_label,
        nationalities.label as nationality_label,
        operands.operands
    from fct_claim_check as checks
    inner join fct_reported_figure as figures on checks.subject_figure_id = figures.figure_id
    {LABELS}
    inner join
        (
            select
                operands.claim_id,
                list(
                    struct_pack(
                        role := operands.role,
                        is_implied := operands.is_implied,
                        figure_id := figures.figure_id,
                        named_figure_id := operands.named_figure_id,
                        later_date := operands.later_date,
                        reported_value := operands.reported_value,
                        words := qualifiers.label,
                        source_id := figures.source_id,
                        file := figures.file,
                        row_number := figures.row_number
                    ) order by operands.role desc, figures.file, figures.row_number
                ) as operands
            from int_claim_operands as operands
            inner join fct_reported_figure as figures on operands.figure_id = figures.figure_id
            inner join stg_qualifiers as qualifiers
                on figures.value_qualifier = qualifiers.qualifier
            group by operands.claim_id
        ) as operands
        on checks.claim_id = operands.claim_id
    left join
        fct_subtotal_check as breakdowns
        on checks.breakdown_id = breakdowns.breakdown_id
        and breakdowns.verdict in ('fail', 'warn')
    where checks.verdict in ('fail', 'warn') and breakdowns.breakdown_id is null
    order by checks.claim_id
"""
_UNTESTED = "select claim_id from fct_claim_check where verdict = 'unknown'"
_OPERATORS = {"eq": "", "approx": "about ", "gt": "more than ", "ge": "at least "}
_OPERATORS |= {"lt": "less than ", "le": "at most "}
# How a claim is meant where only its other reading is true.
_READINGS = {"percent_change": "{} % of the old value", "multiple": "{} times more"}
_SLIPS = {
    "change_divided_by_new_value": "The change was divided by the new value instead of the old:"
    " {change:,} / {subject:,}.",
    "operands_swapped": "The two numbers were swapped.",
    "change_itself_printed_as_percent": "It is the change itself, or the percentage points, not"
    " the change in percent.",
    "times_for_times_more": "It fits as “so many times”, not “so many times more”.",
}


def tell(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per claim that fails, unless it is the sum of a breakdown that fails.

    For one that could not be tested, that it was not.
    """
    for row in rows(connection, _CLAIMS):
        yield _finding(row, raw)
    for row in rows(connection, _UNTESTED):
        for check in CHECKS:
            yield Finding(check, "", row["claim_id"], "", "", is_tested=False)


def _finding(row: Mapping[str, Any], raw: str) -> Finding:
    subject = next(operand for operand in row["operands"] if operand["role"] == "subject")
    others = [operand for operand in row["operands"] if operand["role"] != "subject"]
    figures = tuple(
        Figure(operand["figure_id"], operand["role"], operand["file"], operand["row_number"])
        for operand in row["operands"]
    )
    about = f"{counted(row)}, {row['period_label']} ({row['source_id']})"
    claim = f"The claim: {raw}/{row['file']}, row {row['row_number']}."
    is_read_otherwise = row["verdict"] == "warn"
    return Finding(
        check_name=AS_WORDED if is_read_otherwise else CHECK,
        severity="warning" if is_read_otherwise else "error",
        subject=row["claim_id"],
        headline=f"{_claimed(row)} is {_judged(row)}: {about}.",
        detail=f"{_computed(row, subject, others)} {_slip(row, subject, others)}"
        f"{''.join(map(_vintage, others))}{claim}"
        f" Its figures: {place(figures, raw)}",
        source_id=row["source_id"],
        measure=row["measure"],
        geography=row["geography"],
        file=row["file"],
        row_number=row["row_number"],
        figures=figures,
        evidence=f"{row['reported_number'] or row['operator']}: "
        + " ".join(qualified(operand) for operand in row["operands"]),
    )


def _judged(row: Mapping[str, Any]) -> str:
    if row["verdict"] == "fail":
        return "not what the figures say"
    number = decimal(row["reported_number"])
    return f"true only if read as “{_READINGS[row['kind']].format(number)}”"


def _claimed(row: Mapping[str, Any]) -> str:
    words, kind = _OPERATORS[row["operator"]], row["kind"]
    if kind == "rank":
        return {"gt": "“Above the others”", "lt": "“Below the others”"}.get(
            row["operator"], "“Level with the others”"
        )
    number = decimal(row["reported_number"])
    signed = number if row["reported_number"] < 0 else f"+{number}"
    return {
        "absolute_change": f"“{words}{signed}”",
        "percent_change": f"“{words}{signed} %”",
        "multiple": f"“{words}{number} times”",
        "share": f"“{words}{number} %”",
        "sum": f"“{words}{number} in all”",
    }[kind]


def _computed(
    row: Mapping[str, Any], subject: Mapping[str, Any], others: list[Mapping[str, Any]]
) -> str:
    kind, computed = row["kind"], row["computed_number"]
    values = listed([qualified(other) for other in others])
    if kind == "sum":
        return f"{' + '.join(qualified(other) for other in others)} = {decimal(computed)}."
    if kind == "rank":
        return f"It is {qualified(subject)} against {values}."
    result = {
        "absolute_change": f"{computed:+,.0f}",
        "percent_change": f"{'+' if computed >= 0 else ''}{decimal(computed)} %",
        "multiple": f"{decimal(computed)} times as many",
        "share": f"{decimal(computed)} %",
    }[kind]
    if kind == "share":
        return f"{qualified(subject)} of {values} is {result}."
    implied = " (as another claim of the page implies)" if row["is_implied"] else ""
    return f"From {values}{implied} to {qualified(subject)} is {result}."


def _slip(
    row: Mapping[str, Any], subject: Mapping[str, Any], others: list[Mapping[str, Any]]
) -> str:
    if row["slip"] not in _SLIPS:
        return ""
    change = subject["reported_value"] - others[0]["reported_value"]
    return _SLIPS[row["slip"]].format(change=change, subject=subject["reported_value"]) + " "


def _vintage(operand: Mapping[str, Any]) -> str:
    """What the claim could not know on its day."""
    if operand["later_date"] is None:
        return ""
    value, later = qualified(operand), f"published later, on {day(operand['later_date'])}"
    if operand["figure_id"] == operand["named_figure_id"]:
        return f"{capital(value)} ({operand['source_id']}) was {later}. "
    known = f"{capital(value)} ({operand['source_id']}) is what was known on the claim's day"
    return f"{known}; `{operand['named_figure_id']}` was {later}. "
