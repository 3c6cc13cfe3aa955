"""The models of `sql/`: read, ordered by what they refer to, built one by one.

A model is a file with one `select` in DuckDB's dialect; its stem is the table's name, its folder
the layer. It refers to other models by stem and to raw tables as `raw.<dataset>`. Two conventions:

* `stg_<dataset>__<things>.sql` is one source of `stg_<things>`: all of them together are that
  table, so a dataset in another shape comes in with one file. The same for `int_<rule>__<things>`:
  a rule of a new kind is one file that adds terms to `int_statement_terms`.
* `<stem>__held` are the rows that validation kept out of `<stem>`.
"""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import ModelError

if TYPE_CHECKING:
    from sqlglot import exp

LAYERS = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_")}
HELD_SUFFIX = "__held"
_SOURCE_OF = re.compile(r"(?P<layer>stg|int)_[a-z0-9_]+?__(?P<things>[a-z0-9_]+)")


@dataclass(frozen=True)
class Reference:
    """A table that a model reads: its schema (empty for another model), its name, and where."""

    schema: str
    name: str
    line: int


@dataclass(frozen=True)
class Model:
    """One SQL file, parsed as far as its references."""

    stem: str
    layer: str
    file: Path
    sql: str
    references: tuple[Reference, ...]

    @property
    def union(self) -> str | None:
        """The table that this model is one source of, if it is one."""
        match = _SOURCE_OF.fullmatch(self.stem)
        return f"{match['layer']}_{match['things']}" if match else None

    @property
    def raw_datasets(self) -> frozenset[str]:
        """Datasets of schema `raw` that the model reads."""
        return frozenset(ref.name for ref in self.references if ref.schema == "raw")

    @property
    def parents(self) -> tuple[str, ...]:
        """All that it reads: `raw.<dataset>` and stems, the one of `<stem>__held` among them."""
        names = {
            f"raw.{ref.name}" if ref.schema else ref.name.removesuffix(HELD_SUFFIX)
            for ref in self.references
        }
        return tuple(sorted(names))


def read_models(folders: Sequence[Path]) -> tuple[Model, ...]:
    """Reads every model below the folders.

    Raises:
        ModelError: a file does not parse, is not one select, lies in the wrong layer, or has the
            name of another, or of a union.
    """
    models: dict[str, Model] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/*.sql")):
            model = _read_model(file)
            if model.stem in models:
                raise ModelError(file, 1, f"{models[model.stem].file} is a model of that name too")
            models[model.stem] = model
    for model in models.values():
        if model.union in models:
            whole = models[model.union].file
            raise ModelError(model.file, 1, f"`{model.union}` is a model of its own, in {whole}")
    return tuple(models.values())


def _read_model(file: Path) -> Model:
    stem, layer = file.stem, file.parent.name
    if not stem.startswith(LAYERS.get(layer, ())):
        expected = ", ".join(f"{name}/{'|'.join(starts)}" for name, starts in LAYERS.items())
        raise ModelError(file, 1, f"`{layer}/{stem}` fits no layer; the layers are {expected}")
    try:
        sql = file.read_text(encoding="utf-8").rstrip().removesuffix(";")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ModelError(file, line, "is not UTF-8") from error
    return Model(stem, layer, file, sql, tuple(_references(file, sql)))


def _references(file: Path, sql: str) -> Iterator[Reference]:
    import sqlglot
    from sqlglot import exp

    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except sqlglot.errors.ParseError as error:
        detail = error.errors[0]
        message = f"{detail['description']}, at `{detail['highlight']}`"
        raise ModelError(file, detail["line"] or 1, message) from error
    except sqlglot.errors.TokenError as error:
        place = re.search(r"from (\d+):", str(error.__cause__))
        line = int(place[1]) if place else 1
        raise ModelError(file, line, "a quote or a comment is not closed") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(file, 1, "a model is one select statement")
    seen: set[tuple[str, str]] = set()
    for table in statements[0].find_all(exp.Table):
        key = (table.db, table.name)
        is_step = not table.db and table.name in _steps_in_sight(table)
        if table.name and key not in seen and not is_step:
            seen.add(key)
            yield Reference(table.db, table.name, table.this.meta.get("line", 1))


def _steps_in_sight(place: exp.Expr) -> Iterator[str]:
    """Names of the steps (CTEs) that can be read at a place: those before it, not its own.

    So `with t as (select * from t)` reads a table of that name, unless it is recursive.
    """
    from sqlglot import exp

    inside = place
    while around := inside.parent:
        if isinstance(around, exp.With):
            before = (inside.index or 0) + bool(around.recursive)
            yield from (step.alias for step in around.expressions[:before])
        elif isinstance(around, exp.Query) and not isinstance(inside, exp.With):
            yield from (step.alias for step in around.ctes)
        inside = around


def in_order(
    models: Iterable[Model],
    needs: Mapping[str, Iterable[str]],
    filled: Iterable[str] = (),
) -> tuple[str, ...]:
    """Names of the tables to build, parents first: the models and the unions of their sources.

    Args:
        models: what `read_models` found.
        needs: further parents of a table, beyond its SQL (tables that its checks look into).
        filled: tables that no model makes; models may read them.

    Raises:
        ModelError: a reference that is no table, or a cycle.
    """
    by_stem = {model.stem: model for model in models}
    unions = {model.union for model in by_stem.values() if model.union}
    known = by_stem.keys() | unions | {*filled}
    graph: dict[str, set[str]] = {name: set() for name in sorted(known)}
    for model in by_stem.values():
        graph[model.stem] |= set(_parents(model, known))
        if model.union:
            graph[model.union].add(model.stem)
    for name, parents in needs.items():
        graph[name] |= set(parents) - {name}
    try:
        return tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        cycle = error.args[1]
        model = next(by_stem[name] for name in cycle if name in by_stem)
        line = next((ref.line for ref in model.references if ref.name in cycle), 1)
        raise ModelError(model.file, line, f"a cycle: {' <- '.join(cycle)}") from error


def descendants(models: Iterable[Model], tables: Iterable[str]) -> frozenset[str]:
    """These tables and all that read them, directly or through others."""
    found, models = {*tables}, [*models]
    while True:
        more = {
            model.union or model.stem
            for model in models
            if found & {ref.name.removesuffix(HELD_SUFFIX) for ref in model.references}
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _parents(model: Model, known: Iterable[str]) -> Iterator[str]:
    for reference in model.references:
        if reference.schema == "raw":
            continue
        parent = reference.name.removesuffix(HELD_SUFFIX)
        if parent not in known or reference.schema:
            name = f"{reference.schema}.{reference.name}" if reference.schema else reference.name
            raise ModelError(
                model.file, reference.line, f"`{name}` is neither a model nor a raw table"
            )
        yield parent


def create_statement(model: Model) -> str:
    """DDL for a model: a table in its layer; a temporary view where it is a source of a union."""
    if model.union:
        return f'create temp view "{model.stem}" as\n{model.sql}'
    return f'create table "{model.layer}"."{model.stem}" as\n{model.sql}'


def union_statement(name: str, sources: Sequence[str], columns: Sequence[str]) -> str:
    """DDL for a union: the rows of every source, in the columns that its schema declares."""
    chosen = ", ".join(f'"{column}"' for column in columns)
    selects = (f'select {chosen} from "{source}"' for source in sorted(sources))
    return f"create table {name} as\n" + "\nunion all\n".join(selects)
