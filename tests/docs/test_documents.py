"""What the documents name exists: commands, options, settings, columns, links."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import typer

from etl import errors
from etl.cli import app
from etl.extract.store import PROVENANCE
from etl.extract.tally import place
from etl.plan import prepare
from etl.schemas.stg_figures import StgFigures
from etl.settings import Settings
from etl.validate.compile import compile_schema

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide.md"
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
in_each = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(document.relative_to(ROOT)) for document in DOCUMENTS]
)


OTHER_PROGRAMS = re.compile(
    r"^(?:sudo|docker|journalctl|node_exporter|systemctl)\b(?:.*\\\n)*.*", re.MULTILINE
)


def code_of(document: Path) -> str:
    """The code of a document, without the command lines of programs that are not ours."""
    return OTHER_PROGRAMS.sub("", "\n".join(CODE.findall(document.read_text(encoding="utf-8"))))


def options_of_the_night() -> set[str]:
    command = [sys.executable, "-m", "etl.run", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", shown))


def options_of_the_benchmarks() -> set[str]:
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "benchmarks").glob("*.py")]
    return set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', "".join(sources)))


def other_commands() -> dict[str, set[str]]:
    """The commands of `python -m etl`, with the options of each."""
    commands = typer.main.get_group(app).commands
    return {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in commands.items()
    }


@in_each
def test_every_command_and_option_exists(document: Path) -> None:
    code = code_of(document)
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    commands = other_commands()
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= set(targets)
    assert set(re.findall(r"-m etl ([a-z-]+)", code)) <= commands.keys()
    assert set(re.findall(r"-m (etl[\w.]*)", code)) <= {"etl", "etl.run"}
    scripts = re.findall(r"\bbenchmarks[./](?!README)(\w+)", code)
    assert [name for name in scripts if not (ROOT / "benchmarks" / f"{name}.py").exists()] == []
    known = options_of_the_night().union({"--help"}, *commands.values())
    if scripts:
        known |= options_of_the_benchmarks()
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)) <= known


@in_each
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_setting_is_in_the_guide() -> None:
    code = code_of(GUIDE)
    named = set(re.findall(r"\bETL_[A-Z_]+", code))
    only_asked_for = {"models", "force", "dry_run", "notify_test"}
    said_by_github = {"on_github", "step_summary"}
    in_the_environment = vars(Settings()).keys() - only_asked_for - said_by_github
    assert named == {f"ETL_{name.upper()}" for name in in_the_environment}
    assert options_of_the_night() - {"--help"} <= set(re.findall(r"--[a-z][a-z-]*", code))


def test_every_error_is_in_the_tree_of_errors() -> None:
    drawn = re.findall(r"── (\w+) ", errors.__doc__ or "")
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "etl").rglob("*.py"))
    known, told = {"EtlError"}, set[str]()
    while more := set(re.findall(rf"class (\w+)\((?:{'|'.join(known)})\)", sources)) - told:
        known, told = more, told | more
    assert sorted(drawn) == sorted(told)


def columns_in_the_guide() -> dict[str, list[tuple[str, str]]]:
    """Of each folder or file of the input: its columns, and whether they are mandatory."""
    text = GUIDE.read_text(encoding="utf-8")
    sections = re.split(r"^#+ `(\S+)`\n", text, flags=re.MULTILINE)
    return {
        title: re.findall(r"^\| `(\w+)` \| (yes|no) \|", section.split("\n#")[0], re.MULTILINE)
        for title, section in zip(sections[1::2], sections[2::2], strict=True)
    }


def test_the_columns_of_the_input_are_those_of_the_guide() -> None:
    declared = {
        place(table.stem): [
            (column.name, "yes" if column.is_mandatory else "no")
            for column in table.columns
            if column.name not in PROVENANCE
        ]
        for table in prepare(Settings().models).raw
        if table.stem not in ("iso_3166", "rejected_row")
    }
    assert columns_in_the_guide() == declared


def test_the_rule_that_the_guide_adds_can_be_enforced() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    rule = next(block for block in blocks if "@row_check" in block)
    module = vars(sys.modules[StgFigures.__module__]).copy()
    added = f"class Added(StgFigures):\n{textwrap.indent(rule, '    ')}"
    exec(added, module)  # noqa: S102 - a passage of our own guide
    checks = compile_schema(module["Added"].to_schema(), "stg_figures").checks
    assert re.findall(r"def (\w+)", rule)[0] in {check.name for check in checks}
