from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dateutil.parser
import duckdb
import pytest

from etl.settings import ROOT
from tests.gx.conftest import SCRIPT
from tests.night.conftest import Folder

if TYPE_CHECKING:
    from etl.plan import Plan

RUN_SUITES = Path(__file__).with_name("run_suites.py")


def verdicts_of_the_night(folder: Folder) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for table, check, kind, verdict in folder.rows(
        "select table_name, check_name, kind, verdict from audit.check_result"
    ):
        if kind not in ("read", "dtype"):
            said.setdefault(table, {})[check] = verdict
    return said


def verdicts_of_great_expectations(
    folder: Folder, *tables: str
) -> dict[str, dict[str, bool | str]]:
    run = subprocess.run(
        [sys.executable, str(RUN_SUITES), str(folder.warehouse), *tables],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    verdicts: dict[str, dict[str, bool | str]] = json.loads(run.stdout.splitlines()[-1])
    return verdicts


def test_great_expectations_comes_to_every_verdict_by_itself(documented: Folder) -> None:
    asked = ("marts.", "intermediate.int_breakdown_members")
    ours = {
        table: checks
        for table, checks in verdicts_of_the_night(documented).items()
        if table.startswith(asked)
    }
    assert {"pass", "fail", "unknown"} <= {
        verdict for table in ours.values() for verdict in table.values()
    }
    assert verdicts_of_great_expectations(documented, *ours) == {
        table: {check: verdict in ("pass", "unknown") for check, verdict in checks.items()}
        for table, checks in ours.items()
    }


def test_a_frame_that_breaks_a_rule_fails_the_suite(documented: Folder, tmp_path: Path) -> None:
    copied = Folder(documented.raw, tmp_path / "warehouse")
    shutil.copytree(documented.warehouse, copied.warehouse)
    with duckdb.connect(str(copied.file)) as connection:
        connection.execute("update marts.fct_reported_figure set measure = 'Not A Code'")
        connection.execute("update marts.dim_source set publisher = null")
    tables = ("marts.fct_reported_figure", "marts.dim_source")
    said = verdicts_of_great_expectations(copied, *tables)
    failed = {check for table in tables for check, holds in said[table].items() if not holds}
    assert failed == {"measure_is_known", "publisher_is_stated"}


def test_every_check_is_exported_or_named_as_left_out(documented: Folder, plan: Plan) -> None:
    for table in plan.models:
        if not table.is_checked:
            continue
        place = table.name.replace(".", "/")
        file = documented.warehouse / "gx" / "expectations" / f"{place}.json"
        suite = json.loads(file.read_text(encoding="utf-8"))
        exported = {one["meta"]["check_name"] for one in suite["expectations"]}
        left_out = suite["meta"]["not_exported"]
        assert exported | left_out.keys() == {check.name for check in table.checks.checks}
        assert exported.isdisjoint(left_out)
        assert all(left_out.values())


def test_rules_with_a_word_of_their_own_use_it(documented: Folder) -> None:
    text = "".join(
        file.read_text(encoding="utf-8")
        for file in (documented.warehouse / "gx" / "expectations").rglob("*.json")
    )
    for name in (
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_between",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_be_unique",
        "expect_compound_columns_to_be_unique",
        "expect_table_columns_to_match_set",
        "expect_query_to_count_no_failure",
    ):
        assert f'"{name}"' in text, name


def test_the_name_of_a_run_is_not_taken_for_a_time(site: Path) -> None:
    with pytest.raises(ValueError, match="offset must be"):
        assert dateutil.parser.parse("20261123T155647.730Z-7824") != datetime.now(UTC)
    (page,) = (site / "validations" / "marts" / "dim_period").rglob("*.html")
    run_name = page.parts[-3]
    assert run_name.startswith("run_20")
    with pytest.raises(ValueError, match="Unknown string format"):
        dateutil.parser.parse(run_name)


def test_analytics_are_off(documented: Folder) -> None:
    config = documented.warehouse / "gx" / "great_expectations.yml"
    assert "analytics_enabled: false" in config.read_text(encoding="utf-8").splitlines()


def test_a_night_without_change_writes_them_when_asked(documented: Folder, tmp_path: Path) -> None:
    copied = Folder(documented.raw, tmp_path / "warehouse")
    shutil.copytree(documented.warehouse, copied.warehouse)
    shutil.rmtree(copied.warehouse / "gx")
    run = copied.run()
    assert "UNCHANGED" in run.stdout
    assert not (copied.warehouse / "gx").exists()
    assert copied.night(data_docs=True) == 0
    assert (copied.warehouse / "gx" / "great_expectations.yml").exists()
    assert not list(copied.warehouse.glob(".building-*"))


def test_a_night_does_not_import_great_expectations(tmp_path: Path) -> None:
    asked = (
        "import sys; from etl.run import night; from etl.console import Console;"
        "from etl.settings import Settings; from pathlib import Path;"
        f"night(Settings(raw=Path('docs/examples/rule/raw'), warehouse=Path({str(tmp_path)!r})),"
        " Console());"
        "heavy = {'great_expectations', 'apprise', 'openlineage', 'pyspark'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    folder = Folder(ROOT, tmp_path)
    run = folder.python("-c", asked)
    assert run.stdout.splitlines()[-1] == "[]", run.stdout + run.stderr


@pytest.mark.parametrize("section", ["validations", "expectations"])
def test_pages_hold_no_script_and_nothing_from_elsewhere(site: Path, section: str) -> None:
    pages = [*(site / section).rglob("*.html"), site / "index.html"]
    assert len(pages) > 30
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "https://" not in text
        assert "<img" not in text
        assert "Content-Security-Policy" in text


def test_the_index_puts_what_failed_first(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert text.index("intermediate.int_breakdown_members") < text.index("intermediate.int_cells")


def test_the_examples_of_what_failed_are_shown_as_text(site: Path) -> None:
    (page,) = (site / "validations" / "intermediate" / "int_breakdown_members").rglob("*.html")
    text = page.read_text(encoding="utf-8")
    assert SCRIPT not in text
    assert "&lt;script&gt;document.title" in text
