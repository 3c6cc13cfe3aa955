from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.night.conftest import Folder

# Answers each line that it reads with the number of figures that it sees.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.execute("from marts.fct_reported_figure select count(*)").fetchone()[0])
    sys.stdout.flush()
"""
# Writes into the published file, as a tool does that opens it for writing, until it is killed.
WRITER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table mine as select 42 as answer")
print("written", flush=True)
time.sleep(60)
"""


@contextmanager
def started(folder: Folder, code: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder.file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def figures_seen(reader: subprocess.Popen[str]) -> int:
    assert reader.stdin
    assert reader.stdout
    reader.stdin.write("\n")
    reader.stdin.flush()
    return int(reader.stdout.readline())


def test_a_reader_keeps_what_it_had_and_a_new_one_sees_the_new(yesterday: Folder) -> None:
    with started(yesterday, READER) as early:
        assert figures_seen(early) == 27
        yesterday.write("figures/lao.csv", yesterday.read("figures/lao.csv")[:-1])
        assert yesterday.night() == 0
        assert figures_seen(early) == 27
        with started(yesterday, READER) as late:
            assert figures_seen(late) == 26
            assert figures_seen(early) == 27


def test_the_published_file_stands_alone_and_opens_in_older_drivers(first_night: Folder) -> None:
    assert not list(first_night.warehouse.rglob("*.wal"))
    tags = "select tags['storage_version'] from duckdb_databases() where database_name = ?"
    assert first_night.rows(tags, "warehouse") == [("v1.4.0+",)]


def test_the_published_file_describes_every_table_and_column(first_night: Folder) -> None:
    undescribed = (
        "select table_name from duckdb_tables() where comment is null union all"
        " select concat(table_name, '.', column_name) from duckdb_columns()"
        " where comment is null and not internal"
    )
    assert first_night.rows(undescribed) == []


def test_a_log_left_by_a_tool_does_not_lock_readers_out_of_the_next_warehouse(
    yesterday: Folder,
) -> None:
    # Not by links: the tool writes into the published file itself.
    copied = yesterday.file.with_name("copied")
    copied.write_bytes(yesterday.file.read_bytes())
    copied.replace(yesterday.file)
    with started(yesterday, WRITER) as tool:
        assert tool.stdout
        assert tool.stdout.readline() == "written\n"
        os.kill(tool.pid, signal.SIGKILL)
    log = yesterday.file.with_name("warehouse.duckdb.wal")
    assert log.stat().st_size
    assert yesterday.night() == 0
    assert not log.exists()
    assert len(yesterday.rows("from audit.run")) == 2


def test_a_tool_that_holds_the_warehouse_for_writing_breaks_the_night_and_is_named(
    yesterday: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = yesterday.file.with_name("copied")
    copied.write_bytes(yesterday.file.read_bytes())
    copied.replace(yesterday.file)
    with started(yesterday, WRITER) as tool:
        assert tool.stdout
        assert tool.stdout.readline() == "written\n"
        assert yesterday.night() == 2
        said = capsys.readouterr().out
        assert "another program has it open for writing (python" in said
        assert f", process {tool.pid})" in said
        assert "Close it there, or open it there for reading only, and run again" in said
    assert yesterday.night() == 0
    assert len(yesterday.rows("from audit.run")) == 3
    assert not list(yesterday.warehouse.glob("unreadable-*"))


def test_a_damaged_warehouse_is_set_aside_and_history_begins_anew(folder: Folder) -> None:
    folder.warehouse.mkdir()
    folder.file.write_bytes(b"no database")
    done = folder.run()
    assert done.returncode == 0, done.stderr
    assert str(folder.file) in done.stdout + done.stderr
    (aside,) = folder.warehouse.glob("unreadable-*.duckdb")
    assert aside.read_bytes() == b"no database"
    assert "set aside" in done.stdout + done.stderr
    assert folder.rows("select status from audit.run") == [("published",)]
