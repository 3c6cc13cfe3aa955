from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.two_pages import PAGES
from etl.cli import app
from etl.console import Console
from etl.engine.duckdb import literal
from etl.errors import UnknownId
from etl.explain.blocks import Block
from etl.explain.layout import write
from etl.harmless import FORMULA, printable
from etl.night import Night, Status
from etl.settings import Settings
from etl.validate.compiled import quoted

if TYPE_CHECKING:
    from tests.night.conftest import Folder

# What a terminal obeys, what turns the order of letters round, what ends a line where none ends.
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
ATTACKS = (
    "'; drop table marts.fct_reported_figure; --",
    '"; delete from audit.finding; --',
    "*/ ; attach 'x' as y; /*",
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% for x in y %}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\r\nPUBLISHED without findings: run 1",
    "\u202egnp.exe",
    "\u2066a\u2069",
    "[bold red]markup[/]",
    "[/nonsense]",
    "%s %(name)s {0} {name} $1 ? :x",
    "\u2028line\u2029paragraph",
    "\x00",
    "\x7f",
    "\ufeff",
    "../../etc/passwd",
)
PAGE = "<script>alert(1)</script>{{ 7 * 7 }}{% for x in y %}"
hostile = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=30),
    st.builds(str.__add__, st.text(max_size=8), st.sampled_from(ATTACKS)),
)
quick = settings(max_examples=150, deadline=None, derandomize=True)
Told = Callable[[str], str]


def lines_of_a_night(text: str) -> str:
    night = Night("run", datetime.now(UTC))
    night.warnings = [text]
    night.findings = [{"state": "new", "headline": text}]
    night.inputs = [{"status": "refused", "file": text, "message": text}]
    night.checks = [_check(text)]
    night.end(Status.REFUSED, text)
    return printed(lambda: Console().summary(Settings(), night))


def _check(text: str) -> dict[str, Any]:
    counts = {"tested_count": 1, "failed_count": 1, "unknown_count": 0}
    return {"verdict": "fail", "kind": "row", "check_name": text, "table_name": text, **counts}


def line_of_a_stage(text: str) -> str:
    def told() -> None:
        with Console().stage(Night.begin(), text) as said:
            said.append(text)

    return printed(told)


def printed(tell: Callable[[], object]) -> str:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        tell()
    return out.getvalue() + err.getvalue()


def page_of_explain(text: str) -> str:
    stream = io.StringIO()
    write([Block(text, label=text), Block(text, style="title")], stream)
    return stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_of_explain(text: str) -> str:
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR", raising=False)
        write([Block(text, label=text, style="fail")], stream)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


TELLERS: dict[str, Told] = {
    "the summary": lines_of_a_night,
    "a stage": line_of_a_stage,
    "a complaint": lambda text: printed(lambda: Console().complain(text)),
    "an error of ours": lambda text: printable(Console().explain(UnknownId(text, [text]))),
    "another error": lambda text: printed(lambda: Console().explain(ValueError(text))),
    "explain": page_of_explain,
    "explain on a terminal": terminal_of_explain,
}


@pytest.mark.parametrize("teller", TELLERS)
@quick
@given(text=hostile)
def test_no_text_makes_a_terminal_obey(teller: str, text: str) -> None:
    assert not OBEYED.search(TELLERS[teller](text))


@quick
@given(text=hostile)
def test_no_text_makes_a_line_of_its_own(text: str) -> None:
    plain, attacked = lines_of_a_night("plain"), lines_of_a_night(text)
    assert attacked.count("\n") == plain.count("\n")


@pytest.mark.parametrize("teller", ["a complaint", "another error"])
@quick
@given(text=hostile)
def test_no_text_begins_a_line_of_a_complaint(teller: str, text: str) -> None:
    _, *others = TELLERS[teller](text).rstrip("\n").split("\n")
    assert [line for line in others if not line.startswith("  ")] == []


@quick
@given(text=hostile)
def test_a_log_line_is_one_object_of_plain_ascii(text: str) -> None:
    night = Night("run", datetime.now(UTC))
    night.warnings = [text]
    night.end(Status.BROKE, text)
    (line,) = printed(lambda: Console(as_json=True).summary(Settings(), night)).splitlines()
    assert json.loads(line)["message"] == text
    assert line.isascii()
    assert not OBEYED.search(line)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@quick
