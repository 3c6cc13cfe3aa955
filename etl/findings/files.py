"""Input files that were refused, or that somebody should look at, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.engine.duckdb import rows
from etl.extract.survey import is_elsewhere
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

# What a night does that has to go without a file, or a row of it, beyond saying so.
_WITHOUT = {
    "figures": "sums that lack its figures may be told as sums that do not add up",
    "sources": "figures of its pages are held back too",
    "reference_dimensions": "parts of its dimensions are taken for parts that may overlap",
    "reference_geographies": "figures of its places are held back too",
    "reference_measures": "its measures are known by their codes alone",
    "reference_memberships": "sums that a held row could concern are not judged; where the whole"
    " file is refused, a part may be summed beside another that contains it",
    "reference_nationalities": "figures of its codes are held back too, and those that a code"
    " contains may be summed beside others that contain them",
    "reference_qualifiers": "figures with its qualifiers are held back too",
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
        is_known = entry["file"] in names or entry["sha256"] in contents
        if not (is_known or is_elsewhere(entry["file"])):
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
    is_refused = entry["status"] == "refused"
    then = consequence(entry["dataset"]) if is_refused else ""
    return Finding(
        check_name=check,
        severity="error" if is_refused else "warning",
        subject=entry["file"],
        headline=f"{raw}/{entry['file']} {what}.",
        detail=" ".join(filter(None, (_sentence(entry["message"] or ""), then))),
        file=entry["file"],
        evidence=" ".join(f"{entry['status']} {entry['message'] or ''}".split()),
    )


def consequence(dataset: str | None) -> str:
    """What goes wrong until a file or row is mended that could not be taken; may be empty."""
    what = _WITHOUT.get(dataset or "")
    return f"Until it is mended, {what}." if what else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""
