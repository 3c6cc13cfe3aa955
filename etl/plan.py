"""What a night will do, worked out from `sql/` and `etl/schemas`, kept until one of them changes.

Working it out means parsing every model and importing pandera, about two seconds; the result is
plain data. So it is cached beside the code's own bytecode, under a name made of the contents of
everything that it comes from: a change in any model, schema or in the compiler makes another name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from etl.errors import SchemaError
from etl.fingerprint import CACHE, CODE, contents_of
from etl.validate.compiled import CompiledTable, qualified

if TYPE_CHECKING:
    import pandera.pandas as pa

    from etl.transform import Model

_IMPORTED_AT = time()
KEPT_PLANS = 5  # folders of models that take turns do not drive each other out


@dataclass(frozen=True)
class Column:
    """A column as its schema class declares it."""

    name: str
    type: str
    description: str
    is_nullable: bool
    is_mandatory: bool
    raw_column: str


@dataclass(frozen=True)
class Table:
    """A table of the warehouse.

    Attributes:
        stem: its name; `schema` is the layer that it lies in.
        description: what one row is; the first line of the schema class.
        columns: as declared, in order.
        statement: the DDL that builds it; empty for raw and audit tables.
        file: the model's file, for messages; empty where there is none.
        parents: stems of the models, and `raw.<dataset>`, that its SQL and its checks look into.
        datasets: raw datasets that its rows come from, by its own SQL or that of its sources.
        holds: the raw table whose rows are held back where a row here fails; empty for none.
        published: SQL for the day that a row (`rows`) was published on, where one of a later day
            replaces it; empty for none.
        reports: whether a row that fails is a finding; else it is a fault of the model.
        is_filled: whether reconciliation fills it, not a model of its own.
        is_late: whether it is made after reconciliation: filled by it, or reading what is.
        checks: the compiled schema; without any check for raw and audit tables, and for a source
            of a union, which is checked as part of the union.
    """

    stem: str
    schema: str
    description: str
    columns: tuple[Column, ...]
    statement: str
    file: str
    parents: tuple[str, ...]
    datasets: tuple[str, ...]
    holds: str
    published: str
    reports: bool
    is_filled: bool
    is_late: bool
    checks: CompiledTable

    @property
    def name(self) -> str:
        """The table's name as SQL has it."""
        return f"{self.schema}.{self.stem}"

    @property
    def select(self) -> str:
        """The query that its rows come from."""
        return self.statement.partition(" as\n")[2]

    @property
    def is_checked(self) -> bool:
        """Whether it is a table with a schema; else raw, audit, or a view that a union reads."""
        return bool(self.checks.checks)


@dataclass(frozen=True)
class Plan:
    """The tables of the warehouse: raw and audit as declared, the models in the order of building.

    Attributes:
        datasets: further raw datasets that models read, whatever columns their files have.
    """

    raw: tuple[Table, ...]
    models: tuple[Table, ...]
    audit: tuple[Table, ...]
    datasets: tuple[str, ...]

    def table(self, stem: str) -> Table:
        """The model's or union's table of that name."""
        return next(table for table in self.models if table.stem == stem)


def prepare(folders: Sequence[Path]) -> Plan:
    """The plan for these folders of models, from the cache where nothing has changed.

    Raises:
        ModelError: a model cannot be run.
        SchemaError: a schema is missing, describes no table, or cannot be enforced.
    """
    cached = CACHE / f"plan-{_key(folders)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _from_json(json.loads(cached.read_text(encoding="utf-8")))
    plan = _work_out(folders)
    # Code that was changed after this process had read it is not what the plan was worked out with.
    with suppress(OSError):
        if all(file.stat().st_mtime < _IMPORTED_AT for file in _code()):
            _keep(cached, json.dumps(asdict(plan)))
    return plan


def _code() -> list[Path]:
    """The program's own part of what a plan comes from."""
    schemas, validate = (sorted((CODE / name).glob("*.py")) for name in ("schemas", "validate"))
    return [*schemas, *validate, CODE / "plan.py", CODE / "transform.py"]


