"""The same warehouse with Spark at work: it builds the models.

All else is as ever, on what Spark leaves behind: every table comes into the warehouse as Spark
wrote it, is checked and loses the rows that are held back there, and Spark reads on without them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from etl.build import Build
from etl.engine import duckdb as engine
from etl.engine.spark import Refused, Spark
from etl.errors import ModelError
from etl.transform import HELD_SUFFIX
from etl.validate.compiled import quoted, quoted_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.night import Night
    from etl.plan import Plan, Table
    from etl.settings import Settings
    from etl.validate.count import CheckResult


class BuildOnSpark(Build):
    """A warehouse under construction whose tables Spark builds.

    Raises:
        NotAvailable: there is no Spark, or it does not know the format of the tables.
    """

    def __init__(self, settings: Settings, plan: Plan, night: Night, file: Path) -> None:
        super().__init__(settings, plan, night, file)
        self._exchange = file.with_suffix(".exchange")
        self._exchange.mkdir()
        self._saved = file.with_suffix(".tables")
        self._spark = Spark(settings.master, self._exchange, dict(settings.spark_conf))
        self._spark.try_format(settings.table_format)
        self._known_rows: dict[str, int] = {}

    def _shut(self) -> None:
        """Shuts the doors but for the folder where both engines meet, and hands over what is in."""
        engine.seal(self.connection, self._exchange)
        for dataset in [*(table.stem for table in self._plan.raw), *self._plan.datasets]:
            self._hand_over(f"raw.{dataset}", f"raw.{quoted(dataset)}")

    def _carry(self, table: Table, fingerprint: str) -> None:
        """Nothing: what Spark reads, Spark has made."""

    def _create(self, table: Table) -> None:
        try:
            if not table.is_checked:
                self._spark.view(table.stem, table.select)
                return
            types = {column.name: column.type for column in table.columns}
            folder = self._spark.build(table.stem, table.select, types)
        except Refused as error:
            raise ModelError(Path(table.file or table.name), 1, str(error)) from error
        files = engine.literal(str(folder / "*.parquet"))
        made = f"create table {quoted_table(table.name)} as\nselect * from read_parquet({files})"
        engine.create_table(self.connection, made, list(types))
        self._known_rows[table.stem] = self._rows(table)

    def _set_aside(self, table: Table) -> None:
        super()._set_aside(table)
        self._keep_up(table)

    def _hold(self, table: Table, results: Sequence[CheckResult]) -> None:
        super()._hold(table, results)
        self._keep_up(table)
        held = table.stem + HELD_SUFFIX
        self._hand_over(held, quoted(held))

    def finish(self, runs: Sequence[dict[str, object]]) -> None:
        """Saves the marts as tables of their own and writes the file whole."""
        for table in self._plan.models:
            if table.schema == "marts":
                self._spark.save(table.stem, self._saved / table.stem, self._settings.table_format)
        self._end()
        super().finish(runs)

    def hand_out(self) -> None:
        """Puts the marts where other engines look for them: `tables/<run>`, `tables/latest`."""
        folder = self._settings.warehouse / "tables"
        folder.mkdir(exist_ok=True)
        self._saved.rename(folder / self._night.run_id)
        link = folder / f".latest-{self._night.run_id}"
        link.symlink_to(self._night.run_id)
        link.replace(folder / "latest")
        kept = sorted(run for run in folder.iterdir() if not run.is_symlink())
        for run in kept[: -1 - self._settings.keep_files]:
            shutil.rmtree(run)

    def abandon(self) -> None:
        """Ends both engines; the file is left to be swept."""
        self._end()
        super().abandon()

    def _end(self) -> None:
        self._spark.stop()
        shutil.rmtree(self._exchange)

    def _keep_up(self, table: Table) -> None:
        """Hands over a table that was filled, or has lost rows, since Spark last saw it."""
        rows = self._rows(table)
        if rows != self._known_rows.get(table.stem):
            self._hand_over(table.stem, quoted_table(table.name))
            self._known_rows[table.stem] = rows

    def _rows(self, table: Table) -> int:
        counted = self.connection.execute(f"select count(*) from {quoted_table(table.name)}")
        ((rows,),) = counted.fetchall()
        return int(rows)

    def _hand_over(self, name: str, table: str) -> None:
        folder = self._exchange / str(len(list(self._exchange.iterdir())))
        folder.mkdir()
        file = engine.literal(str(folder / "0.parquet"))
        self.connection.execute(f"copy {table} to {file} (format parquet)")
        self._spark.take(name, folder)
