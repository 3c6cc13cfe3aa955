"""Findings: told by the checks, remembered from night to night."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from etl import audit
from etl.engine.duckdb import rows
from etl.night import STATES

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night
    from etl.plan import Plan


# Audit tables of what belongs to a finding: its attribute, and the order to show it in.
_PARTS = {
    "finding_figure": ("figures", "role desc, file, row_number"),
    "finding_proof": ("proof", "line_number"),
}


@dataclass(frozen=True)
class Figure:
    """A figure that takes part in a finding, as what, and how much it is to blame."""

    figure_id: str
    role: str
    file: str
    row_number: int
    blame_rank: int | None = None
    blame_band: str | None = None
    mended_value: int | None = None
    slip: str | None = None


@dataclass(frozen=True)
class ProofLine:
    """One of the lines that cannot all be true, and how much it is to blame."""

    line_number: int
    kind: str
    words: str
    figure_id: str | None
    source_id: str | None
    file: str | None
    row_number: int | None
    blame_rank: int | None
    blame_band: str | None


@dataclass(frozen=True)
class Finding:
    """One thing wrong.

    Attributes:
        subject: what it is about, without anything that changes from night to night.
        headline: the finding in one sentence.
        detail: the arithmetic, what is most likely wrong, and where to look.
        guess: the part of the detail that suspects replace where they are known.
        evidence: the values that it rests on; an acknowledgement holds only as long as these do.
        proof: lines that cannot all be true.
        is_tested: False where tonight could not tell; an open finding then stays open.
    """

    check_name: str
    severity: str
    subject: str
    headline: str
    detail: str
    source_id: str | None = None
    measure: str | None = None
    geography: str | None = None
    file: str | None = None
    row_number: int | None = None
    figures: Sequence[Figure] = field(default=())
    evidence: str = ""
    is_tested: bool = True
    guess: str = ""
    proof: Sequence[ProofLine] = field(default=())

    @cached_property
    def finding_id(self) -> str:
        """Twelve hexadecimal digits, the same every night."""
        text = f"{self.check_name}\0{self.subject}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def remember(
    connection: duckdb.DuckDBPyConnection, plan: Plan, night: Night, told: Iterable[Finding]
) -> list[dict[str, Any]]:
    """Brings `audit.finding` up to tonight: new, persisting, acknowledged, resolved.

    Returns:
        The findings of tonight and those resolved tonight, as rows of `audit.finding` with their
        figures under `figures` and the lines that cannot all be true under `proof`.
    """
    by_id = {finding.finding_id: finding for finding in told}
    known = {row["finding_id"]: row for row in rows(connection, "select * from audit.finding")}
    current = [
        _row(finding, known.get(key), night)
        for key, finding in by_id.items()
        if finding.is_tested or _is_open(known.get(key))
    ]
    _acknowledge(connection, current)
    tonight = {row["finding_id"] for row in current}
    gone = [
        {**row, "state": "resolved", "run_id": night.run_id}
        for row in known.values()
        if row["finding_id"] not in tonight and row["state"] != "resolved"
    ]
    changed = current + gone
    connection.execute(
        "delete from audit.finding where finding_id in (select unnest(?::varchar[]))",
        [[row["finding_id"] for row in changed]],
    )
    audit.add(connection, plan, "finding", changed)
    seen = [by_id[key] for key in tonight if by_id[key].is_tested]
    for stem in _PARTS:
        _remember_parts(connection, plan, seen, stem)
    parts = {
        stem: _parts(connection, [row["finding_id"] for row in changed], stem) for stem in _PARTS
    }
    changed.sort(key=lambda row: (STATES.index(row["state"]), row["severity"], row["subject"]))
    return [
        {
            **row,
            "figures": parts["finding_figure"].get(row["finding_id"], []),
            "proof": parts["finding_proof"].get(row["finding_id"], []),
        }
        for row in changed
    ]


def _acknowledge(connection: duckdb.DuckDBPyConnection, current: Iterable[dict[str, Any]]) -> None:
    """Marks what somebody has accepted, as long as it rests on the values accepted."""
    accepted = {
        row["finding_id"]: row for row in rows(connection, "select * from stg_acknowledgements")
    }
    for row in current:
        accepting = accepted.get(row["finding_id"])
        if accepting is None:
            continue
        by = f"accepted by {accepting['who']} on {accepting['acknowledged_on']}"
        if accepting["expect"] == row["evidence"]:
            row["state"] = "acknowledged"
            said = f" It was {by}: {accepting['reason'].rstrip('.')}."
        else:
            said = (
                f" It was {by} for `{accepting['expect']}`; now it is `{row['evidence']}`, so that"
                " no longer holds."
            )
        # a finding that could not be tested tonight says so already
        row["message"] = row["message"].removesuffix(said) + said


def _is_open(known: Mapping[str, Any] | None) -> bool:
    return known is not None and known["state"] != "resolved"


def _row(finding: Finding, known: Mapping[str, Any] | None, night: Night) -> dict[str, Any]:
    """The finding as a row of `audit.finding`; as it was, where tonight could not test it."""
    if known and not finding.is_tested:
        return {**known, "state": "persisting", "run_id": night.run_id}
    return {
        "run_id": night.run_id,
        "finding_id": finding.finding_id,
        "check_name": finding.check_name,
        "severity": finding.severity,
        "state": "persisting" if _is_open(known) else "new",
        "evidence": finding.evidence,
        "subject": finding.subject,
        "headline": finding.headline,
        "message": f"{finding.headline} {finding.detail}".strip(),
        "source_id": finding.source_id,
        "measure": finding.measure,
        "geography": finding.geography,
        "file": finding.file,
        "row_number": finding.row_number,
        "first_seen_at": known["first_seen_at"] if known else night.started_at.replace(tzinfo=None),
        "last_seen_at": night.started_at.replace(tzinfo=None),
    }


def _remember_parts(
    connection: duckdb.DuckDBPyConnection, plan: Plan, findings: Sequence[Finding], stem: str
) -> None:
    attribute, _ = _PARTS[stem]
    connection.execute(
        f"delete from audit.{stem} where finding_id in (select unnest(?::varchar[]))",
        [[finding.finding_id for finding in findings]],
    )
    named = [
        {"finding_id": finding.finding_id, **vars(part)}
        for finding in findings
        for part in getattr(finding, attribute)
    ]
    audit.add(connection, plan, stem, named)


def _parts(
    connection: duckdb.DuckDBPyConnection, finding_ids: Sequence[str], stem: str
) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    _, order = _PARTS[stem]
    sql = (
        f"select * from audit.{stem} where finding_id in (select unnest(?::varchar[]))"
        f" order by {order}"
    )
    for row in rows(connection, sql, [list(finding_ids)]):
        grouped.setdefault(row.pop("finding_id"), []).append(row)
    return grouped
