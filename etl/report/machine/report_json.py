"""`report.json`: all that a night knows of itself, under a schema that is published.

The entries are rows of the audit tables, so the schema is made of the same declarations. A key that
comes to be leaves `version` as it is; one that goes, or means something else, raises it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from etl.night import STATES, Night, Status

if TYPE_CHECKING:
    from etl.plan import Plan, Table
    from etl.settings import Settings

VERSION = 2
# Lists of the report and the audit tables that their entries are rows of.
_TABLES = {
    "checks": "check_result",
    "findings": "finding",
    "held": "quarantine",
    "inputs": "input_file",
    "models": "model_run",
}
# Lists of a finding, likewise.
_OF_A_FINDING = {"figures": "finding_figure", "proof": "finding_proof"}
_TYPES = {"BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
_CLOSED = {
    "state": list(STATES),
    "status": [str(status) for status in Status],
    "verdict": ["pass", "warn", "fail", "unknown", "error"],
    "severity": ["error", "warning"],
}


def pieces(settings: Settings, night: Night) -> Iterator[str]:
    """The report as JSON, an entry at a time."""
    parts: dict[str, Any] = {
        "version": VERSION,
        "run": night.row(),
        "previous_run_id": night.previous_run_id,
        "warehouse": str(settings.file),
        "raw": str(settings.raw),
        "refusals": night.refusals,
        "warnings": night.warnings,
        "stages": [vars(stage) for stage in night.stages],
        "inputs": night.inputs,
        "models": night.models,
        "checks": night.checks,
        "findings": night.findings,
        "held": night.held,
    }
    opening = "{\n"
    for key, value in parts.items():
        yield f'{opening}"{key}": '
        yield from _list(value) if isinstance(value, list) else [_json(value)]
        opening = ",\n"
    yield "\n}\n"


def schema(plan: Plan) -> dict[str, Any]:
    """The JSON Schema of the report, from the declarations of the audit tables."""
    audit = {table.stem: table for table in plan.audit}
    text = {"type": "string"}
    lists = {name: _array(_row(audit[stem])) for name, stem in _TABLES.items()}
    finding = lists["findings"]["items"]
    for name, stem in _OF_A_FINDING.items():
        finding["properties"][name] = _array(_row(audit[stem], but=("finding_id",)))
        finding["required"].append(name)
    stage = {"name": text, "summary": text, "seconds": {"type": "number"}}
    properties = {
        "version": {"const": VERSION},
        "run": _row(audit["run"]),
        "previous_run_id": {"type": ["string", "null"]},
        "warehouse": {**text, "description": "File of the warehouse."},
        "raw": {**text, "description": "Folder of the input."},
        "refusals": {**_array(text), "description": "Why the gate refused the night."},
        "warnings": {**_array(text), "description": "What whoever runs the machine must know."},
        "stages": _array(_object(stage)),
        **lists,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:reported-figures-etl:report:{VERSION}",
        "title": "Report of one night (report.json)",
        "description": "Written by `make docs` from etl/schemas/audit.py. Readers should pass over"
        " keys that they do not know: new ones come without a new version.",
        **_object(properties),
    }


def _list(entries: list[Any]) -> Iterator[str]:
    """A JSON array, an entry a line."""
    opening = "[\n"
    for entry in entries:
        yield f"{opening}{_json(entry)}"
        opening = ",\n"
    yield "\n]" if entries else "[]"


def _moment(value: Any) -> str:
    """A time as RFC 3339 has it; those from the warehouse are in UTC and do not say so."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    return str(value)


# one for all: `json.dumps` makes another for every entry, which takes longer than the entry
_json = json.JSONEncoder(default=_moment, allow_nan=False).encode


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _row(table: Table, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """A row of a table as an object."""
    properties = {}
    for column in table.columns:
        if column.name in but:
            continue
        value: dict[str, Any] = {"type": _TYPES.get(column.type, "string")}
        if column.type.startswith("TIMESTAMP"):
            value["format"] = "date-time"
        if column.name in _CLOSED and (table.stem, column.name) != ("input_file", "status"):
            value["enum"] = _CLOSED[column.name]
        if column.is_nullable:
            value["type"] = [value["type"], "null"]
        properties[column.name] = {**value, "description": column.description}
    return {"description": table.description, **_object(properties)}
