from collections.abc import Mapping
from pathlib import Path

import pytest

LAYERS = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts"}


class Models:
    """A folder of models, each in the layer that its prefix says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, models: Mapping[str, str]) -> Path:
        for stem, sql in models.items():
            self.put_file(f"{LAYERS[stem[:3]]}/{stem}.sql", sql)
        return self.folder

    def put_file(self, name: str, sql: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sql if isinstance(sql, bytes) else sql.encode())
        return file


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "sql")
