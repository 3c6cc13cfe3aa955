from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from types import ModuleType

NO_ANSWER = {"name": "duckdb", "skip_reason": "Dependency not found on PyPI"}
GOOD = {"name": "duckdb", "version": "2.0.0", "vulns": []}
KNOWN = {"id": "PYSEC-1", "fix_versions": ["2.0.1"]}


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("told", "licence", "code", "said"),
    [
        ([GOOD], "MIT", 0, "vulnerabilities asked of pypi.org, 0 objections"),
        ([{**GOOD, "vulns": [KNOWN]}], "MIT", 1, "duckdb 2.0.0: PYSEC-1, mended in 2.0.1"),
        ([GOOD, {**NO_ANSWER, "name": "x"}], "MIT", 1, "x: Dependency not found on PyPI"),
        ([NO_ANSWER], "MIT", 2, "is NOT known: pypi.org could not be asked (Dependency not found"),
        (None, "MIT", 2, "is NOT known: pypi.org could not be asked (no route to host)"),
        ([GOOD], "GPL-3.0-only", 1, "duckdb is under GPL-3.0-only"),
        (None, "GPL-3.0-only", 1, "duckdb is under GPL-3.0-only"),
        ([GOOD], "LGPL-2.1-or-later", 0, "0 objections"),
    ],
)
def test_an_audit_says_what_is_wrong_and_what_it_could_not_ask(  # noqa: PLR0913, PLR0917
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: list[dict[str, Any]] | None,
    licence: str,
    code: int,
    said: str,
) -> None:
    listed = json.dumps([{"Name": "duckdb", "Version": "2.0.0", "License": licence}])
    known = "" if told is None else json.dumps({"dependencies": told})

    def output(module: str, *_: object) -> tuple[str, str]:
        return (listed, "") if module == "piplicenses" else (known, "no route to host")

    monkeypatch.setattr(audit, "_output", output)
    with pytest.raises(SystemExit) as ended:
        audit.main()
    out, err = capsys.readouterr()
    assert ended.value.code == code
    assert f"duckdb                       2.0.0            {licence}" in out
    assert said in out + err
