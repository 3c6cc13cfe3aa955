"""Bring surveyed files into schema `raw`, each one wholly or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from etl.extract.bulk import bulk_relation, expected_rows
from etl.extract.declared import DATASET, Declarations
from etl.extract.delimited import Layout, find_layout, read_delimited
from etl.extract.outcome import (
    DEFAULT_LIMITS,
    Batch,
    DatasetSpec,
    FileOutcome,
    InputFile,
    Limits,
    Refused,
)
from etl.extract.parquet import read_parquet
from etl.extract.records import read_json, read_ndjson
from etl.extract.source import Source, open_source
from etl.extract.store import (
    Origin,
    copy_rows,
    create_tables,
    declared_lines,
    insert_batch,
    insert_relation,
    keeps_order,
    place_columns,
)
from etl.extract.tally import Tally, counted, not_taken, unknown_dataset, with_idle_lines
from etl.extract.workbook import read_workbook

_Reader = Callable[[Source, DatasetSpec], Iterator[Batch]]
_READERS: Mapping[str, _Reader] = {
    ".json": read_json,
    ".ndjson": read_ndjson,
    ".jsonl": read_ndjson,
    ".parquet": read_parquet,
}


class _Unproven(Exception):
    """The engine's own reader did not give what was expected."""


@dataclass(frozen=True)
class _Night:
    connection: duckdb.DuckDBPyConnection
    specs: Mapping[str, DatasetSpec]
    loaded_at: datetime
    limits: Limits
    read_before: Callable[[InputFile], FileOutcome | None]
    first_names: dict[tuple[str, str], str]  # of a dataset and hash: the file that was loaded
    declarations: Declarations


@dataclass(frozen=True)
class _Target:
    connection: duckdb.DuckDBPyConnection
    origin: Origin
    spec: DatasetSpec


def load(  # noqa: PLR0913 - the last two have defaults
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[InputFile],
    specs: Mapping[str, DatasetSpec],
    loaded_at: datetime,
    on_file: Callable[[InputFile], None] | None = None,
    *,
    read_before: Callable[[InputFile], FileOutcome | None] = lambda _: None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[FileOutcome, ...]:
    """Make schema `raw` of the connection's current catalog anew and fill it from `files`.

    `reference/files.*` comes first, since it says how others are to be read. Each file is one
    transaction of its own: call it outside of any. Rows are numbered as a spreadsheet numbers
    them; without a header (JSON, Parquet) the first is 1.

    Args:
        connection: To the warehouse, external access still enabled.
        files: What `survey` found.
        specs: The datasets that exist; each gets its table, file or not.
        loaded_at: Time of this night (UTC where naive).
        on_file: Called before each file, to show progress.
        read_before: Gives the outcome of a file whose rows lie unchanged in the attached warehouse
            `yesterday`; they are copied from there, with the time at which they were read.
        limits: What a file may cost.

    Returns:
        One outcome for each file, in order.
    """
    create_tables(connection, specs)
    night = _Night(connection, specs, loaded_at, limits, read_before, {}, Declarations())
    outcomes = _load_files(night, [file for file in files if file.dataset == DATASET], on_file)
    night = replace(night, declarations=Declarations(declared_lines(connection, specs)))
    idle = night.declarations.idle(file.name for file in files)
    outcomes = {name: with_idle_lines(outcome, idle) for name, outcome in outcomes.items()}
    outcomes |= _load_files(night, [file for file in files if file.dataset != DATASET], on_file)
    return tuple(outcomes[file.name] for file in files)


def _load_files(
    night: _Night, files: Sequence[InputFile], on_file: Callable[[InputFile], None] | None
) -> dict[str, FileOutcome]:
    outcomes = {}
    for file in files:
        if on_file:
            on_file(file)
        outcomes[file.name] = _load_file(night, file)
    return outcomes


def _load_file(night: _Night, file: InputFile) -> FileOutcome:
    if file.dataset not in night.specs:
        return not_taken(file, None, "ignored", unknown_dataset(file, night.specs))
    if file.refusal:
        return not_taken(file, None, "refused", file.refusal)
    known = night.read_before(file)
    if known and _copy(night, known):
        return known
    try:
        with open_source(file, night.limits, night.declarations.of(file.name)) as source:
            return _load_source(night, source, file.dataset)
    except Refused as refusal:
        return not_taken(file, None, "refused", str(refusal))
    except OSError as error:
        return not_taken(file, None, "refused", f"cannot be read: {error.strerror or error}")


def _copy(night: _Night, known: FileOutcome) -> bool:
    dataset, sha256 = str(known.dataset), str(known.sha256)
    if (dataset, sha256) in night.first_names:
        return False
    night.connection.begin()
    try:
        copied = copy_rows(night.connection, dataset, known.file)
    except duckdb.Error:  # yesterday is damaged; the file is not
        night.connection.rollback()
        return False
    if copied != (known.rows_loaded, known.rows_rejected):
        night.connection.rollback()
        return False
    night.connection.commit()
    night.first_names[dataset, sha256] = known.file
    return True


def _load_source(night: _Night, source: Source, dataset: str) -> FileOutcome:
    file, sha256 = source.file, source.sha256
    first = night.first_names.get((dataset, sha256))
    if first is not None:
        twice = f"has the same bytes as `{first}`, which is loaded; delete one of them"
        return not_taken(file, sha256, "ignored", twice)
    origin = Origin(dataset, file.name, sha256, night.loaded_at)
    try:
        tally = _read(source, _Target(night.connection, origin, night.specs[dataset]))
    except Refused as refusal:
        return not_taken(file, sha256, "refused", str(refusal))
    night.first_names[dataset, sha256] = file.name
    return counted(file, sha256, tally)


def _read(source: Source, target: _Target) -> Tally:
    if source.suffix not in (".csv", ".tsv"):
        reader = _READERS.get(source.suffix, read_workbook)
        return _read_carefully(source, target, reader(source, target.spec))
    layout = find_layout(source, target.spec)
    rows = expected_rows(source, layout)
    if rows and keeps_order(target.connection):
        try:
            return _read_in_bulk(source, target, layout, rows)
        except _Unproven:
            pass
    return _read_carefully(source, target, read_delimited(source, layout))


def _read_carefully(source: Source, target: _Target, batches: Iterator[Batch]) -> Tally:
    tally = Tally(target.spec.open)
    with _whole_or_nothing(target.connection, source):
        for batch in batches:
            placement = place_columns(
                target.connection, target.origin.dataset, target.spec, batch.header
            )
            tally.loaded += insert_batch(target.connection, target.origin, placement, batch)
            tally.rejected += len(batch.rejected)
            tally.in_file += batch.records
            tally.unknown |= dict.fromkeys(placement.unknown)
            tally.remarks |= dict.fromkeys(batch.remarks)
        tally.check(target.origin.file)
    return tally


def _read_in_bulk(source: Source, target: _Target, layout: Layout, rows: int) -> Tally:
    relation, parameters = bulk_relation(source, layout)
    connection, origin = target.connection, target.origin
    with _whole_or_nothing(connection, source):
        placement = place_columns(connection, origin.dataset, target.spec, layout.header)
        try:
            loaded = insert_relation(connection, origin, placement, relation, parameters)
        except duckdb.Error as error:
            raise _Unproven from error
        if loaded != rows:
            raise _Unproven
    return Tally(target.spec.open, rows, loaded, unknown=dict.fromkeys(placement.unknown))


@contextmanager
def _whole_or_nothing(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[None]:
    connection.begin()
    try:
        yield
        source.check_unchanged()
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
