"""Compiles a built pandera schema into the checks that the engine counts.

Never weaker than pandera: whatever has no SQL of the same strength is an error here, at start-up.
Two things are stricter: a missing operand makes a check `unknown` where pandera passes it, and a
check that tested nothing is `unknown` where pandera passes an empty frame.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etl.errors import SchemaError
from etl.validate.builtin import Form, Subject, forms
from etl.validate.compiled import (
    CompiledCheck,
    CompiledColumn,
    CompiledTable,
    Severity,
    qualified,
    quoted,
    quoted_table,
)
from etl.validate.dtypes import value_type
from etl.validate.prove import prove
from etl.validate.refuse import (
    UncompilableError,
    refuse_check_options,
    refuse_column_options,
    refuse_table_options,
)
from etl.validate.rules import condition, rule
from etl.validate.said import refuse_unheard, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandera.pandas as pa

_SHAPE = {
    "column_exists": ("columns_are_present", "Every declared column is present"),
    "dtype": ("columns_have_declared_types", "Every column has its declared type"),
    "strict": ("no_column_is_undeclared", "No column is present that is not declared"),
}


def compile_schema(schema: pa.DataFrameSchema, table: str) -> CompiledTable:
    """Compile a built schema.

    Args:
        schema: `SomeModel.to_schema()`.
        table: the model's stem, or a name that says its schema, `staging.stg_figures`.

    Raises:
        SchemaError: something that the schema declares cannot be compiled.
    """
    try:
        refuse_table_options(schema)
        return _Compiler(schema, qualified(table)).compiled()
    except UncompilableError as error:
        raise SchemaError(table, str(error)) from error


class _Compiler:
    """One schema and its columns, on their way to a compiled table."""

    def __init__(self, schema: pa.DataFrameSchema, table: str) -> None:
        self._schema = schema
        self._table = table
        self._subjects = {name: _subject(column) for name, column in schema.columns.items()}

    def compiled(self) -> CompiledTable:
        """The compiled table, proven to run."""
        of_table = [*self._shape_checks(), *self._unique_checks()]
        _must_be_heard("the schema", self._schema.metadata, of_table)
        checks = of_table[:]
        for column in self._schema.columns.values():
            of_column = [*self._column_checks(column)]
            _must_be_heard(f"`{column.name}`", column.metadata, of_column)
            checks += of_column
        checks += self._rule_checks()
        _must_differ(checks)
        columns = tuple(subject.column for subject in self._subjects.values())
        compiled = CompiledTable(self._table, columns, tuple(checks))
        prove(compiled, self._parents())
        return compiled

    def _shape_checks(self) -> Iterator[CompiledCheck]:
        for kind, (name, claim) in _SHAPE.items():
            if kind != "strict" or self._schema.strict:
                form = Form(kind, name, claim, claim, "", "table")
                yield self._check(form, tuple(self._subjects), self._schema.metadata)

    def _unique_checks(self) -> Iterator[CompiledCheck]:
        unique: list[Any] = self._schema.unique or []
        for names in [unique] if all(isinstance(item, str) for item in unique) else unique:
            if isinstance(names, str):
                raise UncompilableError("unique mixes names and lists of names; give lists only")
            if unknown := [name for name in names if name not in self._subjects]:
                raise UncompilableError(f"unique names {', '.join(unknown)}, not in the schema")
            if names:
                yield self._unique(tuple(names), self._schema.metadata)

    def _column_checks(self, column: pa.Column) -> Iterator[CompiledCheck]:
        subject, metadata = self._subjects[column.name], column.metadata or {}
        about = (subject.name,)
        if not column.nullable:
            yield self._check(_stated(subject), about, metadata)
        if column.unique:
            yield self._unique(about, metadata)
        if "references" in metadata:
            yield self._reference(subject, metadata)
        for check in column.checks:
            refuse_check_options(check)
            for form in forms(check, subject):
                yield self._check(form, about, metadata, _severity(check))

    def _unique(self, names: tuple[str, ...], metadata: Mapping[str, Any] | None) -> CompiledCheck:
        listed = " and ".join(f"`{name}`" for name in names)
        form = Form(
            kind="unique",
            name=f"{'_'.join(names)}_is_unique",
            claim=f"No two rows have the same {listed}",
            expected=f"{listed} that no other row has",
            sql="",
        )
        return self._check(form, names, metadata, group_by=names)

    def _reference(self, subject: Subject, metadata: Mapping[str, Any]) -> CompiledCheck:
        columns = {name: other.column for name, other in self._subjects.items()}
        form = _reference(subject, metadata["references"])
        where = condition(form.name, metadata["where"], columns) if metadata.get("where") else ""
        return replace(self._check(form, (subject.name,), metadata), where=where)

    def _rule_checks(self) -> Iterator[CompiledCheck]:
        columns = {name: subject.column for name, subject in self._subjects.items()}
        for check in self._schema.checks:
            refuse_check_options(check)
            declared = rule(check, columns)
            yield CompiledCheck(
                name=str(check.name),
                table=self._table,
                kind="group" if declared.group_by else "row",
                columns=declared.columns,
                claim=declared.claim,
                expected=declared.expected,
                severity=_severity(check),
                scope="group" if declared.group_by else "row",
                group_by=declared.group_by,
                sql=declared.sql,
                reason=declared.reason,
                where=declared.where,
            )

    def _check(
        self,
        form: Form,
        columns: tuple[str, ...],
        metadata: Mapping[str, Any] | None,
        severity: Severity = "error",
        group_by: tuple[str, ...] = (),
    ) -> CompiledCheck:
        told = said(metadata or {}, form.kind, severity)
        return CompiledCheck(
            name=told.name or form.name,
            table=self._table,
            kind=form.kind,
            columns=columns,
            claim=form.claim,
            expected=told.expected or form.expected,
            severity=told.severity,
            scope=form.scope,
            group_by=group_by,
            sql=form.sql,
            reason=told.reason,
        )

    def _parents(self) -> dict[str, dict[str, str]]:
        """The referenced columns with the types of those that refer to them."""
        parents: dict[str, dict[str, str]] = {}
        for column in self._schema.columns.values():
            if target := (column.metadata or {}).get("references"):
                table, key = _target(target)
                parents.setdefault(table, {})[key] = self._subjects[column.name].column.types[0]
        return parents


def _subject(column: pa.Column) -> Subject:
    refuse_column_options(column)
    try:
        kind = value_type(column.dtype)
    except UncompilableError as error:
        raise UncompilableError(f"`{column.name}`: {error}") from error
    return Subject(CompiledColumn(column.name, kind.accepted, kind.words), kind)


def _severity(check: pa.Check) -> Severity:
    return "warning" if check.raise_warning else "error"


def _stated(subject: Subject) -> Form:
    claim = f"`{subject.name}` is stated"
    sql = f"{subject.column.operand} is not null"
    return Form("not_null", f"{subject.name}_is_stated", claim, subject.type.words, sql)


def _reference(subject: Subject, target: str) -> Form:
    """The parent's column is qualified: bare, a missing one would mean the child's own."""
    table, key = _target(target)
    x = subject.column.operand
    keys = f"select parent.{quoted(key)} from {quoted_table(table)} as parent"
    # `null in (nothing)` is false, hence the case; a null among the keys would hide a miss.
    sql = (
        f"case when {x} is not null then {x} in ({keys} where parent.{quoted(key)} is not null) end"
    )
    return subject.form("references", "is_known", f"is found in `{target}`", sql)


def _target(target: str) -> tuple[str, str]:
    table, _, key = target.rpartition(".")
    if not table:
        raise UncompilableError(f"references {target!r} is not of the form `stg_sources.source_id`")
    return qualified(table), key


def _must_be_heard(
    owner: str, metadata: Mapping[str, Any] | None, checks: list[CompiledCheck]
) -> None:
    refuse_unheard(owner, metadata or {}, {check.kind for check in checks})


def _must_differ(checks: list[CompiledCheck]) -> None:
    counts = Counter(check.name for check in checks)
    if twice := [name for name, times in counts.items() if times > 1]:
        raise UncompilableError(
            f"two checks are named {', '.join(twice)}: name one in the field's metadata, "
            "{'checks': {kind: {'name': …}}}"
        )
