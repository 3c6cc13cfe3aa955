"""The commands beside the nightly run: look back, go back, write the data dictionary."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from etl import publish
from etl import rollback as going_back
from etl.console import in_lines
from etl.errors import EtlError, LockHeld
from etl.harmless import one_line
from etl.lock import lock
from etl.night import STATES, Night
from etl.settings import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Reported figures, made trustworthy. The night itself is `python -m etl.run`.",
)
Warehouse = Annotated[
    Path, typer.Option(envvar="ETL_WAREHOUSE", help="Folder of the warehouse and its reports.")
]


@app.command()
def history(
    warehouse: Warehouse = Settings.warehouse,
    last: Annotated[int, typer.Option(min=1, help="How many runs.")] = 20,
) -> None:
    """List the last runs, newest first, and which of them can be rolled back to."""
    settings = Settings(warehouse=warehouse.absolute())
    with _told():
        kept = {file.stem for file in publish.good_files(settings)}
        published = going_back.published_run(settings)
        for run in _runs(settings)[:last]:
            run_id = run["run_id"]
            mark = "published" if run_id == published else "kept" if run_id in kept else ""
            started = str(run["started_at"])[:16]
            line = f"{run_id:25}  {started}  {run['status']:11} {mark:10} {_outcome(run)}"
            print(one_line(line.rstrip()))


@app.command()
def rollback(
    run_id: Annotated[
        str | None, typer.Argument(help="The run to go back to; the one before by default.")
    ] = None,
    warehouse: Warehouse = Settings.warehouse,
) -> None:
    """Publish an earlier warehouse again; the next night builds anew."""
    settings = Settings(warehouse=warehouse.absolute())
    with _told():
        night = Night.begin(after=publish.last_run(settings.warehouse))
        with lock(settings.warehouse, night) as died:
            publish.sweep(settings.warehouse)
            if died:
                publish.note_death(settings, died, night)
            print(f"published again: run {going_back.roll_back(settings, run_id, night)}")


@app.command()
def explain(
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Of a figure, finding, check, claim, source or statement."
        ),
    ],
    warehouse: Warehouse = Settings.warehouse,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Say everything known about a figure, from the printed value to every verdict on it."""
    from etl import explain as explaining
    from etl.engine.duckdb import read_only

    settings = Settings(warehouse=warehouse.absolute())
    with _told():
        with read_only(settings.file) as connection:
            content = explaining.explain(connection, identifier, _raw_shown(settings))
        if as_json:
            print(explaining.as_json(content))
        else:
            explaining.show(content)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One question; `-`: read from input.")],
    warehouse: Warehouse = Settings.warehouse,
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How to print the answer.")
    ] = "table",
    rows: Annotated[int, typer.Option(min=0, help="Most rows of a table; 0 for all.")] = 40,
    safe: Annotated[
        bool, typer.Option("--safe", help="CSV for spreadsheets: no text runs as a formula.")
    ] = False,
) -> None:
    """Ask the published warehouse in SQL: read-only, names from `marts`, then `audit`."""
    from etl import query as asking

    settings = Settings(warehouse=warehouse.absolute())
    text = sys.stdin.read() if sql == "-" else sql
    with _told(), asking.answered(settings, text) as connection:
        to = asking.output()
        if form == "csv":
            asking.write_csv(connection, to, safe=safe)
        elif form == "json":
            asking.write_json(connection, to)
        else:
            asking.show_table(connection, to, rows)


@app.command("reconcile-cases")
def reconcile_cases(
    file: Annotated[Path, typer.Argument(help="Cases in the format cases/1.")],
    check: Annotated[
        bool, typer.Option("--check", help="Compare with what the cases expect; 1 if any differs.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File for the answers; standard output by default.")
    ] = None,
) -> None:
    """Answer published cases of error localization, bounds and adjustment."""
    from etl.reconcile import cases

    with _told():
        known = cases.read(file)
        answers = [cases.answered(case) for case in known]
        if out or not check:
            text = json.dumps({"format": "cases/1", "cases": answers}, indent=1)
            out.write_text(text + "\n", encoding="utf-8") if out else print(text)
        if check and not _agreed(known, answers):
            sys.exit(1)


@app.command()
def docs(
    file: Annotated[Path, typer.Option(help="File to write.")] = ROOT / "docs/data-dictionary.md",
) -> None:
    """Write the data dictionary and the schema of report.json from the schema classes."""
    from etl.dictionary import markdown
    from etl.plan import prepare
    from etl.report.machine.report_json import schema

    with _told():
        plan = prepare(Settings().models)
        beside = file.with_name("report.schema.json")
        file.write_text(markdown(plan), encoding="utf-8")
        beside.write_text(json.dumps(schema(plan), indent=2) + "\n", encoding="utf-8")
        print(f"written: {file}, {beside}")


def _agreed(known: list[dict[str, Any]], answers: list[dict[str, Any]]) -> bool:
    """Prints each case that differs and the count; whether all agree."""
    from etl.reconcile.cases import agrees

    expecting = [
        (case, one) for case, one in zip(known, answers, strict=True) if "expected" in case
    ]
    differing = [pair for pair in expecting if not agrees(pair[0]["expected"], pair[1]["answer"])]
    for case, one in differing:
        print(one_line(f"{case['id']}: expected {case['expected']}, found {one['answer']}"))
    print(f"{len(expecting) - len(differing)} of {len(expecting)} cases agree")
    return not differing


def _raw_shown(settings: Settings) -> str:
    """The raw folder that the warehouse was made of, as far as that is known."""
    made_of = publish.known_state(settings).get("settings", {})
    return replace(settings, raw=Path(made_of.get("raw", settings.raw))).raw_shown


def _runs(settings: Settings) -> list[dict[str, Any]]:
    """Every run on record, newest first: those in the warehouse, in kept ones, and those since."""
    runs = {row["run_id"]: row for _, row in publish.kept_runs(settings)}
    for file in reversed(publish.with_history(settings)):
        runs |= {row["run_id"]: row for row in going_back.runs_in(file)}
    return [runs[run_id] for run_id in sorted(runs, reverse=True)]


def _outcome(run: dict[str, Any]) -> str:
    if run["message"]:
        return str(run["message"])
    # a run of an earlier version may know less
    published, held = (run.get(f"figures_{what}") or 0 for what in ("published", "held"))
    counts = ((state, run.get(f"findings_{state}") or 0) for state in STATES)
    told = ", ".join(f"{number:,} {state}" for state, number in counts)
    return f"{published:,} figures, {held:,} held back, findings: {told}"


@contextmanager
def _told() -> Iterator[None]:
    """Says what went wrong in one line; 3 where another run is at work, else 2."""
    try:
        yield
    except LockHeld as error:
        print(in_lines(str(error)), file=sys.stderr)
        sys.exit(3)
    except (EtlError, OSError) as error:
        print(in_lines(str(error)), file=sys.stderr)
        sys.exit(2)
