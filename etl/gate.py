"""The gate: what keeps a night from being published, each with its limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from etl.extract.outcome import listed
from etl.extract.tally import place

if TYPE_CHECKING:
    from etl.night import Night
    from etl.plan import Plan
    from etl.settings import Settings
    from etl.validate.count import CheckResult

REQUIRED = ("stg_figures", "stg_sources", "stg_qualifiers")


def refusals(
    settings: Settings,
    plan: Plan,
    night: Night,
    results: Sequence[CheckResult],
    published_before: int,
) -> Iterator[str]:
    """Why the night must not be published; nothing if it may.

    Args:
        settings: the limits.
        plan: which tables hold rows back; in any other, a failed error is a fault of the model.
        night: the night, its inputs and counts filled in.
        results: every check's result.
        published_before: figures in yesterday's warehouse; 0 if there is none.
    """
    yield from _missing_input(settings, plan, night)
    yield from _held_shares(settings, night)
    yield from _fall(settings, night, published_before)
    yield from _broken(plan, results)


def _missing_input(settings: Settings, plan: Plan, night: Night) -> Iterator[str]:
    for stem in REQUIRED:
        datasets = plan.table(stem).datasets
        entries = [entry for entry in night.inputs if entry["dataset"] in datasets]
        if not any(entry["rows_in_file"] for entry in entries):
            refused = sum(entry["status"] == "refused" for entry in entries)
            detail = f"{refused} of {len(entries)} files were refused" if entries else "no file"
            places = " or ".join(f"{settings.raw_shown}/{place(dataset)}" for dataset in datasets)
            yield f"nothing was read for {stem.removeprefix('stg_')} ({detail} in {places})"
            return
    if not night.figures_published:
        yield f"no figure is left to publish: all {night.figures_read:,} rows are held back"


def _held_shares(settings: Settings, night: Night) -> Iterator[str]:
    for dataset in sorted({entry["dataset"] for entry in night.inputs if entry["dataset"]}):
        entries = [entry for entry in night.inputs if entry["dataset"] == dataset]
        in_files = sum(entry["rows_in_file"] for entry in entries)
        held = sum(entry["rows_quarantined"] - entry["rows_repeated"] for entry in entries)
        if held > max(settings.few_rows, settings.max_held_share * in_files):
            yield (
                f"{held:,} of {in_files:,} rows of {dataset} are held back, more than"
                f" {settings.max_held_share:.0%} (--max-held-share)"
            )


def _fall(settings: Settings, night: Night, published_before: int) -> Iterator[str]:
    fallen = published_before - night.figures_published
    if fallen > max(settings.few_rows, settings.max_fall_share * published_before):
        still = night.findings_in("new", "persisting")
        gone = [found["file"] for found in still if found["check_name"] == "file_is_still_there"]
        yield (
            f"{night.figures_published:,} figures, {fallen:,} fewer than the"
            f" {published_before:,} published, a fall of more than"
            f" {settings.max_fall_share:.0%} (--max-fall-share)"
            + (f"; no longer there: {listed(gone)}" if gone else "")
        )


def _broken(plan: Plan, results: Sequence[CheckResult]) -> Iterator[str]:
    settled = {table.name for table in plan.models if table.holds or table.reports}
    for result in results:
        check = result.check
        if result.verdict == "error":
            yield f"{check.table}: the check {check.name} broke: {result.message}"
        elif result.verdict == "fail" and check.scope != "group":
            if check.scope == "row" and check.table in settled:
                continue
            detail = result.message or f"{result.failed_count:,} of {result.tested_count:,} fail"
            yield f"{check.table} breaks {check.name} ({detail}): a fault of the model"
