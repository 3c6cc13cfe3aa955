"""`python -m etl query`: one question to the published warehouse, answered and nothing else.

The warehouse is attached read-only to an engine that has no way to files, network, extensions or
settings. The answer is computed whole before the first line of it is printed: an error in the last
row leaves no half of an answer behind.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import duckdb

from etl.engine import duckdb as engine
from etl.errors import QueryError, WarehouseError
from etl.harmless import FORMULA, printable

if TYPE_CHECKING:
    from etl.settings import Settings

# Where a name without its schema is looked for, in this order.
SEARCHED = ("marts", "audit")
_WIDEST = 1_000_000  # of a table that nobody reads on a terminal
_AT_ONCE = 10_000  # rows taken from the engine


@contextmanager
def answered(settings: Settings, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Computes the answer into the table `answer` of the connection that it gives.

    Raises:
        WarehouseError: there is no warehouse, or it cannot be read.
        QueryError: the engine refuses the query, or it is more than one, or more than a question.
    """
    if not settings.file.exists():
        raise WarehouseError(settings.file, "there is no warehouse yet; run `python -m etl.run`")
    with (
        tempfile.TemporaryDirectory() as temp,
        engine.connect(
            memory_limit=settings.memory_limit, threads=settings.threads, temp=Path(temp)
        ) as connection,
    ):
        engine.attach(connection, settings.file, "warehouse", "read_only")
        connection.execute("use warehouse")
        searched = ",".join(f"warehouse.{schema}" for schema in SEARCHED)
        connection.execute(f"set search_path = '{searched}'")
        engine.seal(connection)
        try:
            connection.execute(f"create temp table answer as\n{_only_question(connection, sql)}")
        except duckdb.Error as error:
            raise QueryError(_in_lines_of_the_question(str(error))) from error
        yield connection


def _only_question(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError(
            "one question at a time: a select, from, with, describe, show or summarize"
        )
    return str(statements[0].query).strip().rstrip(";")


def _in_lines_of_the_question(message: str) -> str:
    """The engine's words; it has been given one line more than the question has."""
    return re.sub(r"(?m)^LINE (\d+):", lambda line: f"LINE {int(line[1]) - 1}:", message)


def show_table(connection: duckdb.DuckDBPyConnection, to: TextIO, most: int) -> None:
    """Prints the answer as a table; of more rows than `most`, the first and the last."""
    answer = connection.table("answer")
    count = engine.rows(connection, "select count(*) as rows_count from answer")[0]["rows_count"]
    shown = most or count
    width = shutil.get_terminal_size().columns if to.isatty() else _WIDEST
    text = _rendered(answer, width, max(shown, 1))
    to.write(printable(text).rstrip("\n") + "\n")
    if count > shown:
        to.write("--rows 0 shows every row, --format csv and --format json write them all\n")


def _rendered(answer: duckdb.DuckDBPyRelation, width: int, most: int) -> str:
    """What `show` prints; it knows no other place to print to than the process's own."""
    with redirect_stdout(io.StringIO()) as output:
        answer.show(max_width=width, max_rows=most)
    return output.getvalue()


def write_csv(connection: duckdb.DuckDBPyConnection, to: TextIO, *, safe: bool) -> None:
    """Writes the answer as CSV; to a terminal without what it would obey.

    Args:
        connection: the answer.
        to: where.
        safe: put an apostrophe before a text that a spreadsheet would run as a formula.
    """
    is_text = [kind == "VARCHAR" for kind in map(str, connection.table("answer").types)]
    as_text = connection.execute("select columns(*)::varchar from answer")
    writer = csv.writer(_Printable(to) if to.isatty() else to, lineterminator="\n")
    writer.writerow(connection.table("answer").columns)
    while rows := as_text.fetchmany(_AT_ONCE):
        for row in rows:
            cells = zip(row, is_text, strict=True)
            writer.writerow(_unarmed(cell) if safe and text else cell for cell, text in cells)


def write_json(connection: duckdb.DuckDBPyConnection, to: TextIO) -> None:
    """Writes the answer as a JSON array of objects, one a line; what is no number is null."""
    found = connection.execute("select to_json(answer)::varchar from answer")
    opening = "[\n"
    while rows := found.fetchmany(_AT_ONCE):
        for (text,) in rows:
            # the engine writes NaN and Infinity, which JSON has not
            row = json.loads(text, parse_constant=lambda _: None)
            to.write(opening + json.dumps(row))  # in ASCII, so that no terminal obeys it
            opening = ",\n"
    to.write("[]\n" if opening == "[\n" else "\n]\n")


class _Printable:
    """A terminal that is given nothing to obey."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, text: str) -> int:
        return self._to.write(printable(text))


def _unarmed(cell: str | None) -> str | None:
    return f"'{cell}" if cell and re.match(FORMULA, cell) else cell


def output() -> TextIO:
    """Standard output, in UTF-8 whatever the locale says, where it is a file or a pipe."""
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout
