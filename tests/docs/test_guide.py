"""What the documents show is what the program gives; `make golden` rewrites it.

Tested are, in README.md, docs/guide.md, docs/cookbook.md and the README of each example:

* a ```sql block and the ```text block right after it: the query's result;
* a ```console block: a command and what it prints, run in order in one new warehouse; a line `…`
  stands for any lines;
* a quotation after `<!-- finding: SOURCE CHECK -->`: what that check found about that source.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from tests.docs.conftest import Example

ROOT = Path(__file__).parents[2]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "guide.md"
COOKBOOK = ROOT / "docs" / "cookbook.md"
EXAMPLE = ROOT / "docs" / "examples" / "unhcr" / "README.md"

QUERY = re.compile(r"```sql\n(?P<asked>.*?)```\n+```text\n(?P<shown>.*?)```", re.DOTALL)
SESSION = re.compile(r"```console\n\$ (?P<asked>.*?)\n(?P<shown>.*?)```", re.DOTALL)
FINDING = re.compile(r"<!-- finding: (?P<asked>\S+ \S+) -->\n(?P<shown>(?:>.*\n)+)")

# What differs from run to run and from machine to machine, and what documents have instead.
VARYING = (
    (re.compile(r" +\d+\.\d\d s\b"), " 0.00 s"),
    (re.compile(r"\d{8}T[\d.]+Z-[0-9a-f]{4}"), "20260101T000000Z-0000"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "2026-01-01 00:00"),
)
HOME = "/home/you/figures"


def in_each(*documents: Path) -> pytest.MarkDecorator:
    names = [str(document.relative_to(ROOT)) for document in documents]
    return pytest.mark.parametrize("document", documents, ids=names)


def renew(document: Path, passage: re.Pattern[str], give: Callable[[str], str]) -> None:
    """Compare the passages of a document with what is given for them, or rewrite them all."""

    def renewed(found: re.Match[str]) -> str:
        start, end = (place - found.start() for place in found.span("shown"))
        given = abridged(give(found["asked"]), found["shown"])
        return f"{found[0][:start]}{given}{found[0][end:]}"

    written = document.read_text(encoding="utf-8")
    expected = passage.sub(renewed, written)
    if os.environ.get("UPDATE_GOLDEN") and alike(written) != alike(expected):
        document.write_text(expected, encoding="utf-8")
    else:
        assert alike(written) == alike(expected)


def alike(text: str) -> str:
    for varying, fixed in VARYING:
        text = varying.sub(fixed, text)
    return text


def abridged(given: str, shown: str) -> str:
    """The given lines, cut as in the document: as many before and after its `…` as there."""
    lines, kept = given.splitlines(), shown.splitlines()
    if "…" in kept:
        place = kept.index("…")
        lines[place : len(lines) - (len(kept) - place - 1)] = ["…"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def printed(connection: duckdb.DuckDBPyConnection) -> Callable[[str], str]:
    def give(query: str) -> str:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            connection.sql(query).show(max_width=100, max_rows=40)
        return output.getvalue().strip("\n")

    return give


def executed(folder: Path) -> Callable[[str], str]:
    """Runs commands as a user would, but in the warehouse of the test."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}

    def give(command: str) -> str:
        words = shlex.split(command)
        if words[:2] == ["make", "run"]:
            options = [word.removeprefix("ARGS=") for word in words[2:]]
            words = ["python", "-m", "etl.run", *shlex.split(" ".join(options))]
        words[0] = {"python": sys.executable}.get(words[0], words[0])
        # another input than the documents' own has a warehouse of its own
        its_own = folder / "other" if "--raw" in words else folder
        done = subprocess.run(
            words,
            cwd=ROOT,
            env={**environment, "ETL_WAREHOUSE": str(its_own)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return at_home(done.stdout, its_own)

    return give


def at_home(output: str, folder: Path) -> str:
    """The output with the paths that a reader might see."""
    return output.replace(str(folder), f"{HOME}/data/warehouse").replace(str(ROOT), HOME)


@in_each(README, GUIDE, COOKBOOK)
def test_golden_queries_give_what_is_printed(
    document: Path, published: duckdb.DuckDBPyConnection
) -> None:
    renew(document, QUERY, printed(published))


def test_golden_queries_of_the_example_give_what_is_printed(
    unhcr: duckdb.DuckDBPyConnection,
) -> None:
    renew(EXAMPLE, QUERY, printed(unhcr))


@in_each(README, GUIDE)
def test_golden_commands_print_what_is_printed(document: Path, tmp_path: Path) -> None:
    renew(document, SESSION, executed(tmp_path))


def test_golden_commands_of_the_cookbook_print_what_is_printed(published_folder: Path) -> None:
    renew(COOKBOOK, SESSION, executed(published_folder))


def test_golden_command_of_the_example_prints_what_is_printed(unhcr_night: Example) -> None:
    def give(command: str) -> str:
        assert command == unhcr_night.command
        return at_home(unhcr_night.printed, unhcr_night.folder)

    renew(EXAMPLE, SESSION, give)


@in_each(README, GUIDE)
def test_golden_findings_say_what_is_quoted(
    document: Path, published: duckdb.DuckDBPyConnection
) -> None:
    def give(asked: str) -> str:
        told = "select message from audit.finding where source_id = ? and check_name = ?"
        rows = published.execute(told, asked.split())
        ((message,),) = rows.fetchall()
        return textwrap.fill(message, 98, initial_indent="> ", subsequent_indent="> ")

    renew(document, FINDING, give)


@in_each(README, GUIDE, COOKBOOK, EXAMPLE)
def test_every_query_is_followed_by_its_result(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert len(QUERY.findall(text)) == text.count("```sql\n") > 0
