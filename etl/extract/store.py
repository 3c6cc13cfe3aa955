"""Write rows and rejects into schema `raw`; the only module of `etl.extract` that speaks SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from etl.engine.duckdb import OWN_IDENTIFIERS
from etl.extract.declared import DATASET
from etl.extract.outcome import Batch, DatasetSpec

PROVENANCE = {
    "unknown_columns": "varchar",
    "file": "varchar",
    "row_number": "bigint",
    "file_sha256": "varchar",
    "loaded_at": "timestamp",
}
_REJECTED_COLUMNS = (
    "dataset varchar, file varchar, row_number bigint, column_name varchar, raw_text varchar, "
    "reason varchar, row_text varchar"
)


@dataclass(frozen=True)
class Origin:
    """Where rows come from: what is written beside each of them."""

    dataset: str
    file: str
    sha256: str
    loaded_at: datetime


@dataclass(frozen=True)
class Placement:
    """Where each column of a header goes: positions in the header, by target or unknown name."""

    targets: Mapping[str, int]
    unknown: Mapping[str, int]


def create_tables(connection: duckdb.DuckDBPyConnection, specs: Mapping[str, DatasetSpec]) -> None:
    """Make schema `raw` with one empty table per dataset and `rejected_row`.

    Raises:
        ValueError: A declared column has a name that provenance needs.
    """
    connection.execute("create schema if not exists raw")
    for dataset, spec in specs.items():
        taken = PROVENANCE.keys() & set(spec.columns)
        if taken:
            raise ValueError(f"dataset {dataset} may not declare {', '.join(sorted(taken))}")
        columns = dict.fromkeys(spec.columns, "varchar") | PROVENANCE
        for name in OWN_IDENTIFIERS & columns.keys():
            columns[name] += " using compression zstd"
        declared = ", ".join(f"{_quoted(name)} {kind}" for name, kind in columns.items())
        connection.execute(f"create or replace table {_table(dataset)} ({declared})")
    connection.execute(f"create or replace table raw.rejected_row ({_REJECTED_COLUMNS})")


def place_columns(
    connection: duckdb.DuckDBPyConnection, dataset: str, spec: DatasetSpec, header: Sequence[str]
) -> Placement:
    """Decide where the columns of a header go, widening the table of an open dataset for them."""
    known = {name: name for name in spec.columns}
    if spec.open:
        known = _widened(connection, dataset, header)
    key = str.lower if spec.open else str
    targets = {known[key(n)]: place for place, n in enumerate(header) if key(n) in known}
    unknown = {n: place for place, n in enumerate(header) if key(n) not in known}
    return Placement(targets, unknown)


def insert_batch(
    connection: duckdb.DuckDBPyConnection, origin: Origin, placement: Placement, batch: Batch
) -> int:
    """Insert the good and the rejected rows of a batch; give the number of good ones stored."""
    _insert_rejected(connection, origin, batch)
    if not batch.row_numbers:
        return 0
    names = [f"unnest(?::varchar[]) as c{place}" for place in range(len(batch.header))]
    relation = f"select {', '.join([*names, 'unnest(?::bigint[]) as row_number'])}"
    parameters = [*batch.columns, batch.row_numbers]
    return insert_relation(connection, origin, placement, relation, parameters)


def insert_relation(
    connection: duckdb.DuckDBPyConnection,
    origin: Origin,
    placement: Placement,
    relation: str,
    parameters: Sequence[object],
) -> int:
    """Insert a SELECT of columns c0, c1, … and row_number; give the number of rows stored."""
    names = [*map(_quoted, placement.targets), *PROVENANCE]
    texts = [f"c{place}" for place in placement.targets.values()]
    unknown, unknown_names = _unknown_object(placement)
    sql = (
        f"insert into {_table(origin.dataset)} ({', '.join(names)}) "
        f"select {', '.join([*texts, unknown])}, ?, row_number, ?, ? from ({relation})"
    )
    beside = [*unknown_names, origin.file, origin.sha256, _utc(origin.loaded_at)]
    stored = connection.execute(sql, [*beside, *parameters]).fetchone()
    return int(stored[0]) if stored else 0


def declared_lines(
    connection: duckdb.DuckDBPyConnection, specs: Mapping[str, DatasetSpec]
) -> list[tuple[str, str, str]]:
    """Give what was loaded of `reference/files.*`: path, setting and value of every line."""
    if DATASET not in specs:
        return []
    return connection.execute(
        f"select trim(path), trim(setting), trim(value) from {_table(DATASET)}"
        " where path is not null and setting is not null and value is not null"
    ).fetchall()


def copy_rows(connection: duckdb.DuckDBPyConnection, dataset: str, file: str) -> tuple[int, int]:
    """Copy the rows of a file, and its rejected ones, from the attached warehouse `yesterday`.

    Returns:
        How many of each there were.
    """
    copied = []
    for table, of_file in (
        (_table(dataset), "file = ?"),
        ("raw.rejected_row", "file = ? and dataset = ?"),
    ):
        sql = f"insert into {table} by name from yesterday.{table} where {of_file}"
        parameters = [file, dataset][: of_file.count("?")]
        stored = connection.execute(sql, parameters).fetchone()
        copied.append(int(stored[0]) if stored else 0)
    return copied[0], copied[1]


def keeps_order(connection: duckdb.DuckDBPyConnection) -> bool:
    """Say whether the engine numbers the rows of a file in the file's order."""
    setting = connection.execute("select current_setting('preserve_insertion_order')").fetchone()
    return setting == (True,)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(dataset: str) -> str:
    return f"raw.{_quoted(dataset)}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _unknown_object(placement: Placement) -> tuple[str, list[str]]:
    if not placement.unknown:
        return "null", []
    pairs = ", ".join(f"?::varchar, c{place}" for place in placement.unknown.values())
    # a merge patch leaves out what is null: a column that the record does not have
    merged = f"json_merge_patch('{{}}', json_object({pairs}))::varchar"
    return f"nullif({merged}, '{{}}')", list(placement.unknown)


def _widened(
    connection: duckdb.DuckDBPyConnection, dataset: str, header: Sequence[str]
) -> dict[str, str]:
    described = connection.execute(f"describe {_table(dataset)}").fetchall()
    known = {row[0].lower(): row[0] for row in described if row[0] not in PROVENANCE}
    new = [n for n in header if n and n.lower() not in {*known, *PROVENANCE}]
    if new:
        kept = [_quoted(name) for name in known.values()]
        added = [f"null::varchar as {_quoted(name)}" for name in new]
        columns = ", ".join([*kept, *added, *PROVENANCE])
        table = _table(dataset)
        connection.execute(f"create or replace table {table} as select {columns} from {table}")
    return known | {name.lower(): name for name in new}


def _insert_rejected(connection: duckdb.DuckDBPyConnection, origin: Origin, batch: Batch) -> None:
    if not batch.rejected:
        return
    columns: list[list[object]] = [
        [row.row_number for row in batch.rejected],
        [row.column_name for row in batch.rejected],
        [row.raw_text for row in batch.rejected],
        [row.reason for row in batch.rejected],
        [row.row_text for row in batch.rejected],
    ]
    texts = ", ".join("unnest(?::varchar[])" for _ in columns[1:])
    connection.execute(
        f"insert into raw.rejected_row select ?, ?, unnest(?::bigint[]), {texts}",
        [origin.dataset, origin.file, *columns],
    )
