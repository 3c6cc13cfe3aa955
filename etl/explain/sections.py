"""Sections that several kinds of thing share, as blocks of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from etl.explain import arithmetic
from etl.explain.blocks import VERDICTS, Block, field, judged, noun, section
from etl.findings.words import day, decimal, qualified

Row = Mapping[str, Any]
_OPERATORS = {"eq": "=", "approx": "≈", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def place(thing: Row, raw: str) -> Iterator[Block]:
    """Page, file and row of what was read."""
    if source := thing["source"]:
        yield Block("The page", style="section")
        yield from page(source)
    yield from row_in_file(thing["row"], raw)


def page(source: Row) -> Iterator[Block]:
    """What is known of a page."""
    published = source["published_date"]
    yield field("source", source["source_id"])
    yield field("title", source["title"] or "none")
    yield field("publisher", source["publisher"])
    if source["is_copy"]:
        yield field(
            "account of", f"{source['origin']}: counts as that publisher's, not as a second"
        )
    yield field("published", day(published) if published else "no date given")
    yield field("url", source["url"] or "none")


def row_in_file(row: Row | None, raw: str) -> Iterator[Block]:
    """Where a row stands, and every value in it, verbatim."""
    if row is None:
        return
    yield Block("Row as in the file", style="section")
    yield field("file", f"{raw}/{row['file']}, row {row['row_number']}")
    yield field("sha256", row["file_sha256"])
    yield from _values(row["values"], indent=2)


def _values(values: Mapping[str, str], indent: int) -> Iterator[Block]:
    column = max(map(len, values), default=0) + 2
    for name, text in values.items():
        yield Block(text, name, indent=indent, column=column)


def held(raw: str) -> Callable[[Row], Iterator[Block]]:
    """How to tell of a row that is held: where, why, and the row."""

    def tell(held: Row) -> Iterator[Block]:
        column = f", column {held['column_name']}" if held["column_name"] else ""
        yield Block(
            f"{raw}/{held['file']}, row {held['row_number']}{column}", indent=2, style="fail"
        )
        was = f"It was `{held['raw_text']}`; " if held["raw_text"] else ""
        yield Block(f"{was}{held['reason']} ({held['check_name']})", indent=4)
        yield from _verbatim(held["row_text"] or "")

    return tell


def _verbatim(row_text: str) -> Iterator[Block]:
    """A row that could be taken apart by its values, another as it stands."""
    try:
        values = json.loads(row_text)
    except ValueError:
        values = None
    if isinstance(values, dict):
        yield from _values({name: str(text) for name, text in values.items()}, indent=4)
    else:
        yield Block(row_text, indent=4)


def correction(correction: Row) -> Iterator[Block]:
    """A correction, and whether it is applied."""
    applied = "applied" if correction["is_matched"] else "not applied: it no longer matches"
    yield Block(
        f"{correction['expected_value']:,} to {correction['corrected_value']:,}, {applied}."
        f" {correction['reason']} ({correction['corrected_on']})",
        indent=2,
    )


def breakdown(row: Row) -> str:
    """A row of `fct_subtotal_check`."""
    parts = f"{row['parts_count']} {noun(row['parts_count'], 'part')} by {row['dimension']}"
    stands = {"yes": "all of it", "no": "some of it"}.get(row["breakdown_complete"], "all or some")
    said = f"{parts} (presented as {stands})"
    if row["verdict"] == "unknown":
        return f"{said}, not tested: {row['unknown_reason']}."
    return (
        f"{said}: reported {_number(row['reported_total'])},"
        f" computed {_number(row['computed_total'])}, residual {_number(row['residual_value'])}."
        + _remainder(row)
    )


def _remainder(row: Row) -> str:
    low, high = row["remainder_low"], row["remainder_high"]
    if row["verdict"] != "pass" or low is None:
        return ""
    return f" Not stated: {arithmetic.interval(low, high)}."


def claim(row: Row) -> str:
    """A row of `fct_claim_check`."""
    said = f"{row['claim_id']}: {row['kind'].replace('_', ' ')} {_OPERATORS[row['operator']]}"
    if row["printed"] is None:
        said += " each of the others"
    else:
        allowed = arithmetic.interval(row["allowed_from"], row["allowed_to"])
        said += f" {row['printed']} (allows {allowed})"
    if row["computed_number"] is not None:
        said += f", computed {decimal(row['computed_number'])}"
    if row["residual_number"] is not None:
        said += f", residual {decimal(row['residual_number'])}"
    if row["holds_by"]:
        said += f", holds: {row['holds_by']}"
    if row["is_implied"]:
        said += ", against what another claim implies"
    if row["slip"]:
        said += f". Slip: {row['slip'].replace('_', ' ')}"
    return f"{said}."


def period(row: Row) -> str:
    """A row of `fct_period_check`."""
    return (
        f"{row['check_name']}: whole {row['period_start']} to {row['period_end']} reported"
        f" {_number(row['reported_whole'])}, {row['parts_count']}"
        f" {noun(row['parts_count'], 'part')} computed {_number(row['computed_whole'])},"
        f" residual {_number(row['residual_value'])}."
    )


def with_statements(
    title: str, thing: Row, key: str, tell: Callable[[Row], str], own: str | None = None
) -> Iterator[Block]:
    """Rows of a mart, each with the arithmetic of its statements."""
    by_id = {row["statement_id"]: row for row in thing["statements"]}
    yield from section(title, thing[key])
    for row in thing[key]:
        yield judged(row["verdict"], tell(row))
        for statement_id in row["statement_ids"]:
            yield from arithmetic.tell(by_id[statement_id], own)


def other_statements(thing: Row, own: str | None = None) -> Iterator[Block]:
    """Statements of kinds that no mart tells more of."""
    told = {
        statement_id
        for key in ("breakdowns", "claims", "periods")
        for row in thing.get(key, ())
        for statement_id in row["statement_ids"]
    }
    rest = [row for row in thing["statements"] if row["statement_id"] not in told]
    yield from section("Statements", rest)
    for row in rest:
        yield judged(row["verdict"], row["check_name"])
        yield from arithmetic.tell(row, own)


def cell(cell: Row, own: str) -> Iterator[Block]:
    """What all pages say of the same."""
    if len(cell["figures"]) == 1:
        return
    yield Block("The same, as all figures have it", style="section")
    if compared := cell["compared"]:
        yield judged(
            compared["verdict"],
            f"{compared['figures_count']} figures on {compared['sources_count']}"
            f" {noun(compared['sources_count'], 'page')}, {compared['independent_sources_count']}"
            f" independent: {_number(compared['low_value'])} to"
            f" {_number(compared['high_value'])}, residual {_number(compared['residual_value'])}.",
        )
    column = 2 + max(len(qualified(figure)) for figure in cell["figures"])
    for figure in sorted(cell["figures"], key=lambda figure: figure["reported_value"] or 0):
        mark = arithmetic.THIS if figure["figure_id"] == own else ""
        published = figure["published_date"]
        yield Block(
            f"{figure['origin']}, {day(published) if published else 'undated'}{mark}",
            qualified(figure),
            indent=6,
            column=column,
        )
        yield Block(figure["figure_id"], indent=6 + column, style="quiet")


def year(own: str) -> Callable[[Row], Iterator[Block]]:
    """How to tell of a row of `fct_year_on_year`, seen from one of its figures."""

    def tell(row: Row) -> Iterator[Block]:
        change = "unknown" if row["change_value"] is None else f"{row['change_value']:+,}"
        pct = "" if row["change_pct"] is None else f" ({row['change_pct']:+,.2f} %)"
        yield Block(
            f"{row['period_start']} to {row['period_end']}: {_number(row['reported_value'])} after"
            f" {_number(row['previous_value'])} one year before, change {change}{pct}",
            indent=2,
        )
        other = row["figure_id"] if row["figure_id"] != own else row["previous_figure_id"]
        yield Block(other, indent=4, style="quiet")

    return tell


def finding_line(finding: Row) -> Iterator[Block]:
    """A finding in short."""
    style = "quiet" if finding["state"] in ("resolved", "acknowledged") else finding["severity"]
    yield Block(
        finding["headline"],
        finding["state"],
        2,
        VERDICTS,
        style={"warning": "warn"}.get(style, style),
    )
    yield Block(
        f"finding {finding['finding_id']}, {finding['check_name']}, first seen"
        f" {finding['first_seen_at']:%F}",
        indent=2 + VERDICTS,
        style="quiet",
    )
    if finding["accepted_by"]:
        yield Block(accepted(finding), indent=2 + VERDICTS)


def accepted(finding: Row) -> str:
    """Who has accepted a finding, for what and why."""
    return (
        f"Accepted by {finding['accepted_by']} on {finding['accepted_on']} for"
        f" `{finding['accepted_for']}`: {finding['accepted_reason']}"
    )


def figure_in_full(raw: str) -> Callable[[Row], Iterator[Block]]:
    """How to tell of a figure with its role, its row and its page."""

    def tell(figure: Row) -> Iterator[Block]:
        if "measure" in figure:
            said = f"{qualified(figure)} {named(figure)}: {arithmetic.cell(figure)}"
        else:
            said = "not published any more"
        yield Block(said, figure.get("role", ""), indent=2, column=VERDICTS)
        for text in (
            figure["figure_id"],
            f"{raw}/{figure['file']}, row {figure['row_number']}",
            figure.get("url") or "no url",
        ):
            yield Block(text, indent=2 + VERDICTS, style="quiet")

    return tell


def denominators(row: Row) -> str:
    """How many a check could test."""
    return (
        f"{row['tested_count']:,} tested, {row['failed_count']:,} failed,"
        f" {row['unknown_count']:,} unknown"
    )


def result_of_run(row: Row) -> Iterator[Block]:
    """What a check has counted in one run."""
    started = f"{row['started_at']:%F %H:%M}" if row["started_at"] else ""
    yield judged(row["verdict"], f"{started}  {denominators(row)}  ({row['table_name']})".strip())


def figure_line(figure: Row) -> Iterator[Block]:
    """A figure in short, with the verdict on its breakdowns."""
    said = f"{qualified(figure)} {named(figure)}: {arithmetic.cell(figure)}"
    yield judged(figure["breakdown_verdict"], said)
    yield Block(figure["figure_id"], indent=2 + VERDICTS, style="quiet")


def named(figure: Row) -> str:
    """What a figure counts."""
    return str(figure["measure_label"] or figure["measure"])


def _number(value: int | None) -> str:
    return "unstated" if value is None else f"{value:,}"
