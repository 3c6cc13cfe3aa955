"""Spark: builds the models where one machine is not enough.

Everything goes through a folder that both engines see: raw tables come in as Parquet, every model
goes out as Parquet. `spark_sql` writes the SQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import EtlError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NO_JAVA = (
    "Spark needs Java 17 or newer, and none starts: install it (on Debian openjdk-17-jre-headless),"
    " or let JAVA_HOME lead to it"
)
_STARTS = 3  # of a cluster in one process, one start in six was seen to fail
# A night is many queries, each planned and compiled once: Java's compiler pays only for what is
# truly hot. Five large tables of a million figures took 95 processor seconds without, 73 with it.
_JAVA = "-XX:+UseParallelGC -XX:CompileThresholdScaling=10"
_CONFIG = {
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.executor.extraJavaOptions": _JAVA,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Two large tables are joined by hashing where the parts of one are small: no sorting of both.
    "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "64MB",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
# The engine's names for the types that schemas declare.
_TYPES = {
    "VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "DOUBLE": "double",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
}  # fmt: skip


class NotAvailable(EtlError):
    """Spark is asked for and cannot be had; the message says what is missing."""


class Refused(Exception):
    """Spark does not accept a query, or a value in it; the message is its first line."""


class Spark:
    """A session, and the folder that its tables lie in."""

    def __init__(self, master: str, folder: Path, options: Mapping[str, str] | None = None) -> None:
        self._session = _started(master, options or {})
        self._folder = folder
        self._folders: dict[str, Path] = {}

    def take(self, name: str, folder: Path) -> None:
        """Reads a table that the other engine has written; `raw.<dataset>` or a model's name."""
        from etl.engine.spark_sql import bare_name

        self._view(bare_name(name), self._session.read.parquet(str(folder)))
        self._folders[name] = folder

    def build(self, stem: str, sql: str, columns: Mapping[str, str]) -> Path:
        """Builds one model as a folder of Parquet files.

        Args:
            stem: the table's name.
            sql: its select, in DuckDB's dialect.
            columns: the types that its schema declares.
        """
        folder = self._folder / stem
        found = self._query(sql)
        typed = [
            found[name].cast(_TYPES[columns[name]]) if name in columns else found[name]
            for name in found.columns
        ]
        built = found.select(*typed)
        with _refusals():
            built.write.parquet(str(folder))
        # Without its schema, Spark would start a job to look for it in the files.
        self._view(stem, self._session.read.schema(built.schema).parquet(str(folder)))
        self._folders[stem] = folder
        return folder

    def view(self, stem: str, sql: str) -> None:
        """Declares one source of a union."""
        self._view(stem, self._query(sql))

    def try_format(self, form: str) -> None:
        """Saves an empty table, so that a night does not end at a format that is not there.

        Raises:
            NotAvailable: the session does not know it.
        """
        from py4j.protocol import Py4JJavaError

        self._view("trial", self._session.range(0))
        try:
            self.save("trial", self._folder / "trial", form)
        except (Refused, Py4JJavaError) as error:
            said = error.java_exception.getMessage() if isinstance(error, Py4JJavaError) else error
            raise NotAvailable(
                f"Spark cannot write tables as {form}: {said} Are its jars named, with"
                " --spark-conf spark.jars=… or spark.jars.packages=…?"
            ) from error

    def save(self, stem: str, folder: Path, form: str) -> None:
        """Puts a table where others read it, in a format that the session knows."""
        if form == "parquet" and stem in self._folders:  # as it lies there already
            shutil.copytree(self._folders[stem], folder)
            return
        with _refusals():
            self._session.table(stem).write.format(form).save(str(folder))

    def stop(self) -> None:
        """Ends the session."""
        self._session.stop()

    def _view(self, name: str, rows: DataFrame) -> None:
        rows.createOrReplaceTempView(f"`{name}`")

    def _query(self, sql: str) -> DataFrame:
        from etl.engine.spark_sql import to_spark  # sqlglot is slow to import

        with _refusals():
            return self._session.sql(to_spark(sql))


@contextmanager
def _refusals() -> Iterator[None]:
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise Refused(str(error).strip().partition("\n")[0]) from error


def _started(master: str, options: Mapping[str, str]) -> SparkSession:
    """A new session.

    Raises:
        NotAvailable: pyspark or Java is not installed, or the master does not answer.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NotAvailable("Spark is not installed: pip install '.[spark]', and Java 17") from error
    builder = SparkSession.builder.master(master).appName("reported figures")
    config = {**_CONFIG, **(_LOCAL if master.startswith("local") else {}), **options}
    for name, value in config.items():
        builder = builder.config(name, value)
    for start in range(_STARTS):
        try:
            session = builder.getOrCreate()
        except (PySparkException, OSError, RuntimeError) as error:
            if "JAVA_GATEWAY_EXITED" in str(error):
                raise NotAvailable(_NO_JAVA) from error
            if start == _STARTS - 1:
                raise NotAvailable(f"Spark does not start at {master}: {error}") from error
        else:
            break
    session.sparkContext.setLogLevel("OFF")
    return session
