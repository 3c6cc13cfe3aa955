"""What is known about a thing, in words: blocks of a page, from the plain data of `content`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from etl.explain import arithmetic, sections
from etl.explain.blocks import VERDICTS, Block, counted, each, field, judged, noun
from etl.explain.layout import write
from etl.findings.words import capital, day, qualified

Row = Mapping[str, Any]


def show(content: Row) -> None:
    """Writes what is known to standard output, for people."""
    write(blocks(content))


def as_json(content: Row) -> str:
    """What is known as one JSON object, in ASCII that a terminal can show as it is."""
    return json.dumps(content, default=str, indent=1).replace("\x7f", "\\u007f")


def blocks(content: Row) -> Iterator[Block]:
    """The page: every kind of thing that the identifier names, and the run that says so."""
    for kind in (kind for kind in _KINDS if kind in content):
        yield from _KINDS[kind](content[kind], content["raw"])
    if run := content["run"]:
        yield Block(f"as of run {run['run_id']}, {run['started_at']:%F %H:%M} UTC", style="foot")


def _figure(figure: Row, raw: str) -> Iterator[Block]:
    printed = figure["printed"]
    if printed:
        yield Block(capital(f"{qualified(printed)} {sections.named(printed)}"), style="title")
        yield Block(arithmetic.cell(printed))
        yield Block(f"figure {figure['figure_id']}", style="quiet")
        yield from _printed(printed)
    else:
        yield Block(f"Figure {figure['figure_id']}: not published", style="title")
    yield from each("Held in quarantine", figure["quarantine"], sections.held(raw))
    yield from each("Corrections", figure["corrections"], sections.correction)
    yield from sections.place(figure, raw)
    for title, key, tell in (
        ("Breakdowns", "breakdowns", sections.breakdown),
        ("Claims", "claims", sections.claim),
        ("Periods", "periods", sections.period),
    ):
        yield from sections.with_statements(title, figure, key, tell, figure["figure_id"])
    yield from sections.other_statements(figure, figure["figure_id"])
    if figure["cell"]:
        yield from sections.cell(figure["cell"], figure["figure_id"])
    if figure["evidence"]:
        yield from _evidence(figure["evidence"])
    yield from each("Year on year", figure["year_on_year"], sections.year(figure["figure_id"]))
    yield from each("Findings", figure["findings"], sections.finding_line)


def _evidence(evidence: Row) -> Iterator[Block]:
    """What all other evidence makes of the figure, and the best value of what it counts."""
    yield Block("All other evidence", style="section")
    if other := evidence["corroboration"]:
        allowed = arithmetic.interval(other["corroboration_low"], other["corroboration_high"])
        nothing = ": nothing would notice an error in it"
        said = nothing if other["verdict"] == "unchecked" else f"; it allows {allowed}"
        yield field("verdict", f"{other['verdict']}{said}")
    if best := evidence["best"]:
        value = "none" if best["best_value"] is None else f"{best['best_value']:,}"
        possible = arithmetic.interval(best["low_value"], best["high_value"])
        yield field("best value", f"{value} ({best['basis']}); possible: {possible}")


def _proof_line(line: Row) -> Iterator[Block]:
    blamed = f" ({line['blame_band']})" if line["blame_rank"] == 1 else ""
    yield field(f"{line['line_number']}", f"{line['words']}{blamed}")


def _printed(printed: Row) -> Iterator[Block]:
    yield Block("The number", style="section")
    yield field("qualifier", f"{printed['value_qualifier']}: {printed['qualifier_reason']}")
    yield field("can be", arithmetic.interval(printed["low_value"], printed["high_value"]))
    if printed["corrected_value"] is not None:
        yield field("corrected to", f"{printed['corrected_value']:,}; all checks use that")
    if printed["dimension"] != "total":
        yield field("parts", f"presented as all of it: {printed['breakdown_complete']}")


def _claim(claim: Row, raw: str) -> Iterator[Block]:
    yield Block(f"Claim {claim['claim_id']}", style="title")
    if not claim["claims"]:
        yield Block("not tested: it or its page is held back, or its row cannot be used")
    yield from each("Held in quarantine", claim["quarantine"], sections.held(raw))
    yield from sections.with_statements("Verdict", claim, "claims", sections.claim)
    yield from sections.other_statements(claim)
    yield from each("Figures", _operands(claim), sections.figure_in_full(raw))
    missing = [row["named_figure_id"] for row in claim["operands"] if row["figure_id"] is None]
    named = [figure_id for figure_id in missing if figure_id]
    yield from each("Named but not found", named, lambda name: iter([Block(name, indent=2)]))
    yield from sections.place(claim, raw)
    yield from each("Findings", claim["findings"], sections.finding_line)


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
        ("Breakdown", "breakdowns", sections.breakdown),
        ("Claim", "claims", sections.claim),
        ("Period", "periods", sections.period),
    ):
        yield from sections.with_statements(title, statement, key, tell)
    yield from sections.other_statements(statement)
    yield from each("Findings", statement["findings"], sections.finding_line)


def _finding(finding: Row, raw: str) -> Iterator[Block]:
    yield Block(finding["headline"], style="title")
    yield Block(f"finding {finding['finding_id']}", style="quiet")
    yield Block("The finding", style="section")
    yield field("check", f"{finding['check_name']} ({finding['severity']})")
    yield field("message", finding["message"])
    yield field("rests on", finding["evidence"] or "no values")
    yield field("subject", finding["subject"])
    yield from _history(finding)
    yield from each("Held in quarantine", finding["quarantine"], sections.held(raw))
    yield from each("These cannot all be true", finding["proof"], _proof_line)
    yield from each("Figures", finding["figures"], sections.figure_in_full(raw))
    yield from sections.other_statements(finding)
    yield Block("To accept it", style="section")
    if finding["accepted_by"]:
        yield Block(sections.accepted(finding), indent=2)
    if accept := finding["acknowledge_with"]:
        yield Block(f"Add to {raw}/{accept['file']}, with your reason, name and day:", indent=2)
        yield Block(accept["header"], indent=2, style="quiet")
        yield Block(accept["line"], indent=2, is_whole=True)
    else:
        yield Block("It rests on no values, so it cannot be accepted; mend the row.", indent=2)


def _history(finding: Row) -> Iterator[Block]:
    nights = len(finding["nights"])
    yield field("state", finding["state"])
    yield field("first seen", f"{finding['first_seen_at']:%F %H:%M} UTC")
    last = f"{finding['last_seen_at']:%F %H:%M} UTC"
    yield field("last seen", f"{last}, over {nights} published {noun(nights, 'run')}")
    if finding["state"] == "resolved":
        yield field("gone in", f"run {finding['run_id']}")


def _check(check: Row, raw: str) -> Iterator[Block]:  # noqa: ARG001 - as all kinds are told
    yield Block(f"Check {check['check_name']}", style="title")
    for row in check["latest"]:
        yield Block(f"{row['claim']}.", indent=2)
        yield Block(f"{row['severity']}, {row['table_name']}", indent=2, style="quiet")
        yield judged(row["verdict"], sections.denominators(row))
        if row["message"]:
            yield Block(row["message"], indent=2 + VERDICTS)
    if not check["latest"]:
        yield Block("Not counted: it is told row by row, as the findings below.", indent=2)
    yield from each(
        counted("Over the runs", check["history"], check["history_count"]),
        check["history"],
        sections.result_of_run,
    )
    yield from each(
        counted("Open findings", check["findings"], check["findings_count"]),
        check["findings"],
        sections.finding_line,
    )


def _source(source: Row, raw: str) -> Iterator[Block]:
    page = source["page"]
    yield Block(
        page["title"] or page["source_id"]
        if page
        else f"Source {source['source_id']}: not published",
        style="title",
    )
    yield from each("Held in quarantine", source["quarantine"], sections.held(raw))
    if page:
        yield Block("The page", style="section")
        yield from sections.page(page)
        yield from _same_origin(page, source["same_origin"])
    yield from _counts(source)
    yield from _contradicts(source["contradicts"])
    yield from each(
        counted(
            "Figures, and the verdict on their breakdowns",
            source["figures"],
            source["counts"]["published"],
        ),
        source["figures"],
        sections.figure_line,
    )
    yield from each(
        counted("Findings", source["findings"], source["findings_count"]),
        source["findings"],
        sections.finding_line,
    )
    yield from sections.row_in_file(source["row"], raw)


def _same_origin(page: Row, others: Sequence[Row]) -> Iterator[Block]:
    copies = [row["source_id"] for row in others if row["is_copy"]]
    own = [row["source_id"] for row in others if not row["is_copy"]]
    yield field("same account", f"{len(own)} other {noun(len(own), 'page')} of {page['origin']}")
    yield field("copies of it", ", ".join(copies) or "no page that is known")


def _counts(source: Row) -> Iterator[Block]:
    yield Block("Its figures", style="section")
    for name, count in source["counts"].items():
        yield Block(f"{count:,}", name.replace("_", " "), indent=2, column=24)
    yield Block("Verdicts", style="section")
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
            f" on {count} {noun(count, 'figure')}:",
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


def _unreadable(found: Row, raw: str) -> Iterator[Block]:
    yield Block(f"{found['text']}: only in rows that could not be read", style="title")
    yield from each("Held in quarantine", found["quarantine"], sections.held(raw))


_KINDS: dict[str, Callable[[Row, str], Iterator[Block]]] = {
    "figure": _figure,
    "claim": _claim,
    "source": _source,
    "finding": _finding,
    "check": _check,
    "statement": _statement,
    "unreadable": _unreadable,
}
