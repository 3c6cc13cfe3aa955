"""Builds the warehouse of one night: load, model, check, hold back, tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb

from etl import audit, counts, findings, iso3166, quarantine, repeats
from etl.carry import Fingerprints, Yesterday
from etl.engine import duckdb as engine
from etl.errors import ModelError, WarehouseError, WarehouseHeld
from etl.extract import DatasetSpec
from etl.extract.declared import DATASET as DECLARATIONS
from etl.extract.load import load
from etl.extract.store import PROVENANCE
from etl.validate.count import CheckResult, count

if TYPE_CHECKING:
    from etl.extract import FileOutcome, InputFile
    from etl.night import Night
    from etl.plan import Plan, Table
    from etl.reconcile.night import Summary
    from etl.settings import Settings

Progress = Callable[[str], None]


class Build:
    """A warehouse under construction, in a file of its own.

    Attributes:
        connection: the engine, with the file as its default database.
        published_before: figures in yesterday's warehouse.
        results: what every check counted.
    """

    def __init__(self, settings: Settings, plan: Plan, night: Night, file: Path) -> None:
        self._settings, self._plan, self._night, self._file = settings, plan, night, file
        self.connection = engine.connect(
            memory_limit=settings.memory_limit,
            threads=settings.threads,
            temp=file.with_suffix(".tmp"),
        )
        engine.create(self.connection, file)
        audit.create(self.connection, plan)
        self._yesterday = Yesterday.nothing(self.connection)
        self._fingerprints = Fingerprints(_specs(plan))
        self.published_before = 0
        self.results: list[CheckResult] = []

    def take_history(self, files: Sequence[Path], last_told: str) -> bool:
        """Copies the audit history out of the first of these warehouses that can be read.

        Unless everything is to be made anew, its tables stay within reach, to be carried over.
        What has changed is told since `last_told`, the last run that told anybody anything.

        Returns:
            False where the published one is damaged; the night says so.

        Raises:
            WarehouseHeld: one is whole, as far as one can tell, but may not be read now.
        """
        is_readable, told = True, ""
        for file in files:
            try:
                audit.inherit(self.connection, self._plan, file, self._settings.keep_runs)
                told = told and f"{told} is taken from {file}"
                break
            except WarehouseHeld:
                raise
            except WarehouseError as error:
                is_readable = is_readable and file != self._settings.file
                told = told or f"{error}. The history of runs and findings"
        else:
            told = told and f"{told} begins anew"
        if told:
            self._night.warnings.append(told)
        self._begin_after(last_told)
        return is_readable

    def _begin_after(self, last_told: str) -> None:
        """Takes up where the last run ended that published; it may have died before telling so."""
        last = self.connection.execute(
            "select run_id, figures_published from audit.run where status = 'published'"
            " order by run_id desc limit 1"
        ).fetchone()
        if last:
            published, self.published_before = last
            is_older = "select count(*) from audit.run where run_id = ? and run_id < ?"
            has_died = engine.number(self.connection, is_older, [last_told, published])
            self._night.previous_run_id = last_told if has_died else published
            if not self._settings.force:
                self._yesterday = Yesterday.of(self.connection, published)

    def load(self, files: Sequence[InputFile], on_file: Callable[[InputFile], None]) -> None:
        """Brings every file in as verbatim text, then shuts the engine's doors."""
        known = self._known(files)
        outcomes = load(
            self.connection,
            files,
            _specs(self._plan),
            self._night.started_at,
            on_file,
            read_before=lambda file: known.get(file.name),
        )
        self._fingerprints.take_files(outcomes)
        iso3166.load(self.connection, self._night.started_at)
        self._shut()
        quarantine.take_unreadable(self.connection, self._night.run_id)
        self._night.inputs = [
            {
                "run_id": self._night.run_id,
                "size_bytes": outcome.size,
                "rows_quarantined": outcome.rows_rejected,
                "fingerprint": self._fingerprints.of_file(
                    outcome.file, outcome.dataset, outcome.sha256
                ),
                "is_carried": outcome is known.get(outcome.file),
                **vars(outcome),
            }
            for outcome in outcomes
        ]
        self.results += counts.of_reading(self._night.inputs)

    def model(self, table: Table) -> None:
        """Builds one table, counts its checks, and holds back the rows that fail an error.

        A table that was made of the same yesterday is copied, with its counts.

        Raises:
            ModelError: the engine refuses the model.
        """
        started = perf_counter()
        fingerprint = self._fingerprints.of_table(table)
        carried = self._carry(table, fingerprint)
        if carried is not None:
            self._note(table, carried, started, fingerprint=fingerprint, is_carried=True)
            return
        self._create(table)
        made = perf_counter()
        if table.is_checked:
            self._check(table, started, fingerprint=fingerprint, made_seconds=made - started)

    def reconcile(self) -> Summary:
        """Fills the tables that no model makes: suspects, bounds, estimates.

        Raises:
            ModelError: the engine refuses a table.
        """
        from etl.reconcile import night

        filled = [table for table in self._plan.models if table.is_filled]
        for table in filled:
            self.connection.execute(table.statement)
        limits = f"{self._settings.component_statements} {self._settings.component_seconds}"
        answers = self._fingerprints.of_answers(limits)
        summary = night.reconcile(
            self.connection,
            self._plan,
            self._settings,
            answers,
            has_yesterday=self._yesterday.is_known,
        )
        for table in filled:  # the time of filling them is the stage's, they are filled together
            fingerprint = self._fingerprints.of_filled(table, answers)
            self._check(table, perf_counter(), fingerprint=fingerprint, made_seconds=0.0)
        return summary

    def _create(self, table: Table) -> None:
        try:
            names = [column.name for column in table.columns]
            engine.create_table(self.connection, table.statement, names)
        except duckdb.Error as error:
            if not table.file:
                self._try_sources(table)
            raise _model_error(table, error) from error

    def _check(self, table: Table, started: float, **noted: Any) -> None:
        """Sets aside what is said again, counts, and holds back what fails."""
        begun = perf_counter()
        self._set_aside(table)
        results = self._count(table)
        checked = perf_counter()
        if table.holds:
            self._hold(table, results)
        held = perf_counter()
        seconds = {"checked_seconds": checked - begun, "held_seconds": held - checked}
        self._note(table, results, started, **noted, **seconds)

    def _note(
        self, table: Table, results: Sequence[CheckResult], started: float, **noted: Any
    ) -> None:
        """Writes down what became of a table; of a source of a union there is nothing to say."""
        if not table.is_checked:
            return
        self.results += results
        self._night.models.append(
            {
                "run_id": self._night.run_id,
                "model": table.name,
                "rows_count": engine.number(self.connection, f"select count(*) from {table.name}"),
                "seconds": perf_counter() - started,
                "is_carried": False,
                **noted,
            }
        )

    def _known(self, files: Sequence[InputFile]) -> dict[str, FileOutcome]:
        """The files whose rows lie in yesterday's warehouse, by name."""
        entries = self._night.made_of.get("files", ())
        bytes_of = {entry["name"]: entry["sha256"] for entry in entries}
        self._fingerprints.take_declarations(
            bytes_of.get(file.name) for file in files if file.dataset == DECLARATIONS
        )
        known = {}
        for file in files:
            of_file = self._fingerprints.of_file(file.name, file.dataset, bytes_of.get(file.name))
            if outcome := self._yesterday.file(of_file):
                known[file.name] = outcome
        return known

    def _shut(self) -> None:
        engine.seal(self.connection)

    def _carry(self, table: Table, fingerprint: str) -> tuple[CheckResult, ...] | None:
        return self._yesterday.take_table(table, fingerprint)

    def _set_aside(self, table: Table) -> None:
        repeats.set_aside(self.connection, self._plan, table, self._night.run_id)

    def _count(self, table: Table) -> tuple[CheckResult, ...]:
        return count(self.connection, table.checks)

    def _hold(self, table: Table, results: Sequence[CheckResult]) -> None:
        quarantine.hold(self.connection, self._plan, table, results, self._night.run_id)

    def _try_sources(self, union: Table) -> None:
        """Reads each source of a union that failed by itself: the engine does not say which it was.

        Raises:
            ModelError: that one cannot be read.
        """
        for select in union.statement.splitlines()[1::2]:
            source = self._plan.table(select.rpartition(" from ")[2].strip('"'))
            try:
                self.connection.execute(f"create or replace temp table tried as {select}")
            except duckdb.Error as error:
                raise _model_error(source, error) from error

    def tell(self) -> None:
        """Fills in what the night found, and writes its audit tables."""
        night, connection = self._night, self.connection
        counts.held(connection, night)
        counts.figures(connection, self._plan, night)
        self.results += counts.of_repeats(connection, night)
        night.checks = [counts.as_row(result, night.run_id) for result in self.results]
        night.held = engine.rows(
            connection,
            "select * from audit.quarantine where run_id = ? order by all",
            [night.run_id],
        )
        raw = self._settings.raw_shown
        told = findings.tell(connection, self._plan, night, self.results, raw)
        night.findings = findings.remember(connection, self._plan, night, told)
        for stem, rows in (
            ("input_file", night.inputs),
            ("check_result", night.checks),
            ("model_run", night.models),
        ):
            audit.add(connection, self._plan, stem, rows)

    def finish(self, runs: Sequence[dict[str, Any]]) -> None:
        """Adds the runs since yesterday, describes every table and writes the file whole."""
        # A night that died after its rename has left the notes of runs that it had taken in.
        known = {row["run_id"] for row in engine.rows(self.connection, "from audit.run")}
        runs = [run for run in runs if run["run_id"] not in known]
        audit.add(self.connection, self._plan, "run", runs)
        described = [table for table in self._plan.models if table.is_checked]
        audit.describe(self.connection, [*self._plan.raw, *described, *self._plan.audit])
        audit.describe_datasets(self.connection, self._plan.datasets)
        engine.finish(self.connection, self._file)

    def hand_out(self) -> None:
        """What is left to do once the warehouse is published: nothing."""

    def abandon(self) -> None:
        """Closes the engine; the file is left to be swept."""
        self.connection.close()


def _specs(plan: Plan) -> dict[str, DatasetSpec]:
    """The datasets that files can be of; those that are not declared have the files' columns."""
    apart = ("iso_3166", "rejected_row")
    declared = {table.stem: _spec(table) for table in plan.raw if table.stem not in apart}
    return declared | {name: DatasetSpec((), open=True) for name in plan.datasets}


def _spec(table: Table) -> DatasetSpec:
    own = [column for column in table.columns if column.name not in PROVENANCE]
    return DatasetSpec(
        mandatory=tuple(column.name for column in own if column.is_mandatory),
        optional=tuple(column.name for column in own if not column.is_mandatory),
    )


def _model_error(table: Table, error: duckdb.Error) -> ModelError:
    """The engine's words, with the line in the model's file that they speak of."""
    said, _, marked = str(error).partition("\n\nLINE ")
    number = marked.partition(":")[0]
    # The statement has one line more than the file, before its first.
    line = int(number) - 1 if number.isdigit() else 1
    return ModelError(Path(table.file or table.name), max(line, 1), said)
