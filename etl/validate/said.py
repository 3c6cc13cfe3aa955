"""What a schema's metadata says of its checks: another name, severity, reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from etl.validate.compiled import Severity
from etl.validate.refuse import UncompilableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

_SAYABLE = frozenset({"name", "severity", "expected", "reason"})


@dataclass(frozen=True)
class Said:
    """What is said of one check; empty text means that nothing was said."""

    name: str
    severity: Severity
    expected: str
    reason: str


def said(metadata: Mapping[str, Any], kind: str, severity: Severity) -> Said:
    """What a field's (or schema's) metadata says of its check of one kind.

    Args:
        metadata: `severity`, `expected` and `reason` for all its checks, `checks` for one kind.
        kind: the check's kind.
        severity: what holds where the metadata says nothing of it.
    """
    of_kind = metadata.get("checks", {}).get(kind, {})
    chosen = of_kind.get("severity", metadata.get("severity", severity))
    if chosen not in get_args(Severity):
        raise UncompilableError(f"severity {chosen!r} is none of {', '.join(get_args(Severity))}")
    reason = of_kind.get("reason", metadata.get("reason", ""))
    expected = of_kind.get("expected", metadata.get("expected", ""))
    return Said(of_kind.get("name", ""), chosen, expected, reason)


def refuse_unheard(owner: str, metadata: Mapping[str, Any], kinds: Set[str]) -> None:
    """Raise `UncompilableError` for metadata about a check that is not there, or in unknown words.

    Args:
        owner: the field or schema, for the message.
        metadata: its metadata.
        kinds: the kinds of checks that it has.
    """
    for kind, of_kind in metadata.get("checks", {}).items():
        if kind not in kinds:
            known = ", ".join(sorted(kinds)) or "none"
            raise UncompilableError(
                f"{owner} says something of check {kind!r}, but its checks: {known}"
            )
        if unknown := sorted(of_kind.keys() - _SAYABLE):
            raise UncompilableError(
                f"{owner} says {', '.join(unknown)} of check {kind!r}; it may say "
                f"{', '.join(sorted(_SAYABLE))}"
            )
