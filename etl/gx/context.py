"""A file context of Great Expectations with a suite, an asset and a definition per table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

import great_expectations as gx

from etl.gx.suites import NOT_EXPORTED, expectations
from etl.plan import schema_classes

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.file_data_context import FileDataContext

    from etl.plan import Table

PAGES = "uncommitted/data_docs/local_site"
_ALL_ROWS = "all rows"
_MODULE = "reported_figures_expectations"
_CONFIG = f"""\
# Written by `python -m etl.run --data-docs`, anew each time: copy the folder to add to it.
config_version: 4
analytics_enabled: false
plugins_directory: plugins/
stores:
  expectations_store:
    # so that whoever opens the context imports the plugin, whose expectations the suites need
    module_name: {_MODULE}
    class_name: ExpectationsStore
    store_backend:
      class_name: TupleFilesystemStoreBackend
      base_directory: expectations/
  validation_results_store:
    class_name: ValidationResultsStore
    store_backend:
      class_name: TupleFilesystemStoreBackend
      base_directory: uncommitted/validations/
  checkpoint_store:
    class_name: CheckpointStore
    store_backend:
      class_name: TupleFilesystemStoreBackend
      suppress_store_backend_id: true
      base_directory: checkpoints/
  validation_definition_store:
    class_name: ValidationDefinitionStore
    store_backend:
      class_name: TupleFilesystemStoreBackend
      base_directory: validation_definitions/
expectations_store_name: expectations_store
validation_results_store_name: validation_results_store
checkpoint_store_name: checkpoint_store
data_docs_sites:
  local_site:
    class_name: SiteBuilder
    show_how_to_buttons: false
    store_backend:
      class_name: TupleFilesystemStoreBackend
      base_directory: {PAGES}/
    site_index_builder:
      class_name: DefaultSiteIndexBuilder
"""


def create(folder: Path, tables: Sequence[Table]) -> FileDataContext:
    """Writes the context; every table has its suite, to be run on a frame of all its rows."""
    (folder / "plugins").mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("plugin.py"), folder / "plugins" / f"{_MODULE}.py")
    config = f"{_CONFIG}fluent_datasources: {json.dumps(_sources(tables))}\n"
    (folder / "great_expectations.yml").write_text(config, encoding="utf-8")
    context: Any = gx.get_context(mode="file", context_root_dir=folder)
    schemas = schema_classes()
    for table in tables:
        suite = context.suites.add(
            gx.ExpectationSuite(
                name=table.name,
                expectations=expectations(table.checks, schemas[table.stem].to_schema()),
                meta={"about": table.description, "not_exported": _not_exported(table)},
            )
        )
        asset = context.data_sources.get("warehouse").get_asset(table.name)
        whole = asset.get_batch_definition(_ALL_ROWS)
        context.validation_definitions.add(
            gx.ValidationDefinition(name=table.name, data=whole, suite=suite)
        )
    return context  # type: ignore[no-any-return]


def _sources(tables: Sequence[Table]) -> dict[str, Any]:
    """The frames that may be validated; added one by one, each would write the whole file anew."""
    assets = {
        table.name: {
            "type": "dataframe",
            "id": _id(table.name),
            "batch_definitions": {
                _ALL_ROWS: {"id": _id(f"{table.name} {_ALL_ROWS}"), "partitioner": None}
            },
        }
        for table in tables
    }
    return {"warehouse": {"type": "pandas", "id": _id("warehouse"), "assets": assets}}


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_OID, name))


def _not_exported(table: Table) -> dict[str, str]:
    """The checks that no frame can be asked about, and why."""
    return {
        check.name: NOT_EXPORTED[check.kind]
        for check in table.checks.checks
        if check.kind in NOT_EXPORTED
    }
