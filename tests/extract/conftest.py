from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.extract import DatasetSpec, FileOutcome, Limits, survey
from etl.extract.load import load

LOADED_AT = datetime(2026, 11, 23, 2, 0)  # noqa: DTZ001 - a TIMESTAMP has no zone


@dataclass
class Night:
    raw: Path
    connection: duckdb.DuckDBPyConnection
    specs: dict[str, DatasetSpec] = field(default_factory=dict)

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, **limits: int) -> dict[str, FileOutcome]:
        outcomes = load(
            self.connection, survey(self.raw), self.specs, LOADED_AT, limits=Limits(**limits)
        )
        for outcome in outcomes:
            assert outcome.rows_in_file == outcome.rows_loaded + outcome.rows_rejected
            stored = "select count(*) from raw.rejected_row where file = ?"
            assert self.rows(stored, outcome.file) == [(outcome.rows_rejected,)]
        return {outcome.file: outcome for outcome in outcomes}

    def load_one(self, name: str, content: bytes | str, **limits: int) -> FileOutcome:
        self.put(name, content)
        return self.load(**limits)[name]

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, list(parameters)).fetchall()

    def figures(self) -> list[tuple[Any, ...]]:
        return self.rows("select id, value, row_number from raw.figures order by file, row_number")

    def rejected(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "select row_number, column_name, raw_text, reason, row_text from raw.rejected_row"
        )


@pytest.fixture
def night(tmp_path: Path) -> Night:
    raw = tmp_path / "raw"
    raw.mkdir()
    specs = {
        "figures": DatasetSpec(("id", "value"), ("note",)),
        "anything": DatasetSpec((), open=True),
    }
    return Night(raw, duckdb.connect(), specs)
