"""OpenLineage: what was made of what, and what the checks said of it.

Two jobs a night: `night` reads the input files and writes the tables, `night.checks` reads the
tables and asserts. The events always go to `openlineage.ndjson`, one a line; where a server is set,
they are sent to it too, with OpenLineage's own client. https://openlineage.io/spec
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from etl.night import Night, Status

if TYPE_CHECKING:
    from etl.settings import Settings

_PRODUCER = "urn:reported-figures-etl"
_SPEC = "https://openlineage.io/spec"
_NAMESPACE = "reported_figures"
_ASKED = {  # the spec's words for what a check asks; else its own kind
    "not_null": "not_null",
    "unique": "unique",
    "isin": "accepted_values",
    "references": "relationships",
}
_TIMEOUT_SECONDS = 5.0

Json = dict[str, Any]


def pieces(settings: Settings, night: Night) -> Iterator[str]:
    """The events, one a line."""
    for event in _events(settings, night):
        yield json.dumps(event, allow_nan=False) + "\n"


def send(settings: Settings, night: Night) -> None:
    """Sends the events; whatever goes wrong with that is a warning of the night, not its end."""
    try:
        from openlineage.client import OpenLineageClient

        client = OpenLineageClient(config=_transport(settings.openlineage))
        for event in _events(settings, night):
            client.emit(_as_the_client_has_it(event))
    except Exception as error:  # noqa: BLE001 - a server that is away must not cost a night
        night.warnings.append(f"lineage was not sent: {type(error).__name__}")


def _events(settings: Settings, night: Night) -> Iterator[Json]:
    finished = night.finished_at or night.started_at
    ended = "FAIL" if night.exit_code else "COMPLETE"
    reads = [_file(settings, entry) for entry in night.inputs if entry["status"] != "ignored"]
    written = night.models if night.status is Status.PUBLISHED else []
    run = _run(night, "night")
    if night.exit_code:
        run["facets"]["errorMessage"] = _facet(
            "1-0-1/ErrorMessageRunFacet", message=night.message, programmingLanguage="python"
        )
    yield _event("START", night.started_at, _run(night, "night"), "night")
    yield _event(
        ended, finished, run, "night", reads, [_written(settings, model) for model in written]
    )
    if night.checks:
        checks = _run(night, "night.checks")
        parent = {"run": {"runId": run["runId"]}, "job": _job("night")}
        checks["facets"]["parent"] = _facet("1-2-0/ParentRunFacet", **parent)
        yield _event("START", night.started_at, checks, "night.checks")
        checked = [*_checked(settings, night)]
        yield _event("COMPLETE", finished, checks, "night.checks", checked)


def _event(  # noqa: PLR0913, PLR0917 - the parts of an event
    kind: str,
    moment: datetime,
    run: Json,
    job: str,
    inputs: list[Json] | None = None,
    outputs: list[Json] | None = None,
) -> Json:
    return {
        "eventType": kind,
        "eventTime": moment.isoformat(),
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": run,
        "job": _job(job),
        "inputs": inputs or [],
        "outputs": outputs or [],
    }


def _run(night: Night, job: str) -> Json:
    nominal = _facet("1-0-1/NominalTimeRunFacet", nominalStartTime=night.started_at.isoformat())
    return {
        "runId": str(uuid5(NAMESPACE_OID, f"{job}/{night.run_id}")),
        "facets": {"nominalTime": nominal},
    }


def _job(name: str) -> Json:
    return {"namespace": _NAMESPACE, "name": name}


def _facet(schema: str, **fields: Any) -> Json:
    name = schema.rpartition("/")[2]
    return {
        "_producer": _PRODUCER,
        "_schemaURL": f"{_SPEC}/facets/{schema}.json#/$defs/{name}",
        **fields,
    }


def _file(settings: Settings, entry: Json) -> Json:
    statistics = _facet(
        "1-0-0/InputStatisticsInputDatasetFacet",
        rowCount=entry["rows_in_file"],
        size=entry["size_bytes"],
    )
    return {
        "namespace": "file",
        "name": str(settings.raw / entry["file"]),
        "inputFacets": {"inputStatistics": statistics},
    }


def _table(settings: Settings, name: str) -> Json:
    return {"namespace": f"duckdb://{settings.file}", "name": name}


def _written(settings: Settings, model: Json) -> Json:
    rows = _facet("1-0-2/OutputStatisticsOutputDatasetFacet", rowCount=model["rows_count"])
    return {**_table(settings, model["model"]), "outputFacets": {"outputStatistics": rows}}


def _checked(settings: Settings, night: Night) -> Iterator[Json]:
    """Each table with what its checks said; one that tested nothing has said nothing."""
    tables: dict[str, list[Json]] = {}
    for check in night.checks:
        if check["verdict"] != "unknown":
            tables.setdefault(check["table_name"], []).append(_assertion(check))
    for name, assertions in tables.items():
        facet = _facet("1-1-0/DataQualityAssertionsDatasetFacet", assertions=assertions)
        yield {**_table(settings, name), "inputFacets": {"dataQualityAssertions": facet}}


def _assertion(check: Json) -> Json:
    return {
        "assertion": _ASKED.get(check["kind"], check["kind"]),
        "name": check["check_name"],
        "success": check["verdict"] == "pass",
        "severity": "error" if check["severity"] == "error" else "warn",
        "description": check["claim"],
        "expected": "0 failed",
        "actual": f"{check['failed_count']} of {check['tested_count']} failed,"
        f" {check['unknown_count']} unknown",
    }


def _transport(server: str) -> Json:
    """The client's configuration: for an address, or from a file like `openlineage.yml`."""
    if "://" not in server:
        import yaml

        with open(server, encoding="utf-8") as stream:  # noqa: PTH123 - as the user wrote it
            return dict(yaml.safe_load(stream))
    retry = {"total": 1, "backoff_factor": 0.2}
    return {
        "transport": {"type": "http", "url": server, "timeout": _TIMEOUT_SECONDS, "retry": retry}
    }


def _as_the_client_has_it(event: Json) -> Any:
    from openlineage.client.event_v2 import (
        InputDataset,
        Job,
        OutputDataset,
        Run,
        RunEvent,
        RunState,
    )

    return RunEvent(
        eventType=RunState[event["eventType"]],
        eventTime=event["eventTime"],
        run=Run(**event["run"]),
        job=Job(**event["job"]),
        inputs=[InputDataset(**dataset) for dataset in event["inputs"]],
        outputs=[OutputDataset(**dataset) for dataset in event["outputs"]],
        producer=event["producer"],
    )
