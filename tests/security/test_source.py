from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# Modules that run what they read, and functions that run text.
FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
FORBIDDEN_CALLS = {
    ("", "eval"),
    ("", "exec"),
    ("", "__import__"),
    ("yaml", "load"),
    ("yaml", "unsafe_load"),
    ("yaml", "full_load"),
    ("os", "system"),
    ("pd", "read_pickle"),
    ("np", "load"),
}
PYTHON = sorted((ROOT / "etl").rglob("*.py"))


def dangers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = {alias.name.partition(".")[0] for alias in names}
                yield from found & FORBIDDEN_MODULES
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in FORBIDDEN_MODULES:
                yield module
            case ast.Call(func=ast.Name(id=name)) if ("", name) in FORBIDDEN_CALLS:
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                if (owner, name) in FORBIDDEN_CALLS:
                    yield f"{owner}.{name}"
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                yield "shell=True"


def test_no_module_runs_what_it_reads() -> None:
    found = {
        str(file.relative_to(ROOT)): [*dangers(ast.parse(file.read_text(encoding="utf-8")))]
        for file in PYTHON
    }
    assert len(found) > 50
    assert {file: what for file, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import marshal as m",
        "eval('1')",
        "exec(text)",
        "import yaml; yaml.load(text)",
        "os.system('ls')",
        "subprocess.run(text, shell=True)",
    ],
)
def test_what_would_run_what_it_reads_is_seen(code: str) -> None:
    assert [*dangers(ast.parse(code))]


def test_nothing_secret_is_kept_in_git() -> None:
    try:
        listed = subprocess.run(
            [str(shutil.which("git")), "ls-files"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [Path(name).name for name in listed.stdout.splitlines()]
    assert [n for n in names if n.startswith(".env") or n.endswith((".pem", ".key", ".p12"))] == []
