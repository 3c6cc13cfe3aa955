"""`python -m etl.run`: the night, from a folder of reported figures to a published warehouse.

Read `night` and `work`: they are all of it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from etl import publish
from etl.console import Console
from etl.errors import EtlError, LockHeld
from etl.night import Night, Status
from etl.settings import Settings

LOCKED = 3

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def night(settings: Settings, console: Console) -> int:
    """One night.

    Returns:
        0 published, or nothing to do; 1 refused by the data; 2 the run broke; 3 another run holds
        the warehouse. In every case but 0, yesterday's warehouse is untouched.
    """
    tonight = Night.begin()
    try:
        with publish.lock(settings.warehouse, tonight):
            try:
                work(settings, tonight, console)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and told
                tonight.end(Status.BROKE, console.explain(error))
            close(settings, tonight, console)
    except LockHeld as error:
        console.complain(str(error))
        return LOCKED
    except EtlError as error:
        console.complain(str(error))
        return Status.BROKE.exit_code
    return tonight.exit_code


def work(settings: Settings, tonight: Night, console: Console) -> None:
    """Does what the night is for; leaves in `tonight` how it ended."""
    publish.sweep(settings.warehouse)
    known = publish.known_state(settings)
    files = publish.input_files(settings)
    made_of = publish.described(settings, files, known)
    if publish.is_current(known, made_of) and not (settings.force or settings.dry_run):
        publish.remember(settings, {**made_of, "run_id": known["run_id"]})
        tonight.previous_run_id = known["run_id"]
        tonight.end(Status.UNCHANGED, f"nothing has changed since run {known['run_id']}")
        return

    from etl import gate
    from etl.build import Build
    from etl.plan import prepare

    with console.stage(tonight, "plan") as said:
        plan = prepare(settings.models)
        said.append(f"{len(plan.models)} models")
    build = Build(settings, plan, tonight, publish.building(settings, tonight))
    build.take_history()
    with console.stage(tonight, "load") as said:
        build.load(files, console.doing)
        said.append(f"{len(tonight.inputs)} files")
        said.append(f"{sum(entry['rows_in_file'] for entry in tonight.inputs):,} rows")
    with console.stage(tonight, "model and check") as said:
        for table in plan.models:
            console.doing(table.stem)
            build.model(table)
        said.append(f"{len(tonight.models)} tables, {len(build.results)} checks")
    with console.stage(tonight, "tell") as said:
        build.tell()
        said.append(f"{len(tonight.findings_in('new', 'persisting'))} findings")

    tonight.refusals = list(
        gate.refusals(settings, plan, tonight, build.results, build.published_before)
    )
    if tonight.refusals:
        tonight.end(Status.REFUSED, "; ".join(tonight.refusals))
    elif settings.dry_run:
        tonight.end(Status.DRY_RUN, "nothing was published")
    else:
        tonight.end(Status.PUBLISHED)
        with console.stage(tonight, "publish"):
            earlier = publish.kept_runs(settings)
            build.finish([*(row for _, row in earlier), tonight.row()])
            publish.swap(settings, tonight, made_of)
            publish.forget(earlier)
        return
    build.abandon()


def close(settings: Settings, tonight: Night, console: Console) -> None:
    """Writes down how the night went, for people and for the nights to come."""
    if tonight.status is not Status.PUBLISHED:
        publish.sweep(settings.warehouse)
        publish.keep_run(settings, tonight)
    if tonight.status is not Status.UNCHANGED:
        from etl import report

        report.write(settings, tonight)
    console.summary(settings, tonight)


@app.command()
def main(
    raw: Annotated[
        Path, typer.Option(envvar="ETL_RAW", help="Folder of reported figures.")
    ] = Settings.raw,
    warehouse: Annotated[
        Path, typer.Option(envvar="ETL_WAREHOUSE", help="Folder of the warehouse and its reports.")
    ] = Settings.warehouse,
    models: Annotated[
        list[Path] | None,
        typer.Option(help="Further folder of SQL models, beside sql/; can be given again."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Work even if nothing changed.")] = False,
    max_held_share: Annotated[
        float,
        typer.Option(
            envvar="ETL_MAX_HELD_SHARE",
            min=0,
            max=1,
            help="Refuse a night that holds back a larger share of a dataset's rows.",
        ),
    ] = Settings.max_held_share,
    max_fall_share: Annotated[
        float,
        typer.Option(
            envvar="ETL_MAX_FALL_SHARE",
            min=0,
            max=1,
            help="Refuse a night whose figures are fewer than yesterday's by a larger share.",
        ),
    ] = Settings.max_fall_share,
    memory_limit: Annotated[
        str, typer.Option(envvar="ETL_MEMORY_LIMIT", help="Memory before the engine uses disk.")
    ] = Settings.memory_limit,
    threads: Annotated[
        int, typer.Option(envvar="ETL_THREADS", min=0, help="Threads; 0 for every core.")
    ] = Settings.threads,
    log_json: Annotated[
        bool, typer.Option("--log-json", envvar="ETL_LOG_JSON", help="One JSON object per line.")
    ] = False,
) -> None:
    """Load the figures, check them, and publish a new warehouse if they may be.

    Exit codes: 0 published, or nothing to do; 1 refused by the data; 2 the run broke; 3 another run
    is at work. In 1, 2 and 3 yesterday's warehouse is untouched.
    """
    settings = Settings(
        raw=raw.absolute(),
        warehouse=warehouse.absolute(),
        models=(*Settings.models, *(folder.absolute() for folder in models or ())),
        force=force,
        dry_run=dry_run,
        max_held_share=max_held_share,
        max_fall_share=max_fall_share,
        memory_limit=memory_limit,
        threads=threads,
    )
    sys.exit(night(settings, Console(as_json=log_json)))


if __name__ == "__main__":
    app()
