"""The peer dbt: the selects of `reference.py` as a dbt project with 16 tests, built and run.

Run it with the Python of an environment made from `requirements-dbt.txt`. Files are read by models
too, so that all of the work is dbt's; a project is written afresh beside the database each time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
from reference import MODELS, code_lists  # type: ignore[import-not-found]

FACT, CLAIM = "marts_fct_reported_figure", "marts_fct_claim_check"
# Each table, its column and what dbt is to test of it: 16 tests.
TESTS: list[tuple[str, str, object]] = [
    (FACT, "figure_id", "unique"),
    *((FACT, column, "not_null") for column in ("figure_id", "source_id", "measure", "low_value")),
    (FACT, "source_id", {"relationships": {"to": "ref('marts_dim_source')", "field": "source_id"}}),
    (FACT, "measure", {"relationships": {"to": "ref('marts_dim_measure')", "field": "measure"}}),
    (FACT, "geography", {"relationships": {"to": "ref('marts_dim_geography')", "field": "code"}}),
    (FACT, "breakdown_complete", {"accepted_values": {"values": ["yes", "no", "unknown"]}}),
    ("marts_dim_source", "source_id", "unique"),
    ("marts_dim_source", "publisher", "not_null"),
    ("marts_fct_subtotal_check", "verdict", {"accepted_values": {"values": ["pass"]}}),
    ("marts_fct_source_conflict", "verdict", {"accepted_values": {"values": ["agree"]}}),
    ("marts_fct_period_check", "verdict", {"accepted_values": {"values": ["pass"]}}),
    (CLAIM, "verdict", {"accepted_values": {"values": ["pass"]}}),
    (CLAIM, "claim_id", "unique"),
]


def write_project(project: Path, raw: Path, database: Path) -> None:
    """Writes the project: a model per table, one per raw dataset, and the tests."""
    models = project / "models"
    models.mkdir(parents=True)
    config = {
        "name": "job",
        "version": "1.0",
        "profile": "job",
        "flags": {"send_anonymous_usage_stats": False},
        "models": {"+materialized": "table"},
        "data_tests": {"+severity": "warn", "+store_failures": True, "+limit": 100},
    }
    output = {"type": "duckdb", "path": str(database), "threads": os.cpu_count()}
    profile = {"job": {"target": "job", "outputs": {"job": output}}}
    (project / "dbt_project.yml").write_text(json.dumps(config))  # JSON is YAML
    (project / "profiles.yml").write_text(json.dumps(profile))
    for name, select in {**_raw_models(raw), **code_lists(), **MODELS}.items():
        (models / f"{name.replace('.', '_')}.sql").write_text(_with_references(select))
    by_model: dict[str, dict[str, list[object]]] = {}
    for model, column, test in TESTS:
        by_model.setdefault(model, {}).setdefault(column, []).append(test)
    listed = [
        {"name": model, "columns": [{"name": c, "data_tests": t} for c, t in columns.items()]}
        for model, columns in by_model.items()
    ]
    (models / "schema.yml").write_text(json.dumps({"version": 2, "models": listed}))


def _raw_models(raw: Path) -> dict[str, str]:
    models = {}
    for folder in sorted({path.parent for path in raw.glob("*/*.csv")}):
        files = sorted(folder.glob("*.csv")) if folder.name == "reference" else [folder / "*.csv"]
        for file in files:
            name = f"reference_{file.stem}" if folder.name == "reference" else folder.name
            models[f"raw.{name}"] = (
                "select * exclude (filename), '"
                f"{folder.name}/' || parse_filename(filename) as file,"
                " row_number() over (partition by filename) + 1 as row_number"
                f" from read_csv('{file}', all_varchar = true, header = true, delim = ',',"
                " quote = '\"', escape = '\"', filename = true, null_padding = false,"
                " nullstr = 'no such text')"
            )
    return models


def _with_references(select: str) -> str:
    return re.sub(
        r"\b(from|join) (raw|staging|marts|audit)\.(\w+)( as \w+)?",
        lambda at: f"{at[1]} {{{{ ref('{at[2]}_{at[3]}') }}}}{at[4] or ' as ' + at[3]}",
        select,
    )


def main(raw: Path, database: Path) -> None:
    """Builds and tests the project, then names its tables as the benchmark looks for them."""
    project = database.with_suffix(".dbt")
    write_project(project, raw, database)
    dbt = Path(sys.executable).with_name("dbt")
    command: list[str | Path] = [
        dbt,
        "--quiet",
        "build",
        "--project-dir",
        project,
        "--profiles-dir",
        project,
    ]
    if told := subprocess.run(command, check=False).returncode:
        sys.exit(told)
    with duckdb.connect(str(database)) as connection:
        for name in MODELS:
            schema, _, table = name.partition(".")
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {name} as from main.{schema}_{table}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
