from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.settings import ROOT

pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark")

# Two executors, each a process of its own, as on a cluster.
MASTER = "local-cluster[2,1,1024]"
# Nights this small are over before Java's second compiler has earned what it costs: without it the
# sample takes 100 processor seconds instead of 147, and 100,000 figures take 155.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=128m"
CONF = {
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
}
OPTIONS = [f"--spark-conf={name}={value}" for name, value in CONF.items()]
ENGINES = {"duckdb": (), "spark": ("--engine=spark", f"--master={MASTER}", *OPTIONS)}
VERDICTS = "table_name, check_name, verdict, tested_count, failed_count, unknown_count, message"
TOLD = {
    "check_result": VERDICTS,
    "finding": "finding_id, severity, headline, message, evidence",
    "finding_figure": "finding_id, figure_id, role",
    "quarantine": "dataset, file, row_number, check_name, column_name, raw_text, reason, row_text",
}


def sample(_: Path) -> Path:
    return ROOT / "data" / "raw"


def generated(folder: Path) -> Path:
    command = [sys.executable, str(ROOT / "benchmarks" / "generate.py"), str(folder / "made")]
    subprocess.run([*command, "--figures", "100000"], check=True, cwd=ROOT)
    return folder / "made" / "raw"


@pytest.mark.parametrize("made", [sample, generated], ids=lambda made: made.__name__)
def test_both_engines_publish_the_same_warehouse(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    raw = made(tmp_path)
    with duckdb.connect() as connection:
        for name, options in ENGINES.items():
            night(raw, tmp_path / name, *options)
            connection.execute(f"attach '{tmp_path / name / 'warehouse.duckdb'}' as {name}")
        compared = tables(connection)
        assert {stem.partition("_")[0] for _, stem in compared} >= {"stg", "int", "dim", "fct"}
        for schema, stem in compared:
            assert_same(connection, f"duckdb.{schema}.{stem}", f"spark.{schema}.{stem}")
        for stem, columns in TOLD.items():
            assert_same(connection, f"duckdb.audit.{stem}", f"spark.audit.{stem}", columns)
        for stem in (stem for schema, stem in compared if schema == "marts"):
            saved = tmp_path / "spark" / "tables" / "latest" / stem / "*.parquet"
            assert_same(connection, f"duckdb.marts.{stem}", f"read_parquet('{saved}')")


def night(raw: Path, warehouse: Path, *options: str) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "etl.run", "--raw", str(raw)]
    done = subprocess.run(
        [*command, "--warehouse", str(warehouse), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    sql = """
        select schema_name, table_name, string_agg(column_name || data_type order by column_index)
        from duckdb_columns()
        where database_name = ? and schema_name in ('staging', 'intermediate', 'marts')
        group by all order by all
    """
    duck, spark = (connection.execute(sql, [name]).fetchall() for name in ENGINES)
    assert spark == duck
    return [(schema, stem) for schema, stem, _ in duck]


def assert_same(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, columns: str = "*"
) -> None:
    for here, there in ((one, other), (other, one)):
        rows = connection.execute(
            f"select {columns} from {here} except all select {columns} from {there}"
        ).fetchmany(3)
        assert rows == [], f"not in {there}"
