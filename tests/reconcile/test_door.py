import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from etl.cli import app

FILE = Path(__file__).with_name("cases.json")


def test_all_published_cases_agree() -> None:
    found = CliRunner().invoke(app, ["reconcile-cases", str(FILE), "--check"])
    assert (found.exit_code, found.output) == (0, "31 of 31 cases agree\n")


@pytest.mark.parametrize("flags", [[], ["--check"]])
def test_answers_are_written_in_the_shape_of_the_cases(tmp_path: Path, flags: list[str]) -> None:
    out = tmp_path / "answers.json"
    found = CliRunner().invoke(app, ["reconcile-cases", str(FILE), "--out", str(out), *flags])
    content = json.loads(out.read_text(encoding="utf-8"))
    asked = json.loads(FILE.read_text(encoding="utf-8"))
    assert found.exit_code == 0
    assert content["format"] == asked["format"]
    assert [one["id"] for one in content["cases"]] == [one["id"] for one in asked["cases"]]


def test_a_case_that_differs_is_named_and_the_exit_code_is_1(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    case = {"id": "no", "task": "granularity", "mean": 5.27, "decimals": 2, "n": 43}
    case["expected"] = {"consistent": True}
    file.write_text(json.dumps({"format": "cases/1", "cases": [case]}))
    found = CliRunner().invoke(app, ["reconcile-cases", str(file), "--check"])
    assert found.exit_code == 1
    assert "no: expected {'consistent': True}, found {'consistent': False" in found.output
    assert found.output.endswith("0 of 1 cases agree\n")
