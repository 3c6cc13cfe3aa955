"""What is known about a thing, as plain data: one function per kind of thing."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.explain import marts, pages, trace
from etl.explain.lookup import named

if TYPE_CHECKING:
    import duckdb

    from etl.explain.trace import Row

VERSION = 1
# Beyond this many, figures and findings of a page or a check are only counted.
MOST = 200


def explain(connection: duckdb.DuckDBPyConnection, identifier: str, raw: str) -> Row:
    """Everything known about what an identifier names.

    Args:
        connection: a published warehouse.
        identifier: of a figure, finding, check, claim, source or statement; of a finding, its
            beginning is enough.
        raw: the raw folder, as places in files are to be named.

    Returns:
        JSON-ready apart from days and times: `version`, `run`, `raw`, and under the name of each
        kind of thing that has this identifier what is known about it.

    Raises:
        UnknownId: nothing has this identifier.
    """
    things = named(connection, identifier)
    run = rows(
        connection, f"select run_id, started_at from audit.run where run_id = {trace.THIS_RUN}"
    )
    return {
        "version": VERSION,
        "run": run[0] if run else None,
        "raw": raw,
        **{kind: _KINDS[kind](connection, value) for kind, value in things.items()},
    }


def figure(connection: duckdb.DuckDBPyConnection, figure_id: str) -> Row:
    """A figure: what was printed and where, and every statement and finding that it is in."""
    found = next(iter(trace.figures(connection, "figures.figure_id = ?", [figure_id])), None)
    ids = trace.statement_ids(connection, found) if found else []
    held = trace.held(connection, "figure_id", figure_id)
    named_by = "select claim_id from intermediate.int_claim_operands where named_figure_id = ?"
    return {
        "figure_id": figure_id,
        "printed": found,
        "row": trace.row_in_file(connection, found) if found else None,
        "source": _source_row(connection, found["source_id"]) if found else None,
        "corrections": _corrections(connection, figure_id),
        "quarantine": held,
        "cell": marts.shared_cell(connection, found) if found else None,
        "evidence": marts.evidence(connection, found) if found else None,
        "breakdowns": marts.breakdowns(connection, ids),
        "claims": marts.claims(connection, ids, f"checks.claim_id in ({named_by})", [figure_id]),
        "periods": marts.periods(connection, ids),
        "year_on_year": marts.year_on_year(connection, figure_id),
        "statements": trace.statements(connection, ids),
        "findings": _findings(connection, _with("figure_id = $1"), figure_id, [found, *held]),
    }


def claim(connection: duckdb.DuckDBPyConnection, claim_id: str) -> Row:
    """A claim: as printed, what its figures say, and the arithmetic."""
    ids = marts.statements_of_claim(connection, claim_id)
    held = trace.held(connection, "claim_id", claim_id)
    checked = marts.claims(connection, ids, "checks.claim_id = ?", [claim_id])
    found = next(iter(checked), None)
    operands = rows(
        connection,
        "select * from intermediate.int_claim_operands where claim_id = ?"
        " order by role desc, named_figure_id",
        [claim_id],
    )
    return {
        "claim_id": claim_id,
        "claims": checked,
        "row": trace.row_in_file(connection, found) if found else None,
        "source": _source_row(connection, found["source_id"]) if found else None,
        "quarantine": held,
        "operands": operands,
        "figures": _figures_by_id(connection, [row["named_figure_id"] for row in operands]),
        "statements": trace.statements(connection, ids),
        "findings": _findings(connection, "findings.subject = $1", claim_id, [found, *held]),
    }


def statement(connection: duckdb.DuckDBPyConnection, statement_id: str) -> Row:
    """A statement: its terms, what it allows, what its figures make of it."""
    return {
        "statement_id": statement_id,
        "breakdowns": marts.breakdowns(connection, [statement_id]),
        "claims": marts.claims(
            connection,
            [statement_id],
            "starts_with(? || ':', 'claim:' || checks.claim_id || ':')",
            [statement_id],
        ),
        "periods": marts.periods(connection, [statement_id]),
        "statements": trace.statements(connection, [statement_id]),
        "findings": trace.findings(
            connection, "findings.subject in (?, ?)", [statement_id, _subject(statement_id)]
        ),
    }


def finding(connection: duckdb.DuckDBPyConnection, finding_id: str) -> Row:
    """A finding: in full, its figures with their pages, its history, how to accept it."""
    found = trace.findings(connection, "findings.finding_id = ?", [finding_id])[0]
    ids = [found["subject"], f"subtotal:{found['subject']}"]
    if found["check_name"] == "claims_match_figures":
        ids += marts.statements_of_claim(connection, found["subject"])
    roles = rows(
        connection,
        "select * from audit.finding_figure where finding_id = ?"
        " order by role in ('whole', 'subject') desc, file, row_number",
        [finding_id],
    )
    known = _figures_by_id(connection, [row["figure_id"] for row in roles])
    by_id = {row["figure_id"]: row for row in known}
    return {
        **found,
        "acknowledge_with": _acknowledgement(found),
        "proof": marts.proof(connection, finding_id),
        "figures": [{**by_id.get(role["figure_id"], {}), **role} for role in roles],
        "statements": trace.statements(connection, ids),
        "quarantine": rows(
            connection,
            f"select * from audit.quarantine where run_id = {trace.THIS_RUN}"
            " and check_name = ? and file = ? and row_number = ?",
            [found["check_name"], found["file"], found["row_number"]],
        ),
        "nights": rows(
            connection,
            "select run_id, started_at from audit.run"
            " where status = 'published' and started_at between ? and ? order by run_id",
            [found["first_seen_at"], found["last_seen_at"]],
        ),
    }


def check(connection: duckdb.DuckDBPyConnection, check_name: str) -> Row:
    """A check: its claim, its verdicts run by run, its open findings."""
    results = rows(
        connection,
        "select results.*, runs.started_at from audit.check_result as results"
        " left join audit.run as runs on results.run_id = runs.run_id"
        " where results.check_name = ? order by results.run_id desc, results.table_name",
        [check_name],
    )
    latest = results[0]["run_id"] if results else None
    found = trace.findings(
        connection, "findings.check_name = ? and findings.state <> 'resolved'", [check_name]
    )
    return {
        "check_name": check_name,
        "latest": trace.worst_first([row for row in results if row["run_id"] == latest]),
        "history": results[:MOST],
        "history_count": len(results),
        "findings_count": len(found),
        "findings": found[:MOST],
    }


def source(connection: duckdb.DuckDBPyConnection, source_id: str) -> Row:
    """A page: whose account it is, who copies it, what its figures are in, whom they contradict."""
    found = _source_row(connection, source_id)
    held = trace.held(connection, "source_id", source_id)
    about = f"findings.source_id = $1 or {_with(pages.OWN_FIGURE)}"
    findings = _findings(connection, about, source_id, [found, *held])
    return {
        "source_id": source_id,
        "page": found,
        "row": trace.row_in_file(connection, found) if found else None,
        "quarantine": held,
        "same_origin": pages.same_origin(connection, source_id),
        "counts": pages.counts(connection, source_id),
        "verdicts": pages.verdicts(connection, source_id),
        "contradicts": pages.contradicted(connection, source_id),
        "figures": trace.figures(connection, "figures.source_id = ?", [source_id], MOST),
        "findings": findings[:MOST],
        "findings_count": len(findings),
    }


def unreadable(connection: duckdb.DuckDBPyConnection, text: str) -> Row:
    """A name that stands only in rows that no reader could make sense of."""
    return {"text": text, "quarantine": trace.unreadable(connection, text)}


def _source_row(connection: duckdb.DuckDBPyConnection, source_id: str) -> Row | None:
    found = rows(connection, "select * from marts.dim_source where source_id = ?", [source_id])
    return found[0] if found else None


def _with(figure: str) -> str:
    """The condition on `findings` that a figure which meets a condition takes part."""
    return f"findings.finding_id in (select finding_id from audit.finding_figure where {figure})"


def _findings(
    connection: duckdb.DuckDBPyConnection, about: str, value: str, places: Sequence[Row | None]
) -> list[Row]:
    """The findings that meet a condition on `$1`, and those on rows of files."""
    at = [place for place in places if place]
    return trace.findings(
        connection,
        f"""
        {about}
        or (findings.file, findings.row_number) in (
            select (places.file, places.row_number)
            from (
                select unnest($2::varchar[]) as file, unnest($3::bigint[]) as row_number
            ) as places
        )
        """,
        [value, [place["file"] for place in at], [place["row_number"] for place in at]],
    )


def _figures_by_id(connection: duckdb.DuckDBPyConnection, ids: Sequence[str | None]) -> list[Row]:
    return trace.figures(
        connection, "figures.figure_id in (select unnest(?::varchar[]))", [list(ids)]
    )


def _corrections(connection: duckdb.DuckDBPyConnection, figure_id: str) -> list[Row]:
    return rows(
        connection,
        "select corrections.*, matched.is_matched"
        " from staging.stg_corrections as corrections"
        " left join intermediate.int_corrections_matched as matched"
        " on corrections.figure_id = matched.figure_id"
        " where corrections.figure_id = ?",
        [figure_id],
    )


def _subject(statement_id: str) -> str:
    """What a finding on the statement would be about: its breakdown, its claim, or itself."""
    kind, _, rest = statement_id.partition(":")
    return {"subtotal": rest, "claim": rest.partition(":")[0]}.get(kind, statement_id)


def _acknowledgement(finding: Mapping[str, Any]) -> Row | None:
    """The line of acknowledged.csv that accepts a finding; none for one that rests on no values."""
    if not finding["evidence"]:
        return None
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(
        [finding["finding_id"], finding["evidence"], "why", "who", f"{finding['last_seen_at']:%F}"]
    )
    return {
        "file": "reference/acknowledged.csv",
        "header": "finding_id,expect,reason,who,acknowledged_on",
        "line": line.getvalue(),
    }


_KINDS = {
    "figure": figure,
    "claim": claim,
    "source": source,
    "finding": finding,
    "check": check,
    "statement": statement,
    "unreadable": unreadable,
}
