"""Builds the warehouse of one night: load, model, check, hold back, tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb

from etl import audit, findings, iso3166, quarantine
from etl.carry import Fingerprints, Yesterday
from etl.engine import duckdb as engine
from etl.errors import ModelError, WarehouseError
from etl.extract import DatasetSpec
from etl.extract.load import load
from etl.validate.compiled import CompiledCheck
from etl.validate.count import CheckResult, count, verdict

if TYPE_CHECKING:
    from etl.extract import FileOutcome, InputFile
    from etl.night import Night
    from etl.plan import Plan, Table
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

    def take_history(self) -> bool:
        """Copies the audit history out of yesterday's warehouse, if there is one.

        Unless everything is to be made anew, its tables stay within reach, to be carried over.

        Returns:
            False where it is damaged; then this is a first night again, and says so.

        Raises:
            WarehouseError: it is whole, as far as one can tell, but may not be read now.
        """
        if not self._settings.file.exists():
            return True
        try:
            engine.attach(self.connection, self._settings.file, "yesterday", "read_only")
            audit.carry_over(self.connection, self._plan, self._settings.keep_runs)
            last = self.connection.execute(
                "select run_id, figures_published from audit.run where status = 'published'"
                " order by run_id desc limit 1"
            ).fetchone()
            if last:
                self._night.previous_run_id, self.published_before = last
                if not self._settings.force:
                    self._yesterday = Yesterday.of(self.connection, last[0])
        except (duckdb.Error, WarehouseError) as error:
            if engine.is_kept_out(error):
                raise
            self._night.warnings.append(
                f"{self._settings.file} cannot be read and is set aside; the history of runs and"
                f" findings begins anew ({error})"
            )
            return False
        return True

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
        engine.seal(self.connection)
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
        self.results += _reading_results(self._night.inputs)

    def model(self, table: Table) -> None:
        """Builds one table, counts its checks, and holds back the rows that fail an error.

        A table that was made of the same yesterday is copied, with its counts.

        Raises:
            ModelError: the engine refuses the model.
        """
        started = perf_counter()
        fingerprint = self._fingerprints.of_table(table)
        carried = self._yesterday.take_table(table, fingerprint)
        results = carried
        spent: dict[str, float] = {}
        if results is None:
            results, spent = self._made(table)
        if not table.is_checked:
            return
        self.results += results
        self._night.models.append(
            {
                "run_id": self._night.run_id,
                "model": table.name,
                "rows_count": _only(self.connection, f"select count(*) from {table.name}"),
                "seconds": perf_counter() - started,
                "fingerprint": fingerprint,
                "is_carried": carried is not None,
                **spent,
            }
        )

    def _made(self, table: Table) -> tuple[tuple[CheckResult, ...], dict[str, float]]:
        """What the checks of a table counted that is made now, and the seconds of each step."""
        times = [perf_counter()]
        try:
            names = [column.name for column in table.columns]
            engine.create_table(self.connection, table.statement, names)
        except duckdb.Error as error:
            if not table.file:
                self._try_sources(table)
            raise _model_error(table, error) from error
        times.append(perf_counter())
        results = count(self.connection, table.checks) if table.is_checked else ()
        times.append(perf_counter())
        if table.holds:
            quarantine.hold(self.connection, self._plan, table, results, self._night.run_id)
        times.append(perf_counter())
        steps = ("made_seconds", "checked_seconds", "held_seconds")
        return results, {
            step: end - start for step, start, end in zip(steps, times, times[1:], strict=False)
        }

    def _known(self, files: Sequence[InputFile]) -> dict[str, FileOutcome]:
        """The files whose rows lie in yesterday's warehouse, by name."""
        entries = self._night.made_of.get("files", ())
        bytes_of = {entry["name"]: entry["sha256"] for entry in entries}
        known = {}
        for file in files:
            of_file = self._fingerprints.of_file(file.name, file.dataset, bytes_of.get(file.name))
            if outcome := self._yesterday.file(of_file):
                known[file.name] = outcome
        return known

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
        _count_held(connection, night)
        night.figures_held = _only(
            connection,
            "select (select count(*) from stg_figures__held) + count(*) from raw.rejected_row"
            " where list_contains(?::varchar[], dataset)",
            [self._plan.table("stg_figures").datasets],
        )
        night.figures_read = night.figures_held + _only(
            connection, "select count(*) from stg_figures"
        )
        night.figures_published = _only(connection, "select count(*) from fct_reported_figure")
        night.checks = [_check_row(result, night.run_id) for result in self.results]
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
        engine.finish(self.connection, self._file)

    def abandon(self) -> None:
        """Closes the engine; the file is left to be swept."""
        self.connection.close()


def _specs(plan: Plan) -> dict[str, DatasetSpec]:
    """The datasets that files can be of; those that are not declared have the files' columns."""
    apart = ("iso_3166", "rejected_row")
    declared = {table.stem: _spec(table) for table in plan.raw if table.stem not in apart}
    return declared | {name: DatasetSpec((), open=True) for name in plan.datasets}


def _spec(table: Table) -> DatasetSpec:
    own = [column for column in table.columns if column.name not in quarantine.PROVENANCE]
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


def _reading_results(inputs: Sequence[dict[str, Any]]) -> list[CheckResult]:
    """What reading the files has proven, as checks like any other."""
    taken = [entry for entry in inputs if entry["status"] != "ignored"]
    refused = sum(entry["status"] == "refused" for entry in taken)
    rows = sum(entry["rows_in_file"] for entry in taken)
    rejected = sum(entry["rows_quarantined"] for entry in taken)
    return [
        _reading_result("file_is_readable", "Every input file can be read", len(taken), refused),
        _reading_result("row_is_readable", "Every row of a file can be read", rows, rejected),
    ]


def _reading_result(name: str, claim: str, tested: int, failed: int) -> CheckResult:
    check = CompiledCheck(name, "raw", "read", (), claim, "", "error", "group", (), "", "")
    return CheckResult(check, tested, failed, 0, verdict(tested, failed, "error"))


def _count_held(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Counts per file the rows that went through and those held, by readers or by checks."""
    held = dict(
        connection.execute(
            "select file, count(distinct row_number) from audit.quarantine"
            " where run_id = ? group by file",
            [night.run_id],
        ).fetchall()
    )
    for entry in night.inputs:
        entry["rows_quarantined"] = held.get(entry["file"], 0)
        entry["rows_loaded"] = entry["rows_in_file"] - entry["rows_quarantined"]
        if entry["status"] == "loaded" and entry["rows_quarantined"]:
            entry["status"] = "loaded_in_part"


def _check_row(result: CheckResult, run_id: str) -> dict[str, Any]:
    check = result.check
    return {
        "run_id": run_id,
        "table_name": check.table,
        "check_name": check.name,
        "kind": check.kind,
        "claim": check.claim,
        "severity": check.severity,
        "scope": check.scope,
        "verdict": result.verdict,
        "tested_count": result.tested_count,
        "failed_count": result.failed_count,
        "unknown_count": result.unknown_count,
        "message": result.message or None,
    }


def _only(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> int:
    row = connection.execute(sql, list(parameters)).fetchone()
    return int(row[0]) if row else 0
