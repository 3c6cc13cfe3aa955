"""`python -m etl.run`: the night, from a folder of reported figures to a published warehouse.

Read `night` and `work`: they are all of it.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from etl import metrics, publish
from etl.console import Console
from etl.errors import LockHeld
from etl.lock import lock
from etl.night import Night, Status
from etl.settings import Settings, from_command_line

LOCKED = 3


def night(settings: Settings, console: Console) -> int:
    """One night.

    Returns:
        0 published, or nothing to do; 1 refused by the data; 2 the run broke; 3 another run holds
        the warehouse. Yesterday's warehouse is untouched in every case but 0, and in 2 where the
        run broke after publishing (its report could not be written); the next night repeats it.
    """
    try:
        tonight = Night.begin(after=publish.last_run(settings.warehouse))
        with lock(settings.warehouse, tonight) as died:
            try:
                publish.sweep(settings.warehouse)
                if died:
                    publish.note_death(settings, died, tonight)
                work(settings, tonight, console)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and told
                tonight.end(Status.BROKE, console.explain(error))
            close(settings, tonight, console)
    except LockHeld as error:
        console.complain(str(error))
        return LOCKED
    except Exception as error:  # noqa: BLE001 - no record could be written; 1 would mean refused
        console.complain(console.explain(error))
        return Status.BROKE.exit_code
    return tonight.exit_code


def work(settings: Settings, tonight: Night, console: Console) -> None:
    """Does what the night is for; leaves in `tonight` how it ended."""
    known = publish.known_state(settings)
    files = publish.input_files(settings)
    tonight.made_of = publish.described(settings, files, known)
    if publish.is_current(known, tonight.made_of) and not (settings.force or settings.dry_run):
        publish.remember(settings, known["run_id"], tonight.made_of)
        tonight.previous_run_id = known["run_id"]
        tonight.end(Status.UNCHANGED, f"nothing has changed since run {known['run_id']}")
        return

    from etl import gate
    from etl.build import Build
    from etl.plan import prepare

    with console.stage(tonight, "plan") as said:
        plan = prepare(settings.models)
        said.append(f"{len(plan.models)} models")
    if settings.engine == "spark":
        from etl.build_on_spark import BuildOnSpark as Build
    build = Build(settings, plan, tonight, publish.building(settings, tonight))
    is_readable = build.take_history(publish.with_history(settings), publish.last_told(settings))
    with console.stage(tonight, "load") as said:
        build.load(files, console.doing)
        said.append(f"{len(tonight.inputs)} files")
        said.append(f"{sum(entry['rows_in_file'] for entry in tonight.inputs):,} rows")
    with console.stage(tonight, "model and check") as said:
        for table in plan.models:
            if not table.is_late:
                console.doing(table.stem)
                build.model(table)
        said.append(f"{len(tonight.models)} tables, {len(build.results)} checks")
    with console.stage(tonight, "reconcile") as said:
        said.append(str(build.reconcile()))
        for table in plan.models:
            if table.is_late and not table.is_filled:
                build.model(table)
    with console.stage(tonight, "tell") as said:
        build.tell()
        open_findings = tonight.findings_in("new", "persisting")
        said.append(f"{len(open_findings):,} open findings")

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
            build.finish([*(row for _, row in publish.kept_runs(settings)), tonight.row()])
            if not is_readable:
                aside = publish.set_aside(settings, tonight)
                tonight.warnings.append(f"{settings.file} is damaged: set aside as {aside.name}")
            publish.swap(settings, tonight)
            build.hand_out()
        return
    build.abandon()


def close(settings: Settings, tonight: Night, console: Console) -> None:
    """Writes down how the night went, for people and for the nights to come.

    Raises:
        Exception: of the first step that failed; the others are done all the same.
    """
    if tonight.status is Status.PUBLISHED:  # without its report, the next night does it again
        _report(settings, tonight)
        publish.complete(settings, tonight)
        console.summary(settings, tonight)
        tell_others(settings, tonight, console)
        return
    with ExitStack() as last_first:
        last_first.callback(tell_others, settings, tonight, console)
        last_first.callback(console.summary, settings, tonight)
        last_first.callback(publish.sweep, settings.warehouse)  # the report reads what was built
        if tonight.status is not Status.UNCHANGED:
            last_first.callback(_report, settings, tonight)
        last_first.callback(publish.keep_run, settings, tonight.row())


def _report(settings: Settings, tonight: Night) -> None:
    from etl import report

    report.write(settings, tonight)


def tell_others(settings: Settings, tonight: Night, console: Console) -> None:
    """Tells the people and programs that asked to be told."""
    metrics.write(settings, tonight)
    if settings.profile:
        from etl import profile

        profile.write(settings, tonight)
    if settings.notify:
        from etl import notify

        notify.tell(settings, tonight)
    if settings.data_docs and tonight.status in (Status.PUBLISHED, Status.UNCHANGED):
        from etl import gx

        with console.stage(tonight, "data docs"):
            gx.write(settings)
    if settings.on_github:
        from etl.report.machine import github

        console.annotate(github.commands(settings, tonight))


def main() -> None:
    """Runs the night that the command line asks for."""
    settings = from_command_line(sys.argv[1:], os.environ)
    if settings.notify_test:
        from etl import notify

        sys.exit(notify.test(settings.notify))
    console = Console(as_json=settings.log_json, on_github=settings.on_github)
    sys.exit(night(settings, console))


if __name__ == "__main__":
    main()
