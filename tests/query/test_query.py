from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from etl.cli import app
from etl.engine.duckdb import SCHEMAS
from etl.settings import ROOT


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        connection.execute("create table marts.fct_a as select unnest(range(100)) as number")
        connection.execute("create table audit.run as select 'run' as run_id")
        connection.execute("create table raw.fct_a as select 'raw' as number")
    return folder


def ask(warehouse: Path, sql: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["query", "--warehouse", str(warehouse), *options, "--", sql])


def test_a_table_is_cut_and_says_so(warehouse: Path) -> None:
    shown = ask(warehouse, "from fct_a", "--rows", "6")
    assert shown.exit_code == 0
    assert "100 rows" in shown.stdout
    assert "(6 shown)" in shown.stdout
    assert shown.stdout.endswith(
        "--rows 0 shows every row, --format csv and --format json write them all\n"
    )


@pytest.mark.parametrize("rows", ["0", "100"])
def test_a_table_is_whole_where_there_is_room(warehouse: Path, rows: str) -> None:
    shown = ask(warehouse, "from fct_a", "--rows", rows).stdout
    assert "│     50 │" in shown
    assert "--rows" not in shown


def test_names_are_those_of_marts_then_of_audit(warehouse: Path) -> None:
    shown = ask(warehouse, "select max(number) as most from fct_a", "--format", "csv")
    assert shown.stdout == "most\n99\n"
    assert ask(warehouse, "from run", "--format", "csv").stdout == "run_id\nrun\n"
    assert ask(warehouse, "from raw.fct_a", "--format", "csv").stdout == "number\nraw\n"


def test_csv_has_every_row_as_the_engine_writes_it(warehouse: Path) -> None:
    columns = "number, number % 2 = 0 as is_even, date '2020-01-31' as day, null as none"
    sql = f"select {columns} from fct_a"
    rows = list(csv.DictReader(io.StringIO(ask(warehouse, sql, "--format", "csv").stdout)))
    assert len(rows) == 100
    assert rows[1] == {"number": "1", "is_even": "false", "day": "2020-01-31", "none": ""}


def test_json_is_json_whatever_the_value(warehouse: Path) -> None:
    sql = "select 'nan'::double as a, 1e20::hugeint as b, [1, 2] as c, 'é\x1b' as d, null as e"
    shown = ask(warehouse, sql, "--format", "json").stdout
    assert json.loads(shown) == [{"a": None, "b": 10**20, "c": [1, 2], "d": "é\x1b", "e": None}]
    assert shown.isascii()
    assert ask(warehouse, "from fct_a where false", "--format", "json").stdout == "[]\n"
    assert len(json.loads(ask(warehouse, "from fct_a", "--format", "json").stdout)) == 100


FORMULAS = ["=1+1", "+1", "-1", "@A1", "\t=1", "\uff1d1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_for_spreadsheets_runs_no_formula(warehouse: Path, text: str) -> None:
    sql = f"select '{text}' as text, -1 as number"
    (row,) = csv.DictReader(io.StringIO(ask(warehouse, sql, "--format", "csv", "--safe").stdout))
    assert row == {"text": f"'{text}", "number": "-1"}
    (row,) = csv.DictReader(io.StringIO(ask(warehouse, sql, "--format", "csv").stdout))
    assert row["text"] == text


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_terminal_is_given_nothing_to_obey(warehouse: Path, form: str) -> None:
    sql = "select chr(27) || '[31m' || chr(155) || '2J' as a, '\u202eabc' as \"\x1b[5mname\""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "etl", "query", sql, "--warehouse", str(warehouse)]
    with subprocess.Popen([*command, "--format", form], cwd=ROOT, stdout=theirs) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not some:
                break
            shown += some
    os.close(ours)
    assert running.returncode == 0
    text = shown.decode()
    assert "abc" in text
    assert not {char for char in text if not char.isprintable()} - {"\r", "\n"}


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("selec 1", "syntax error"),
        ("from fct_b", 'Did you mean "fct_a"'),
        ("select 1; select 2", "one question at a time"),
        ("select 1) as x; drop table fct_a; --", "syntax error"),
        ("", "one question at a time"),
        ("drop table fct_a", "one question at a time"),
        ("insert into fct_a values (1)", "one question at a time"),
        ("create table x as select 1", "one question at a time"),
        ("copy fct_a to '/tmp/stolen.csv'", "one question at a time"),
        ("attach '/tmp/other.duckdb'", "one question at a time"),
        ("set threads = 1", "one question at a time"),
        ("install httpfs", "one question at a time"),
        ("from read_csv('/etc/passwd')", "file system operations are disabled"),
        ("from read_text('/etc/passwd')", "file system operations are disabled"),
        ("from '/etc/passwd'", "does not exist"),
        ("from glob('/*')", "file system operations are disabled"),
        ("from warehouse", "does not exist"),
        ("select error('late') from fct_a where number = 99", "late"),
    ],
)
@pytest.mark.parametrize("form", ["table", "csv"])
def test_whatever_is_no_question_is_refused_in_words(
    warehouse: Path, sql: str, why: str, form: str
) -> None:
    before = (warehouse / "warehouse.duckdb").read_bytes()
    shown = ask(warehouse, sql, "--format", form)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert why in shown.stderr
    assert "Traceback" not in shown.stderr
    assert (warehouse / "warehouse.duckdb").read_bytes() == before


def test_an_error_names_the_line_of_the_question(warehouse: Path) -> None:
    shown = ask(warehouse, "select 1\nfrom fct_b")
    assert "LINE 2: from fct_b" in shown.stderr
    assert "create" not in shown.stderr


def test_without_a_warehouse_it_says_what_to_do(tmp_path: Path) -> None:
    shown = ask(tmp_path, "select 1")
    assert shown.exit_code == 2
    assert "there is no warehouse yet; run `python -m etl.run`" in shown.stderr


def test_the_question_may_come_from_a_pipe_and_the_answer_go_into_one(warehouse: Path) -> None:
    command = [sys.executable, "-m", "etl", "query", "-", "--warehouse", str(warehouse)]
    run = subprocess.run(
        [*command, "--format", "csv"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        input="-- how many?\nselect count(*) as n, chr(233) as letter from fct_a; -- that is it\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stdout == "n,letter\n100,é\n"


@pytest.mark.parametrize("sql", ["describe fct_a", "show tables", "summarize fct_a", "values (1)"])
def test_questions_about_tables_are_questions_too(warehouse: Path, sql: str) -> None:
    assert ask(warehouse, sql).exit_code == 0
