from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.plan import Plan


@pytest.fixture(scope="module")
def world(plan: Plan) -> Iterator[World]:
    with duckdb.connect() as connection:
        yield World.open(plan, connection)
