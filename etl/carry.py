"""Yesterday's work that still holds: rows of files and of tables that were made of the same.

Everything that a night makes has a fingerprint, kept beside it in the audit tables: of a file, its
bytes, its format and the code that reads it; of a table, its SQL, its schema with every check, that
code, and the fingerprints of all that it reads. What has the same fingerprint has the same rows, so
they are copied, with what the checks counted. Nothing else of yesterday is trusted: other code, or
a warehouse that cannot be read, and tonight makes it all anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import duckdb

from etl import repeats
from etl.engine.duckdb import create_table, rows
from etl.extract import FileOutcome
from etl.extract.declared import DATASET as DECLARATIONS
from etl.fingerprint import CODE, contents_of, made_of
from etl.transform import HELD_SUFFIX
from etl.validate.compiled import quoted, quoted_table
from etl.validate.count import CheckResult

if TYPE_CHECKING:
    from etl.extract import DatasetSpec
    from etl.plan import Table
    from etl.validate.compiled import CompiledCheck

_MODULES = ("build", "carry", "iso3166", "plan", "quarantine", "repeats", "transform")
_SOLVERS = ("clarabel", "highspy", "numpy", "scipy")
_PACKAGES = ("engine", "extract", "reconcile", "validate")


class Fingerprints:
    """What tonight's files and tables are made of; a table's is known once its parents' are."""

    def __init__(self, specs: Mapping[str, DatasetSpec]) -> None:
        code = [CODE / f"{name}.py" for name in _MODULES]
        code += [file for name in _PACKAGES for file in sorted((CODE / name).glob("*.py"))]
        versions = [version(package) for package in ("duckdb", "pycountry")]
        self._code = made_of(contents_of(code), versions)
        self._specs = specs
        self._declared: tuple[str | None, ...] = ()
        self._of: dict[str, str] = {"raw.iso_3166": self._code}

    def take_declarations(self, contents: Iterable[str | None]) -> None:
        """Notes what is declared of how files are to be read, by the bytes that declare it."""
        self._declared = tuple(contents)

    def of_file(self, name: str, dataset: str | None, sha256: str | None) -> str | None:
        """The fingerprint of a file's rows; None where they may not be carried over."""
        spec = self._specs.get(dataset or "")
        if sha256 is None or spec is None or spec.open or dataset == DECLARATIONS:
            return None  # an open dataset has the columns of all its files
        return made_of(self._code, name, dataset, spec.columns, sha256, self._declared)

    def take_files(self, outcomes: Iterable[FileOutcome]) -> None:
        """Notes what the raw tables consist of."""
        read = [vars(outcome) for outcome in outcomes if outcome.status.startswith("loaded")]
        for dataset, spec in self._specs.items():
            of_dataset = [entry for entry in read if entry["dataset"] == dataset]
            self._of[f"raw.{dataset}"] = made_of(self._code, spec.columns, of_dataset)
        rejected = [entry for entry in read if entry["rows_rejected"]]
        self._of["raw.rejected_row"] = made_of(self._code, rejected)

    def of_answers(self, limits: str) -> str:
        """The fingerprint of all that answers about figures follow from, but the figures."""
        return made_of(self._code, limits, [version(package) for package in _SOLVERS])

    def of_filled(self, table: Table, answers: str) -> str:
        """The fingerprint of a table of such answers, from all that was made before."""
        self._of[table.stem] = made_of(answers, table.name, sorted(self._of.items()))
        return self._of[table.stem]

    def of_table(self, table: Table) -> str:
        """The fingerprint of a table whose parents have been asked for."""
        checks = [vars(check) for check in table.checks.checks]
        parents = {name: self._of[name] for name in table.parents}
        own = (self._code, table.name, table.statement, table.holds, table.columns)
        self._of[table.stem] = made_of(*map(str, own), checks, parents)
        return self._of[table.stem]


