from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.engine.spark import Spark


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark")
    folder: Path = tmp_path_factory.mktemp("spark")
    small = {
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    }
    engine = Spark("local[1]", folder, small)
    yield engine
    engine.stop()
