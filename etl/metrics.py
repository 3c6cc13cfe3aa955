"""Prometheus: what a monitor asks of the nights, for node_exporter's textfile collector.

Two files, since they change at different times: `run.prom` after every run, `warehouse.prom` when
one has published. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from etl.night import STATES, Night, Status
from etl.publish import write_whole

if TYPE_CHECKING:
    from etl.settings import Settings

Labels = Mapping[str, str]
Sample = tuple[Labels, float]

_PREFIX = "reported_figures"
_VERDICTS = ("pass", "warn", "fail", "unknown", "error")


def write(settings: Settings, night: Night) -> None:
    """Writes the files into `metrics/` of the warehouse folder."""
    folder = settings.warehouse / "metrics"
    folder.mkdir(exist_ok=True)
    write_whole(settings, folder / "run.prom", _of_run(settings, night))
    if night.status is Status.PUBLISHED:
        write_whole(settings, folder / "warehouse.prom", _of_warehouse(settings, night))


def _of_run(settings: Settings, night: Night) -> Iterator[str]:
    finished = night.finished_at or night.started_at
    seconds = (finished - night.started_at).total_seconds()
    statuses = [({"status": str(status)}, night.status is status) for status in Status]
    for name, words, samples in (
        ("run_started_timestamp_seconds", "Start of the last run.", night.started_at.timestamp()),
        ("run_finished_timestamp_seconds", "End of the last run.", finished.timestamp()),
        ("run_duration_seconds", "How long the last run took.", seconds),
        ("run_exit_code", "0 well, 1 refused by the data, 2 broke.", night.exit_code),
        ("run_status", "How the last run ended: 1 for the status that is so.", statuses),
    ):
        yield from _gauge(settings, name, words, samples)


def _of_warehouse(settings: Settings, night: Night) -> Iterator[str]:
    verdicts = Counter(check["verdict"] for check in night.checks)
    finished = night.finished_at or night.started_at
    figures = {
        "read": night.figures_read,
        "held": night.figures_held,
        "published": night.figures_published,
    }
    findings = {state: len(night.findings_in(state)) for state in STATES}
    stages = [({"stage": stage.name}, stage.seconds) for stage in night.stages]
    for name, words, samples in (
        ("published_timestamp_seconds", "When the warehouse was published.", finished.timestamp()),
        ("figures", "Figures by what became of them.", _labelled("outcome", figures)),
        ("findings", "Findings by state.", _labelled("state", findings)),
        (
            "checks",
            "Checks by verdict.",
            _labelled("verdict", {verdict: verdicts[verdict] for verdict in _VERDICTS}),
        ),
        ("stage_duration_seconds", "How long each stage took.", stages),
    ):
        yield from _gauge(settings, name, words, samples)


def _labelled(label: str, numbers: Mapping[str, int]) -> list[Sample]:
    return [({label: value}, number) for value, number in numbers.items()]


def _gauge(
    settings: Settings, name: str, words: str, samples: float | Iterable[Sample]
) -> Iterator[str]:
    yield f"# HELP {_PREFIX}_{name} {words}\n# TYPE {_PREFIX}_{name} gauge\n"
    for labels, value in [({}, samples)] if isinstance(samples, int | float) else samples:
        said = {"warehouse": str(settings.warehouse), **labels}
        listed = ",".join(f'{label}="{_escaped(text)}"' for label, text in said.items())
        yield f"{_PREFIX}_{name}{{{listed}}} {float(value)!r}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