class Yesterday:
    """The last published warehouse, attached as `yesterday`, as far as tonight may build on it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        fingerprints: Mapping[str, str],
        checks: Mapping[str, list[dict[str, Any]]],
        files: Mapping[str, FileOutcome],
        repeated: frozenset[str] = frozenset(),
    ) -> None:
        self._connection, self._repeated = connection, repeated
        self._fingerprints, self._checks, self._files = fingerprints, checks, files

    @classmethod
    def nothing(cls, connection: duckdb.DuckDBPyConnection) -> Yesterday:
        """A yesterday of which nothing is carried over."""
        return cls(connection, {}, {}, {})

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, run_id: str) -> Yesterday:
        """What the run wrote down that published the attached warehouse, if it kept that."""
        try:
            return cls._of(connection, run_id)
        except (duckdb.Error, KeyError):  # a version that kept no fingerprints wrote it
            return cls.nothing(connection)

    @classmethod
    def _of(cls, connection: duckdb.DuckDBPyConnection, run_id: str) -> Yesterday:
        kept = "select * from yesterday.audit.{} where run_id = ? order by all"
        models = rows(connection, kept.format("model_run"), [run_id])
        inputs = rows(connection, kept.format("input_file"), [run_id])
        checks: dict[str, list[dict[str, Any]]] = {}
        for row in rows(connection, kept.format("check_result"), [run_id]):
            checks.setdefault(row["table_name"], []).append(row)
        counted = "select file, count(*) from yesterday.raw.rejected_row group by file"
        rejected = dict(connection.execute(counted).fetchall())
        again = (
            "select distinct dataset from yesterday.audit.quarantine"
            " where run_id = ? and list_contains(?::varchar[], check_name)"
        )
        repeated = rows(connection, again, [run_id, list(repeats.CHECKS)])
        return cls(
            connection,
            {row["model"]: row["fingerprint"] for row in models if row["fingerprint"]},
            checks,
            {
                row["fingerprint"]: _outcome(row, rejected.get(row["file"], 0))
                for row in inputs
                if row["fingerprint"] and row["rows_in_file"]
            },
            frozenset(row["dataset"] for row in repeated),
        )

    @property
    def is_known(self) -> bool:
        """Whether there is anything that tonight may build on."""
        return bool(self._fingerprints)

    def file(self, fingerprint: str | None) -> FileOutcome | None:
        """What became of a file of the same fingerprint, if its rows lie here."""
        return self._files.get(fingerprint or "")

    def take_table(self, table: Table, fingerprint: str) -> tuple[CheckResult, ...] | None:
        """Copies a table and what its checks counted; None where tonight has to make it."""
        if self._fingerprints.get(table.name) != fingerprint:
            return None
        known = {row["check_name"]: row for row in self._checks.get(table.checks.table, ())}
        if any(row["verdict"] == "error" for row in known.values()):
            return None
        results = tuple(_result(check, known[check.name]) for check in table.checks.checks)
        is_whole = not (any(r.holds_rows for r in results) or self._repeated & set(table.datasets))
        if table.holds and not is_whole:
            return None  # of what was held or set aside, only the text is kept
        name = quoted_table(table.name)
        try:
            copied = f"create table {name} as\nselect * from yesterday.{name}"
            create_table(self._connection, copied, [column.name for column in table.columns])
        except duckdb.Error:
            return None
        if table.holds:
            held = quoted(table.stem + HELD_SUFFIX)
            self._connection.execute(f"create temp table {held} as from {name} where false")
        return results


def _result(check: CompiledCheck, row: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        check,
        row["tested_count"],
        row["failed_count"],
        row["unknown_count"],
        row["verdict"],
        row["message"] or "",
    )


def _outcome(row: Mapping[str, Any], rejected: int) -> FileOutcome:
    return FileOutcome(
        row["file"],
        row["dataset"],
        row["sha256"],
        row["size_bytes"],
        "loaded_in_part" if rejected else "loaded",
        row["rows_in_file"],
        row["rows_in_file"] - rejected,
        rejected,
        row["message"],
    )
