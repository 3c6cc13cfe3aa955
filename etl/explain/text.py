"""What is known about a thing, in words: blocks of a page, from the plain data of `content`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from etl.explain import arithmetic
from etl.explain.layout import Block, write
from etl.findings.words import capital, day, decimal, qualified

Row = Mapping[str, Any]
_LABELS = 16
_VERDICTS = 12
_OPERATORS = {"eq": "=", "approx": "≈", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def show(content: Row) -> None:
    """Writes what is known to standard output, for people."""
    write(blocks(content))


def as_json(content: Row) -> str:
    """What is known as one JSON object, in ASCII that a terminal can show as it is."""
    return json.dumps(content, default=str, indent=1).replace("\x7f", "\\u007f")


def blocks(content: Row) -> Iterator[Block]:
    """The page: every kind of thing that the identifier names, and the run that says so."""
    for kind, tell in _KINDS.items():
        if kind in content:
            yield from tell(content[kind], content["raw"])
    if run := content["run"]:
        yield Block(f"as of run {run['run_id']}, {run['started_at']:%F %H:%M} UTC", style="foot")


def _figure(figure: Row, raw: str) -> Iterator[Block]:
    printed = figure["printed"]
    if printed:
        yield Block(capital(f"{qualified(printed)} {_named(printed)}"), style="title")
        yield Block(arithmetic.cell(printed))
        yield Block(f"figure {figure['figure_id']}", style="quiet")
        yield from _printed(printed)
    else:
        yield Block(f"Figure {figure['figure_id']}: not published", style="title")
    yield from _each("Held in quarantine", figure["quarantine"], _held(raw))
    yield from _each("Corrections", figure["corrections"], _correction)
    yield from _place(figure, raw)
    for title, key, tell in (
        ("Breakdowns", "breakdowns", _breakdown),
        ("Claims", "claims", _claim_line),
        ("Periods", "periods", _period),
    ):
        yield from _with_statements(title, figure, key, tell, figure["figure_id"])
    yield from _other_statements(figure, figure["figure_id"])
    if figure["cell"]:
        yield from _cell(figure["cell"], figure["figure_id"])
    yield from _each("Year on year", figure["year_on_year"], _year(figure["figure_id"]))
    yield from _each("Findings", figure["findings"], _finding_line)


def _printed(printed: Row) -> Iterator[Block]:
    yield Block("The number", style="section")
    yield _field("qualifier", f"{printed['value_qualifier']}: {printed['qualifier_reason']}")
    yield _field("can be", arithmetic.interval(printed["low_value"], printed["high_value"]))
    if printed["corrected_value"] is not None:
        yield _field("corrected to", f"{printed['corrected_value']:,}; all checks use that")
    if printed["dimension"] != "total":
        yield _field("parts", f"presented as all of it: {printed['breakdown_complete']}")


def _place(thing: Row, raw: str) -> Iterator[Block]:
    """Page, file and row of what was read."""
    if source := thing["source"]:
        yield Block("The page", style="section")
        yield from _page(source)
    yield from _row(thing["row"], raw)


def _page(source: Row) -> Iterator[Block]:
    published = source["published_date"]
    yield _field("source", source["source_id"])
    yield _field("title", source["title"] or "none")
    yield _field("publisher", source["publisher"])
    if source["is_copy"]:
        yield _field(
            "account of", f"{source['origin']}: counts as that publisher's, not as a second"
        )
    yield _field("published", day(published) if published else "no date given")
    yield _field("url", source["url"] or "none")


def _row(row: Row | None, raw: str) -> Iterator[Block]:
    if row is None:
        return
    yield Block("Row as in the file", style="section")
    yield _field("file", f"{raw}/{row['file']}, row {row['row_number']}")
    yield _field("sha256", row["file_sha256"])
    column = max(map(len, row["values"])) + 2
    for name, text in row["values"].items():
        yield Block(text, name, indent=2, column=column)


def _held(raw: str) -> Callable[[Row], Iterator[Block]]:
    def tell(held: Row) -> Iterator[Block]:
        column = f", column {held['column_name']}" if held["column_name"] else ""
        yield Block(
            f"{raw}/{held['file']}, row {held['row_number']}{column}", indent=2, style="fail"
        )
        was = "" if held["raw_text"] is None else f"It was `{held['raw_text']}`; "
        yield Block(f"{was}{held['reason']} ({held['check_name']})", indent=4)
        if held["row_text"] is not None:
            yield Block(held["row_text"], "row", indent=4, column=5, style="quiet")

    return tell


def _correction(correction: Row) -> Iterator[Block]:
    applied = "applied" if correction["is_matched"] else "not applied: it no longer matches"
    yield Block(
        f"{correction['expected_value']:,} to {correction['corrected_value']:,}, {applied}."
        f" {correction['reason']} ({correction['corrected_on']})",
        indent=2,
    )


def _breakdown(row: Row) -> str:
    parts = f"{row['parts_count']} {_noun(row['parts_count'], 'part')} by {row['dimension']}"
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


def _claim_line(row: Row) -> str:
    said = f"{row['claim_id']}: {row['kind'].replace('_', ' ')} {_OPERATORS[row['operator']]}"
    if row["printed"] is not None:
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


def _period(row: Row) -> str:
    return (
        f"{row['check_name']}: whole {row['period_start']} to {row['period_end']} reported"
        f" {_number(row['reported_whole'])}, {row['parts_count']}"
        f" {_noun(row['parts_count'], 'part')} computed {_number(row['computed_whole'])},"
        f" residual {_number(row['residual_value'])}."
    )


def _with_statements(
    title: str, thing: Row, key: str, tell: Callable[[Row], str], own: str | None = None
) -> Iterator[Block]:
    """Rows of a mart, each with the arithmetic of its statements."""
    by_id = {row["statement_id"]: row for row in thing["statements"]}
    yield from _section(title, thing[key])
    for row in thing[key]:
        yield _judged(row["verdict"], tell(row))
        for statement_id in row["statement_ids"]:
            yield from arithmetic.tell(by_id[statement_id], own)


def _other_statements(thing: Row, own: str | None = None) -> Iterator[Block]:
    """Statements of kinds that no mart tells more of."""
    told = {
        statement_id
        for key in ("breakdowns", "claims", "periods")
        for row in thing.get(key, ())
        for statement_id in row["statement_ids"]
    }
    rest = [row for row in thing["statements"] if row["statement_id"] not in told]
    yield from _section("Statements", rest)
    for row in rest:
        yield _judged(row["verdict"], row["check_name"])
        yield from arithmetic.tell(row, own)


def _cell(cell: Row, own: str) -> Iterator[Block]:
    """What all pages say of the same."""
    if len(cell["figures"]) == 1:
        return
    yield Block("The same, as all figures have it", style="section")
    if compared := cell["compared"]:
        yield _judged(
            compared["verdict"],
            f"{compared['figures_count']} figures on {compared['sources_count']}"
            f" {_noun(compared['sources_count'], 'page')}, {compared['independent_sources_count']}"
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


def _year(own: str) -> Callable[[Row], Iterator[Block]]:
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


def _finding_line(finding: Row) -> Iterator[Block]:
    style = "quiet" if finding["state"] in ("resolved", "acknowledged") else finding["severity"]
    yield Block(
        finding["headline"],
        finding["state"],
        2,
        _VERDICTS,
        style={"warning": "warn"}.get(style, style),
    )
    yield Block(
        f"finding {finding['finding_id']}, {finding['check_name']}, first seen"
        f" {finding['first_seen_at']:%F}",
        indent=2 + _VERDICTS,
        style="quiet",
    )
    if finding["accepted_by"]:
        yield Block(_accepted(finding), indent=2 + _VERDICTS)


def _accepted(finding: Row) -> str:
    return (
        f"Accepted by {finding['accepted_by']} on {finding['accepted_on']} for"
        f" `{finding['accepted_for']}`: {finding['accepted_reason']}"
    )


def _finding(finding: Row, raw: str) -> Iterator[Block]:
    yield Block(finding["headline"], style="title")
    yield Block(f"finding {finding['finding_id']}", style="quiet")
    yield Block("The finding", style="section")
    yield _field("check", f"{finding['check_name']} ({finding['severity']})")
    yield _field("message", finding["message"])
    yield _field("rests on", finding["evidence"] or "no values")
    yield _field("subject", finding["subject"])
    yield from _history(finding)
    yield from _each("Held in quarantine", finding["quarantine"], _held(raw))
    yield from _each("Figures", finding["figures"], _figure_in_full(raw))
    yield from _other_statements(finding)
    yield Block("To accept it", style="section")
    if finding["accepted_by"]:
        yield Block(_accepted(finding), indent=2)
    if accept := finding["acknowledge_with"]:
        yield Block(f"Add to {raw}/{accept['file']}, with your reason, name and day:", indent=2)
        yield Block(accept["header"], indent=2, style="quiet")
        yield Block(accept["line"], indent=2, is_whole=True)
    else:
        yield Block("It rests on no values, so it cannot be accepted; mend the row.", indent=2)


def _history(finding: Row) -> Iterator[Block]:
    nights = len(finding["nights"])
    yield _field("state", finding["state"])
    yield _field("first seen", f"{finding['first_seen_at']:%F %H:%M} UTC")
    last = f"{finding['last_seen_at']:%F %H:%M} UTC"
    yield _field("last seen", f"{last}, over {nights} published {_noun(nights, 'run')}")
    if finding["state"] == "resolved":
        yield _field("gone in", f"run {finding['run_id']}")


def _figure_in_full(raw: str) -> Callable[[Row], Iterator[Block]]:
    def tell(figure: Row) -> Iterator[Block]:
        if "measure" in figure:
            said = f"{qualified(figure)} {_named(figure)}: {arithmetic.cell(figure)}"
        else:
            said = "not published any more"
        yield Block(said, figure.get("role", ""), indent=2, column=_VERDICTS)
        for text in (
            figure["figure_id"],
            f"{raw}/{figure['file']}, row {figure['row_number']}",
            figure.get("url") or "no url",
        ):
            yield Block(text, indent=2 + _VERDICTS, style="quiet")

    return tell


def _claim(claim: Row, raw: str) -> Iterator[Block]:
    checked = claim["checked"]
    yield Block(f"Claim {claim['claim_id']}", style="title")
    if checked is None:
        yield Block("not tested: it or its page is held back, or its row cannot be used")
    yield from _each("Held in quarantine", claim["quarantine"], _held(raw))
    yield from _with_statements(
        "Verdict", {**claim, "claims": [checked] if checked else []}, "claims", _claim_line
    )
    yield from _other_statements({**claim, "claims": [checked] if checked else []})
    yield from _each("Figures", _operands(claim), _figure_in_full(raw))
    missing = [row["named_figure_id"] for row in claim["operands"] if row["figure_id"] is None]
    named = [figure_id for figure_id in missing if figure_id]
    yield from _each("Named but not found", named, lambda name: iter([Block(name, indent=2)]))
    yield from _place(claim, raw)
    yield from _each("Findings", claim["findings"], _finding_line)


def _operands(claim: Row) -> list[Row]:
    """The figures of a claim, its subject first, each with its role."""
    by_id = {figure["figure_id"]: figure for figure in claim["figures"]}
    return [
        {**by_id[row["figure_id"]], "role": row["role"]}
        for row in claim["operands"]
        if row["figure_id"] in by_id
    ]


def _statement(statement: Row, raw: str) -> Iterator[Block]:  # noqa: ARG001 - as all kinds are told
    yield Block(f"Statement {statement['statement_id']}", style="title")
    for title, key, tell in (
        ("Breakdown", "breakdowns", _breakdown),
        ("Claim", "claims", _claim_line),
        ("Period", "periods", _period),
    ):
        yield from _with_statements(title, statement, key, tell)
    yield from _other_statements(statement)
    yield from _each("Findings", statement["findings"], _finding_line)


def _check(check: Row, raw: str) -> Iterator[Block]:  # noqa: ARG001 - as all kinds are told
    yield Block(f"Check {check['check_name']}", style="title")
    for row in check["latest"]:
        yield Block(f"{row['claim']}.", indent=2)
        yield Block(f"{row['severity']}, {row['table_name']}", indent=2, style="quiet")
        yield _judged(row["verdict"], _denominators(row))
        if row["message"]:
            yield Block(row["message"], indent=2 + _VERDICTS)
    if not check["latest"]:
        yield Block("Not counted: it is told row by row, as the findings below.", indent=2)
    yield from _each(
        _of("Over the runs", check["history"], check["history_count"]),
        check["history"],
        _result_of_run,
    )
    yield from _each(
        _of("Open findings", check["findings"], check["findings_count"]),
        check["findings"],
        _finding_line,
    )


def _denominators(row: Row) -> str:
    return (
        f"{row['tested_count']:,} tested, {row['failed_count']:,} failed,"
        f" {row['unknown_count']:,} unknown"
    )


def _result_of_run(row: Row) -> Iterator[Block]:
    started = f"{row['started_at']:%F %H:%M}" if row["started_at"] else ""
    yield _judged(row["verdict"], f"{started}  {_denominators(row)}  ({row['table_name']})".strip())


def _source(source: Row, raw: str) -> Iterator[Block]:
    page = source["page"]
    yield Block(
        page["title"] or page["source_id"]
        if page
        else f"Source {source['source_id']}: not published",
        style="title",
    )
    yield from _each("Held in quarantine", source["quarantine"], _held(raw))
    if page:
        yield Block("The page", style="section")
        yield from _page(page)
        yield from _same_origin(page, source["same_origin"])
    yield from _counts(source)
    yield from _contradicts(source["contradicts"])
    yield from _each(
        _of(
            "Figures, and the verdict on their breakdowns",
            source["figures"],
            source["counts"]["published"],
        ),
        source["figures"],
        _figure_line,
    )
    yield from _each(
        _of("Findings", source["findings"], source["findings_count"]),
        source["findings"],
        _finding_line,
    )
    yield from _row(source["row"], raw)


def _same_origin(page: Row, others: Sequence[Row]) -> Iterator[Block]:
    copies = [row["source_id"] for row in others if row["is_copy"]]
    own = [row["source_id"] for row in others if not row["is_copy"]]
    yield _field("same account", f"{len(own)} other {_noun(len(own), 'page')} of {page['origin']}")
    yield _field("copies of it", ", ".join(copies) or "no page that is known")


def _counts(source: Row) -> Iterator[Block]:
    yield Block("Its figures", style="section")
    for name, count in source["counts"].items():
        yield Block(f"{count:,}", name.replace("_", " "), indent=2, column=24)
    yield from _section("Verdicts", [1])
    for name, verdicts in source["verdicts"].items():
        told = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())
        yield Block(told or "none", name, indent=2, column=24)


def _contradicts(pairs: Sequence[Row]) -> Iterator[Block]:
    yield Block("Contradicts", style="section")
    if not pairs:
        yield Block("no page that is known", indent=2)
    whom = Counter(pair["other_source_id"] for pair in pairs)
    for source_id, count in whom.most_common():
        first = next(pair for pair in pairs if pair["other_source_id"] == source_id)
        when = first["other_published_date"]
        yield Block(
            f"{source_id} ({first['other_origin']}, {day(when) if when else 'undated'}),"
            f" on {count} {_noun(count, 'figure')}:",
            indent=2,
            style="conflict",
        )
        for pair in pairs:
            if pair["other_source_id"] == source_id:
                yield Block(_pair(pair), indent=4)


def _pair(pair: Row) -> str:
    own = qualified({"reported_value": pair["own_value"], "words": pair["own_words"]})
    other = qualified({"reported_value": pair["other_value"], "words": pair["other_words"]})
    part = "" if pair["category_label"] == "TOTAL" else f" ({pair['category_label']})"
    return (
        f"{pair['measure_label']}{part}, {pair['geography_label']}, {pair['period_label']}:"
        f" {own} here, {other} there"
    )


def _figure_line(figure: Row) -> Iterator[Block]:
    said = f"{qualified(figure)} {_named(figure)}: {arithmetic.cell(figure)}"
    yield _judged(figure["breakdown_verdict"], said)
    yield Block(figure["figure_id"], indent=2 + _VERDICTS, style="quiet")


def _unreadable(found: Row, raw: str) -> Iterator[Block]:
    yield Block(f"{found['text']}: only in rows that could not be read", style="title")
    yield from _each("Held in quarantine", found["quarantine"], _held(raw))


def _each(
    title: str, things: Sequence[Any], tell: Callable[[Any], Iterable[Block]]
) -> Iterator[Block]:
    """A section, unless there is nothing in it."""
    yield from _section(title, things)
    for thing in things:
        yield from tell(thing)


def _section(title: str, things: Sequence[object]) -> Iterator[Block]:
    if things:
        yield Block(title, style="section")


def _of(title: str, shown: Sequence[object], count: int) -> str:
    return title if len(shown) == count else f"{title} ({len(shown):,} of {count:,})"


def _field(label: str, text: str) -> Block:
    return Block(text, label, indent=2, column=_LABELS)


def _judged(verdict: str, text: str) -> Block:
    return Block(text, verdict, indent=2, column=_VERDICTS, style=verdict)


def _named(figure: Row) -> str:
    return str(figure["measure_label"] or figure["measure"])


def _number(value: int | None) -> str:
    return "unstated" if value is None else f"{value:,}"


def _noun(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"


_KINDS: dict[str, Callable[[Row, str], Iterator[Block]]] = {
    "figure": _figure,
    "claim": _claim,
    "source": _source,
    "finding": _finding,
    "check": _check,
    "statement": _statement,
    "unreadable": _unreadable,
}