def _key(folders: Sequence[Path]) -> str:
    sources = [file for folder in folders for file in sorted(folder.glob("*/*.sql"))] + _code()
    versions = [version(package) for package in ("duckdb", "pandera", "sqlglot")]
    parts = [contents_of(sources), *versions, *map(str, folders)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _keep(file: Path, text: str) -> None:
    CACHE.mkdir(exist_ok=True)
    by_age = sorted(CACHE.glob("plan-*.json"), key=lambda plan: plan.stat().st_mtime)
    for old in by_age[:-KEPT_PLANS]:
        old.unlink(missing_ok=True)
    beside = file.with_suffix(".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _from_json(data: Mapping[str, Any]) -> Plan:
    def tables(name: str) -> tuple[Table, ...]:
        return tuple(_table_from_json(table) for table in data[name])

    return Plan(tables("raw"), tables("models"), tables("audit"), tuple(data["datasets"]))


def _table_from_json(data: Mapping[str, Any]) -> Table:
    return Table(
        **{
            **data,
            "columns": tuple(Column(**column) for column in data["columns"]),
            "parents": tuple(data["parents"]),
            "datasets": tuple(data["datasets"]),
            "checks": CompiledTable.from_dict(data["checks"]),
        }
    )


def _work_out(folders: Sequence[Path]) -> Plan:
    from etl import transform

    models = {model.stem: model for model in transform.read_models(folders)}
    schemas = schema_classes()
    raw = tuple(_described(schemas.pop(name), "raw") for name in sorted(schemas) if "raw." in name)
    audit = tuple(
        _described(schemas.pop(name), "audit") for name in sorted(schemas) if "audit." in name
    )
    filled = {stem for stem, schema in schemas.items() if _metadata(schema).get("filled")}
    _match(models, schemas, filled)
    needs = {stem: set(_looked_into(schema.to_schema())) for stem, schema in schemas.items()}
    order = transform.in_order(models.values(), needs, filled)
    late = transform.descendants(models.values(), filled)
    declared = {table.stem for table in raw}
    read = {name for model in models.values() for name in model.raw_datasets}
    return Plan(
        raw=raw,
        models=tuple(
            replace(_planned(name, models, schemas), is_late=name in late) for name in order
        ),
        audit=audit,
        datasets=tuple(sorted(read - declared)),
    )


def schema_classes() -> dict[str, type[pa.DataFrameModel]]:
    """The schema classes themselves, as `_schemas` names them; imports pandera."""
    return dict(_schemas())


def _schemas() -> Iterator[tuple[str, type[pa.DataFrameModel]]]:
    """Every schema class, by `raw.<dataset>`, `audit.<name>` or the stem of its model."""
    import importlib

    import pandera.pandas as pa

    for file in sorted((CODE / "schemas").glob("[!_]*.py")):
        module = importlib.import_module(f"etl.schemas.{file.stem}")
        for found in vars(module).values():
            if not (isinstance(found, type) and issubclass(found, pa.DataFrameModel)):
                continue
            name = vars(found.Config).get("name") if "Config" in vars(found) else None
            is_table = found.__module__ == module.__name__ and not found.__name__.startswith("_")
            if is_table and name:
                yield (f"{file.stem}.{name}" if file.stem in ("raw", "audit") else name), found


def _match(
    models: Mapping[str, Model], schemas: Mapping[str, type[pa.DataFrameModel]], filled: set[str]
) -> None:
    """Every table has a schema, every schema a table, as has every reference.

    Raises:
        SchemaError: one of them is alone.
    """
    built = {model.union or model.stem for model in models.values()} | filled
    for stem in sorted(built - schemas.keys()):
        raise SchemaError(stem, f"there is none; declare it in etl/schemas/{stem}.py")
    for stem in sorted(schemas.keys() - built):
        raise SchemaError(stem, f"it describes no table; there is no model sql/*/{stem}.sql")
    for stem, schema in schemas.items():
        for parent in sorted(set(_looked_into(schema.to_schema())) - built):
            raise SchemaError(stem, f"it refers to `{parent}`, which is no table")


def _looked_into(schema: pa.DataFrameSchema) -> Iterator[str]:
    """Models that the checks of a schema read beside its own table."""
    for column in schema.columns.values():
        if target := (column.metadata or {}).get("references"):
            yield target.rpartition(".")[0]


def _planned(
    stem: str, models: Mapping[str, Model], schemas: Mapping[str, type[pa.DataFrameModel]]
) -> Table:
    from etl import audit, transform
    from etl.validate.compile import compile_schema

    model = models.get(stem)
    if model and model.union:
        return Table(
            stem=stem,
            schema=model.layer,
            description="",
            columns=(),
            statement=transform.create_statement(model),
            file=str(model.file),
            parents=model.parents,
            datasets=(),
            holds="",
            published="",
            reports=False,
            is_filled=False,
            is_late=False,
            checks=_unchecked(stem),
        )
    described = _described(schemas[stem], qualified(stem).partition(".")[0])
    parents = set(_looked_into(schemas[stem].to_schema())) - {stem}
    if described.is_filled:
        sources = []
        statement = audit.create_statement(described)
    elif model is None:
        sources = [source for source in models.values() if source.union == stem]
        names = [source.stem for source in sources]
        columns = [column.name for column in described.columns]
        statement = transform.union_statement(described.name, names, columns)
        parents |= set(names)
    else:
        sources = [model]
        parents |= set(model.parents)
        statement = transform.create_statement(model)
    return Table(
        **{
            **vars(described),
            "statement": statement,
            "file": str(model.file) if model else "",
            "parents": tuple(sorted(parents)),
            "datasets": tuple(sorted({name for m in sources for name in m.raw_datasets})),
            "checks": compile_schema(schemas[stem].to_schema(), stem),
        }
    )


def _unchecked(stem: str) -> CompiledTable:
    return CompiledTable(stem, (), ())


def _metadata(schema: type[pa.DataFrameModel]) -> dict[str, Any]:
    return vars(schema.Config).get("metadata") or {}


def _described(schema: type[pa.DataFrameModel], layer: str) -> Table:
    from etl.validate.dtypes import value_type

    built = schema.to_schema()
    own = vars(schema.Config)
    columns = tuple(
        Column(
            name=name,
            type=value_type(column.dtype).accepted[0],
            description=column.description or "",
            is_nullable=bool(column.nullable),
            is_mandatory=bool(column.required),
            raw_column=(column.metadata or {}).get("raw", name),
        )
        for name, column in built.columns.items()
    )
    return Table(
        stem=own["name"],
        schema=layer,
        description=(schema.__doc__ or "").strip().splitlines()[0],
        columns=columns,
        statement="",
        file="",
        parents=(),
        datasets=(),
        holds=_metadata(schema).get("holds", ""),
        published=_metadata(schema).get("published", ""),
        reports=_metadata(schema).get("reports", False),
        is_filled=_metadata(schema).get("filled", False),
        is_late=False,
        checks=_unchecked(own["name"]),
    )
