"""Read JSON arrays and NDJSON of flat objects, each number as its digits were printed."""

import io
import json
from collections.abc import Iterator
from typing import Any

from etl.extract.header import check_distinct, check_header, clean_header
from etl.extract.numerals import fraction_text
from etl.extract.outcome import Batch, DatasetSpec, Limits, Refused, RejectedRow, shortened
from etl.extract.source import Source
from etl.extract.text import TextFacts, prove_text

_SPACE = " \t\r\n"
_SHOWN = 60  # characters of what is no JSON


class _Pairs(list[tuple[str, Any]]):
    """An object as it stands, equal keys and all."""


class _Constant(str):
    """NaN, Infinity or -Infinity: no JSON, though Python takes it."""

    __slots__ = ()


class _Unusable(Exception):
    def __init__(self, reason: str, column: str | None = None, raw: str | None = None) -> None:
        super().__init__(reason)
        self.column, self.raw = column, raw


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=str, parse_float=fraction_text, parse_constant=_Constant
)


def read_json(source: Source, spec: DatasetSpec) -> Iterator[Batch]:
    """Read an array of flat objects; rows count from 1. A file that is no JSON is refused."""
    facts = prove_text(source)
    text = _text(source, facts).read(source.limits.document_bytes + 1)
    if len(text) > source.limits.document_bytes:
        raise Refused("is too large for one JSON array: write it as .ndjson, one object a line")
    yield from _batches(_elements(text), spec, source.limits)


def read_ndjson(source: Source, spec: DatasetSpec) -> Iterator[Batch]:
    """Read one flat object a line; a row's number is its line. A broken line is rejected alone."""
    facts = prove_text(source)
    yield from _batches(_lines(_text(source, facts)), spec, source.limits)


def _text(source: Source, facts: TextFacts) -> io.TextIOWrapper:
    return io.TextIOWrapper(source.content(), encoding=facts.encoding, newline="")


def _elements(text: str) -> Iterator[tuple[int, str, Any]]:
    place = _skip_space(text, 0)
    if text[place : place + 1] != "[":
        raise Refused("must be an array of flat objects, `[{…}, {…}]`; for one a line use .ndjson")
    place, number = _skip_space(text, place + 1), 0
    while text[place : place + 1] != "]" or number:
        number += 1
        value, end = _decoded(text, place)
        yield number, text[place:end], value
        place = _skip_space(text, end)
        if text[place : place + 1] == "]":
            break
        if text[place : place + 1] != ",":
            raise Refused(_where("`,` or `]` expected", text, place))
        place = _skip_space(text, place + 1)
    if text[place + 1 :].strip(_SPACE):
        raise Refused(_where("more text after the array's end", text, place + 1))


def _decoded(text: str, place: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, place)
    except json.JSONDecodeError as error:
        raise Refused(_where(error.msg, text, error.pos)) from error
    except RecursionError as error:
        raise Refused(_where("nested too deeply", text, place)) from error


def _where(what: str, text: str, place: int) -> str:
    line = text.count("\n", 0, place) + 1
    what = what.removesuffix(" starting at")
    return f"is not valid JSON, damaged or cut short: {what} in line {line}, {_there(text, place)}"


def _there(text: str, place: int) -> str:
    here = text[place:].partition("\n")[0].rstrip()
    return f"where it reads `{shortened(here, _SHOWN)}`" if here else "where the text ends"


def _skip_space(text: str, place: int) -> int:
    while text[place : place + 1] and text[place] in _SPACE:
        place += 1
    return place


def _lines(text: io.TextIOBase) -> Iterator[tuple[int, str, Any]]:
    for number, line in enumerate(text, 1):
        record = line.strip(_SPACE)
        if not record:
            continue
        try:
            yield number, record, _DECODER.decode(record)
        except json.JSONDecodeError as error:
            yield number, record, _Unusable(_not_json(error))
        except RecursionError:
            yield number, record, _Unusable("is not valid JSON: nested too deeply")


def _not_json(error: json.JSONDecodeError) -> str:
    what = error.msg.removesuffix(" starting at")
    there = _there(error.doc, error.pos)
    return f"is not valid JSON, damaged or cut short: {what} at character {error.colno}, {there}"


def _batches(
    records: Iterator[tuple[int, str, Any]], spec: DatasetSpec, limits: Limits
) -> Iterator[Batch]:
    names: dict[str, None] = {}  # of all batches, in order of appearance
    gathered = _Gathered(names)
    for number, text, value in records:
        gathered.add(number, text, value)
        if gathered.cells > limits.batch_cells or gathered.characters > limits.batch_characters:
            yield gathered.batch()
            gathered = _Gathered(names)
    yield gathered.batch()
    if names:
        check_header(clean_header(names), spec, ", ".join(names))


class _Gathered:
    """The records of one batch, and the names they have."""

    def __init__(self, names: dict[str, None]) -> None:
        self._names = names
        self._rows: list[tuple[int, dict[str, str | None]]] = []
        self._rejected: list[RejectedRow] = []
        self._records = self.cells = self.characters = 0

    def add(self, number: int, text: str, value: Any) -> None:
        self._records += 1
        self.characters += len(text)
        try:
            fields = _flat(value)
        except _Unusable as fault:
            row = RejectedRow(number, str(fault), text, fault.column, fault.raw)
            self._rejected.append(row)
            return
        self._rows.append((number, fields))
        self._names.update(dict.fromkeys(fields))
        self.cells += max(1, len(fields))

    def batch(self) -> Batch:
        header = clean_header(self._names)
        check_distinct(header)
        return Batch(
            header,
            [number for number, _ in self._rows],
            [[fields.get(name) for _, fields in self._rows] for name in self._names],
            self._rejected,
            self._records,
        )


def _flat(value: Any) -> dict[str, str | None]:
    if isinstance(value, _Unusable):
        raise value
    if not isinstance(value, _Pairs):
        raise _Unusable("is not an object of columns and values")
    fields: dict[str, str | None] = {}
    for name, content in value:
        if name in fields:
            raise _Unusable(f"has `{name}` twice", name)
        fields[_encodable(name, None)] = _scalar(name, content)
    return fields


def _scalar(name: str, content: Any) -> str | None:
    if content is None:
        return None
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, _Constant):
        raise _Unusable(f"`{content}` is not a number in JSON", name, str(content))
    if isinstance(content, list):
        raise _Unusable("holds a nested value; only flat objects are read", name)
    return _encodable(str(content), name)


def _encodable(text: str, column: str | None) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Unusable("holds half of a surrogate pair, which is no character", column) from None
    return text