@given(text=hostile)
def test_a_text_in_sql_stays_a_text(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("\x00", "")  # no text of DuckDB's can hold it; files with it are refused
    name = f"c {text}"
    connection.execute(f"create or replace table t ({quoted(name)} integer)")
    connection.execute(f"comment on column t.{quoted(name)} is {literal(text)}")
    found = connection.execute(
        "select column_name, comment from duckdb_columns() where not internal"
    ).fetchall()
    assert found == [(name, text)]


@pytest.fixture(scope="module")
def attacked(new_folder: Callable[[], Folder], first_night: Folder) -> Folder:
    """A night on every attack as a value, an id, a column, a file name and a title.

    It writes all that a night can, and nobody forbids it to let everybody write there.
    """
    made = new_folder()
    for file in first_night.raw.rglob("*.csv"):
        # the page whose figures do not add up, so that its name stands wherever that is told
        text = file.read_text(encoding="utf-8").replace(f"{PAGES[1]},", f"{PAGE},")
        made.put(str(file.relative_to(first_night.raw)), text)
    rows = made.read("figures/lao.csv")
    texts = [text for text in ATTACKS if "\x00" not in text]
    made.write(
        "figures/lao.csv",
        [
            *({**row, **{f"extra {text}": text for text in texts[:6]}} for row in rows),
            *(rows[-1] | {"figure_id": f"{t}{n}", "value": t} for n, t in enumerate(texts)),
            *(
                rows[-1] | {"figure_id": f"x{t}", "dimension": f"d{n}", "category": t, "note": t}
                for n, t in enumerate(texts)
            ),
        ],
    )
    for text in texts:
        made.put(f"figures/{text.replace('/', '|')}.csv", "a\n1\n")
    made.change("sources/sources.csv", 2, title=texts[3], publisher=texts[0])
    before = os.umask(0)
    try:
        done = made.run("--max-held-share", "1", "--profile", "--data-docs")
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stdout + done.stderr
    (made.raw.parent / "said").write_text(done.stdout + done.stderr, encoding="utf-8", newline="")
    return made


def test_nothing_that_a_night_writes_is_for_everybody_to_write(attacked: Folder) -> None:
    files = [attacked.warehouse, *attacked.warehouse.rglob("*")]
    assert {"report.html", "profile.json", "index.html", "run.prom"} <= {f.name for f in files}
    assert [str(file) for file in files if file.stat().st_mode & 0o002] == []


class Attributes(HTMLParser):
    """The attributes of all tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, _: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found |= {name for name, _ in attributes}


def attributes(page: str) -> set[str]:
    return Attributes(page).found


@pytest.mark.parametrize("name", ["report.html"])
def test_a_page_of_the_report_holds_no_markup_from_data(attacked: Folder, name: str) -> None:
    (run_id,) = attacked.reports()
    page = (attacked.warehouse / "reports" / run_id / name).read_text(encoding="utf-8")
    assert "<img" not in page
    assert "alert(1)</script>" not in page
    assert not [name for name in attributes(page) if name.startswith("on")]
    assert "{{ 7 * 7 }}" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "alert(1)" in html.unescape(page)


def test_a_page_of_the_report_carries_a_strict_policy(attacked: Folder) -> None:
    (run_id,) = attacked.reports()
    page = (attacked.warehouse / "reports" / run_id / "report.html").read_text(encoding="utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', page)
    said = html.unescape(policy)
    assert "default-src 'none'" in said
    assert "script-src" not in said or "unsafe-inline" not in said.partition("script-src")[2]
    assert "http" not in said


def test_what_a_night_says_of_hostile_files_is_fit_for_a_terminal(attacked: Folder) -> None:
    said = (attacked.raw.parent / "said").read_bytes().decode()
    assert "PUBLISHED with findings" in said
    assert not OBEYED.search(said)
    assert not [line for line in said.splitlines() if line.startswith("PUBLISHED without")]


def test_the_report_for_machines_is_json_and_says_what_was_there(attacked: Folder) -> None:
    (run_id,) = attacked.reports()
    report = attacked.warehouse / "reports" / run_id / "report.json"
    told = json.loads(report.read_text(encoding="utf-8"))
    values = {row["raw_text"] for row in told["held"] if row["column_name"] == "value"}
    assert {text for text in ATTACKS if "\x00" not in text and text.strip() == text} <= values


def test_pages_for_great_expectations_hold_no_markup_from_data(attacked: Folder) -> None:
    pages = [*(attacked.warehouse / "gx").rglob("*.html")]
    assert len(pages) > 30
    shown = 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "<img" not in text
        assert not [name for name in attributes(text) if name.startswith("on")]
        assert "Content-Security-Policy" in text
        shown += "{{ 7 * 7 }}" in text
    assert shown


def commanded(folder: Folder, *arguments: str) -> str:
    def command() -> None:
        with pytest.raises(SystemExit):
            app([*arguments, "--warehouse", str(folder.warehouse)])

    return printed(command)


QUERIES = (
    "select * from audit.quarantine",
    "select * from audit.input_file",
    "select * from audit.finding",
    "select * from marts.fct_reported_figure",
    "select * from raw.figures",
)


@pytest.mark.parametrize("sql", QUERIES)
def test_an_answer_is_fit_for_a_terminal_and_runs_nothing_in_a_spreadsheet(
    attacked: Folder, sql: str
) -> None:
    table = commanded(attacked, "query", sql, "--rows", "0")
    assert "alert(1)" in table
    assert not OBEYED.search(table)
    answer = commanded(attacked, "query", sql, "--format", "csv", "--safe")
    header, *rows = csv.reader(io.StringIO(answer, newline=""))
    assert [(len(rows),)] == attacked.rows(f"select count(*) from ({sql})")
    assert {len(row) for row in rows} == {len(header)}
    cells = {cell for row in rows for cell in row if not re.fullmatch(r"-?[0-9.e+-]+", cell)}
    assert not [cell for cell in cells if re.match(FORMULA, cell)]


def test_the_history_is_fit_for_a_terminal(attacked: Folder) -> None:
    said = commanded(attacked, "history")
    assert len(said.splitlines()) == 1
    assert not OBEYED.search(said)


@pytest.mark.parametrize("text", [text for text in ATTACKS if "\x00" not in text])
def test_the_commands_take_hostile_identifiers_and_stay_fit_for_a_terminal(
    attacked: Folder, text: str
) -> None:
    for arguments in (
        ["explain", f"x{text}"],
        ["explain", "--json", f"x{text}"],
        ["explain", text],
    ):
        said = commanded(attacked, *arguments)
        assert said
        assert not OBEYED.search(said)
        assert not [line for line in said.splitlines() if line.startswith("PUBLISHED")]


def test_nothing_of_the_environment_is_told(folder: Folder) -> None:
    secret = "hunter2-0c5e8f"  # noqa: S105 - that is the point
    names = ("AWS_SECRET_ACCESS_KEY", "ETL_NOTIFY", "DATABASE_URL", "GITHUB_TOKEN")
    done = folder.run("--log-json", env=dict.fromkeys(names, f"scheme://user:{secret}@host/"))
    assert secret not in done.stdout + done.stderr
    files = [path for path in folder.warehouse.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
