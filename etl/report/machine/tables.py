"""Findings as tables: `findings` and `finding_figures`, each as CSV and as Parquet.

Columns and types are those of `audit.finding` and `audit.finding_figure`. In the CSV a text that a
spreadsheet would run as a formula has an apostrophe before it, and what a terminal would obey is
replaced; the Parquet has every text as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.disk import put_in_place
from etl.harmless import FORMULA, printable_sql
from etl.validate.compiled import quoted

if TYPE_CHECKING:
    import duckdb

    from etl.night import Night
    from etl.plan import Table
    from etl.settings import Settings

_AT_ONCE = 10_000  # rows handed to the engine


def write(settings: Settings, night: Night, folder: Path) -> None:
    """Writes four files into the folder of the report; none for a night that told nothing."""
    if not night.checks:
        return
    import duckdb

    from etl.plan import prepare

    audit = {table.stem: table for table in prepare(settings.models).audit}
    # what a column holds is declared, and not to be guessed from its first rows
    with closing(duckdb.connect(config={"pandas_analyze_sample": 0})) as connection:
        _write(settings, connection, audit["finding"], iter(night.findings), folder / "findings")
        _write(
            settings,
            connection,
            audit["finding_figure"],
            _figures(night),
            folder / "finding_figures",
        )


def _figures(night: Night) -> Iterator[dict[str, Any]]:
    for finding in night.findings:
        for figure in finding["figures"]:
            yield {"finding_id": finding["finding_id"], **figure}


def _write(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: Iterator[Mapping[str, Any]],
    target: Path,
) -> None:
    import numpy as np  # lists bound as parameters take twice as long

    name = quoted(table.stem)
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
    typed = ", ".join(f"{quoted(column.name)}::{column.type}" for column in table.columns)
    connection.execute(f"create table {name} ({columns})")
    while some := list(islice(rows, _AT_ONCE)):
        batch = {
            column.name: np.array([row.get(column.name) for row in some], dtype=object)
            for column in table.columns
        }
        connection.register("batch", batch)
        connection.execute(f"insert into {name} select {typed} from batch")
    safe = ", ".join(
        _safe(quoted(column.name)) if column.type == "VARCHAR" else quoted(column.name)
        for column in table.columns
    )
    for suffix, query, options in (
        ("csv", f"select {safe} from {name}", "format csv, header"),
        ("parquet", f"from {name}", "format parquet"),
    ):
        beside = settings.warehouse / f".building-{target.name}.{suffix}"
        connection.execute(f"copy ({query}) to ? ({options})", [str(beside)])
        put_in_place(beside, target.with_suffix(f".{suffix}"))


def _safe(column: str) -> str:
    shown = printable_sql(column)
    return (
        f"case when regexp_matches({column}, '{FORMULA}') then '''' || {shown}"
        f" else {shown} end as {column}"
    )
