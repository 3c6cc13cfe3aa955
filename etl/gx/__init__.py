"""For people who use Great Expectations: the schemas as suites, the verdicts as pages.

Written only where asked for (`--data-docs`), since importing Great Expectations takes longer than
a night. What lies in `gx/` of the warehouse folder, made anew each time:

    great_expectations.yml      a file context; analytics are off
    expectations/               a suite per table, as its schema class declares it
    validation_definitions/     each suite with the frame that it is for
    plugins/                    the expectation for rules that Great Expectations has no word for
    uncommitted/validations/    what the night's checks said, over all rows
    uncommitted/data_docs/      the same as pages: offline, without scripts
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from etl.engine.duckdb import read_only

if TYPE_CHECKING:
    from etl.settings import Settings


def write(settings: Settings) -> None:
    """Writes `gx/` for the published warehouse, if there is one: whole, or not at all."""
    if not settings.file.exists():
        return
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # the library asks nowhere else when it starts
    from etl.gx import context, pages, results
    from etl.plan import prepare

    tables = [table for table in prepare(settings.models).models if table.is_checked]
    beside = settings.warehouse / ".building-gx"
    shutil.rmtree(beside, ignore_errors=True)
    opened = context.create(beside / "gx", tables)
    with read_only(settings.file) as connection:
        said = results.add(opened, connection, tables)
    opened.build_data_docs()
    pages.make_safe(beside / "gx" / context.PAGES, said)
    shutil.rmtree(settings.warehouse / "gx", ignore_errors=True)
    (beside / "gx").rename(settings.warehouse / "gx")
    beside.rmdir()
