"""pandera dtypes: the engine types that they accept, their literals in SQL, their words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.validate.refuse import UncompilableError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class ValueType:
    """A kind of value that a column can hold.

    Attributes:
        accepted: engine types that hold it; the first is the usual one.
        words: for people, "a whole number".
        literal: a Python value as SQL; raises `UncompilableError` for another type, since the
            engine would compare after a conversion of its own choice.
    """

    accepted: tuple[str, ...]
    words: str
    literal: Callable[[Any], str]


def value_type(dtype: object) -> ValueType:
    """The value type of a pandera dtype.

    Raises:
        UncompilableError: the dtype has no engine type with the same values.
    """
    if str(dtype) not in _TYPES:
        raise UncompilableError(f"dtype {dtype} cannot be compiled; known are {', '.join(_TYPES)}")
    return _TYPES[str(dtype)]


def text_literal(text: str) -> str:
    """Text as a SQL string."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UncompilableError(f"{text!r} is no valid Unicode text") from error
    return "'" + text.replace("'", "''") + "'"


def shown(value: object) -> str:
    """A declared value as people read it."""
    return f"'{value}'" if isinstance(value, str) else str(value)


def _whole(bits: int) -> Callable[[Any], str]:
    def literal(value: Any) -> str:
        _must_be(type(value) is int, value, "a whole number")
        _must_be(-(2 ** (bits - 1)) <= value < 2 ** (bits - 1), value, f"within {bits} bits")
        return str(value)

    return literal


def _number(value: Any) -> str:
    _must_be(type(value) in (int, float) and value == value, value, "a number")  # noqa: PLR0124
    _must_be(float(value) == value, value, "a number that a float can hold")
    return f"cast('{float(value)!r}' as double)"


def _truth(value: Any) -> str:
    _must_be(type(value) is bool, value, "True or False")
    return "true" if value else "false"


def _text(value: Any) -> str:
    _must_be(isinstance(value, str), value, "text")
    return text_literal(value)


def _date(value: Any) -> str:
    _must_be(type(value) is dt.date, value, "a datetime.date")
    return f"date '{value.isoformat()}'"


def _timestamp(value: Any) -> str:
    _must_be(isinstance(value, dt.datetime), value, "a datetime")
    _must_be(value.tzinfo is None, value, "a datetime without a zone (UTC is meant)")
    _must_be(getattr(value, "nanosecond", 0) == 0, value, "a datetime in whole microseconds")
    return f"timestamp '{value.isoformat(sep=' ')}'"


def _must_be(holds: bool, value: object, what: str) -> None:
    if not holds:
        raise UncompilableError(f"{value!r} is compared with the column, but is not {what}")


def _whole_numbers(bits: int, engine_type: str) -> dict[str, ValueType]:
    kind = ValueType((engine_type,), "a whole number", _whole(bits))
    return {f"int{bits}": kind, f"Int{bits}": kind}


_NUMBER = ValueType(("DOUBLE",), "a number", _number)
_TRUTH = ValueType(("BOOLEAN",), "true or false", _truth)
_TEXT = ValueType(("VARCHAR",), "text", _text)
# pandas keeps a unit in the dtype, the engine in the type; a time is the same time in each.
_TIME = ValueType(
    ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"), "a time", _timestamp
)
_TYPES = {
    **_whole_numbers(8, "TINYINT"),
    **_whole_numbers(16, "SMALLINT"),
    **_whole_numbers(32, "INTEGER"),
    **_whole_numbers(64, "BIGINT"),
    "float64": _NUMBER,
    "Float64": _NUMBER,
    "bool": _TRUTH,
    "boolean": _TRUTH,
    "str": _TEXT,
    "string": _TEXT,
    "string[python]": _TEXT,
    "string[pyarrow]": _TEXT,
    "date": ValueType(("DATE",), "a date", _date),
    **{f"datetime64[{unit}]": _TIME for unit in ("s", "ms", "us", "ns")},
}
