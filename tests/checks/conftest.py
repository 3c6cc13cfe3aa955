from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pytest

from etl import plan as plans
from etl.validate.count import count, offenders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.plan import Plan, Table
    from etl.validate.compiled import CompiledCheck
    from etl.validate.count import CheckResult
    from tests.conftest import Engine

_DTYPES = {pyarrow.int64(): pd.Int64Dtype(), pyarrow.bool_(): pd.BooleanDtype()}


@dataclass(frozen=True)
class Declared:
    """A check that an author named, as compiled and as its schema class has it."""

    table: Table
    check: CompiledCheck
    schema: type[pa.DataFrameModel]

    def counted(self, engine: Engine) -> CheckResult:
        results = count(engine.connection, self.table.checks)
        return next(result for result in results if result.check == self.check)

    def offenders(self, engine: Engine) -> list[dict[str, Any]]:
        return list(offenders(engine.connection, self.table.checks, self.check, 1000))

    def about(self, engine: Engine) -> list[dict[str, Any]]:
        """What the check is about, in the order of offenders: every row, or every group."""
        if self.check.scope == "row":
            return engine.rows(self.table.name)
        keys = ", ".join(self.check.group_by)
        return engine.rows(f"(select distinct {keys} from {self.table.name})")

    def failed_in_pandas(self, engine: Engine) -> list[dict[str, Any]]:
        """The same, of the rows that the method of the schema class fails."""
        (check,) = [check for check in self.schema.to_schema().checks if check.name == self.name]
        strict = copy(check)
        strict.raise_warning = False
        table = engine.connection.sql(f"select * from {self.table.name}").to_arrow_table()
        frame = table.to_pandas(types_mapper=_DTYPES.get)
        try:
            pa.DataFrameSchema(checks=[strict]).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            failed = sorted(set(errors.failure_cases["index"]))
            return self._told(table.take(failed).to_pylist())
        return []

    def _told(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.check.scope == "row":
            return list(rows)
        keys = [{key: row[key] for key in self.check.group_by} for row in rows]
        return [key for place, key in enumerate(keys) if key not in keys[:place]]

    @property
    def name(self) -> str:
        return self.check.name


@pytest.fixture(scope="session")
def declared(plan: Plan) -> dict[str, Declared]:
    schemas = dict(plans._schemas())
    named = [
        Declared(table, check, schemas[table.stem])
        for table in plan.models
        for check in table.checks.checks
        if check.kind in ("row", "group")
    ]
    found = {one.name: one for one in named}
    assert len(found) == len(named)
    return found
