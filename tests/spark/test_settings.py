from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.dataset
import pytest

from etl.settings import ROOT

if TYPE_CHECKING:
    from etl.engine.spark import Spark

NIGHT = ("-m", "etl.run", "--engine", "spark", "--master", "local[1]")
# As on a machine where the extra was not installed.
UNINSTALLED = "import sys; sys.modules['pyspark.errors'] = None; from etl.run import main; main()"
BROKE = 2


def spark_night(
    tmp_path: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments, "--warehouse", str(tmp_path / "wh")],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_night_without_pyspark_says_what_to_install(tmp_path: Path) -> None:
    done = spark_night(tmp_path, "-c", UNINSTALLED, *NIGHT[2:])
    assert done.returncode == BROKE
    assert "BROKE: Spark is not installed: pip install '.[spark]', and Java 17" in done.stdout


def test_a_night_without_java_says_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark")
    done = spark_night(tmp_path, *NIGHT, JAVA_HOME=str(tmp_path))
    assert done.returncode == BROKE
    assert "BROKE: Spark needs Java 17 or newer, and none starts: install it" in done.stdout


@pytest.mark.parametrize("name", ["delta", "iceberg"])
def test_a_table_format_without_its_jars_breaks_the_night_at_its_start(
    tmp_path: Path, name: str
) -> None:
    pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark")
    done = spark_night(tmp_path, *NIGHT, "--table-format", name)
    assert done.returncode == BROKE
    assert f"BROKE: Spark cannot write tables as {name}: " in done.stdout
    assert "Are its jars named" in done.stdout
    assert "load" not in done.stdout


@pytest.mark.parametrize("name", ["parquet", "orc"])
def test_a_table_is_saved_in_the_format_asked_for(spark: Spark, tmp_path: Path, name: str) -> None:
    spark.build(f"saved_as_{name}", "select 1 as x union all select 2 as x", {"x": "BIGINT"})
    spark.save(f"saved_as_{name}", tmp_path / "saved", name)
    files = sorted((tmp_path / "saved").glob(f"*.{name}"))
    rows = pyarrow.dataset.dataset(files, format=name).to_table().to_pylist()
    assert sorted(row["x"] for row in rows) == [1, 2]
