"""Input files that were refused, or that somebody should look at, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.findings.record import Finding

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night

# Reference tables without which a night can be published, but judges less: for the sake of which
# rows they are wanted, and what is not known without them.
_WANTED = {
    "measures": (
        "figures",
        (
            "Every measure is shown by its code, and none is known to be a flow, a stock or a"
            " running total."
        ),
    ),
    "dimensions": (
        "figures",
        "Parts are taken for parts that may overlap, and are never held to add up to their whole.",
    ),
    "claim_tolerances": (
        "claims",
        "Approximate claims have to be met as if they were exact.",
    ),
}


def tell(inputs: Sequence[Mapping[str, Any]], raw: str) -> Iterator[Finding]:
    """One finding per file that did not come in whole, or came with a remark."""
    for entry in inputs:
        if entry["status"] == "refused":
            yield _finding(entry, raw, "file_is_readable", "was refused: none of it is loaded")
        elif entry["status"] == "ignored":
            yield _finding(entry, raw, "file_is_expected", "was left aside")
        elif entry["message"]:
            yield _finding(entry, raw, "file_is_as_declared", "was loaded, with a remark")


def tell_gone(connection: duckdb.DuckDBPyConnection, night: Night, raw: str) -> Iterator[Finding]:
    """One finding per file that last night was taken, and tonight is there under no name."""
    before = rows(
        connection,
        "select * from audit.input_file where run_id = ?"
        " and status in ('loaded', 'loaded_in_part') order by file",
        [night.previous_run_id],
    )
    names = {entry["file"] for entry in night.inputs}
    contents = {entry["sha256"] for entry in night.inputs}
    for entry in before:
        if entry["file"] not in names and entry["sha256"] not in contents:
            what = "is gone: last night it was taken"
            said = f"It had {entry['rows_loaded']:,} rows that went through; none is there now."
            yield _finding({**entry, "message": said}, raw, "file_is_still_there", what)


def tell_empty(connection: duckdb.DuckDBPyConnection, raw: str) -> Iterator[Finding]:
    """One finding per reference table that nothing is declared in, though figures rest on it."""
    for name, (wanted_for, consequence) in _WANTED.items():
        ((is_missed,),) = connection.execute(
            f"select not exists (from staging.stg_{name})"
            f" and exists (from staging.stg_{wanted_for})"
        ).fetchall()
        if is_missed:
            file = f"reference/{name}.csv"
            yield Finding(
                check_name="reference_is_declared",
                severity="warning",
                subject=f"reference/{name}",
                headline=f"{raw}/{file} is missing, or no row of it can be used.",
                detail=f"{consequence} The guide says what its columns are, under"
                f" `reference/{name}`.",
                file=file,
                evidence="empty",
            )


def _finding(entry: Mapping[str, Any], raw: str, check: str, what: str) -> Finding:
    return Finding(
        check_name=check,
        severity="error" if entry["status"] == "refused" else "warning",
        subject=entry["file"],
        headline=f"{raw}/{entry['file']} {what}.",
        detail=" ".join(filter(None, (_sentence(entry["message"] or ""), _consequence(entry)))),
        file=entry["file"],
        evidence=" ".join(f"{entry['status']} {entry['message'] or ''}".split()),
    )


def _consequence(entry: Mapping[str, Any]) -> str:
    if entry["status"] != "refused" or entry["dataset"] != "figures":
        return ""
    return "Until it is mended, sums that lack its figures may be told as sums that do not add up."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""
