"""Decide whether the column names of a file will do, and say how to mend those that will not."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from etl.extract.declared import advice
from etl.extract.outcome import DatasetSpec, Refused, listed, shortened

FARTHEST_HEADER = 100
"""Rows that are looked at for a header with titles or comments above it."""


def clean_header(names: Iterable[object]) -> tuple[str, ...]:
    """Strip spaces and byte-order marks from column names; nothing cleverer."""
    return tuple(str(name).strip().strip("\ufeff").strip() for name in names)


def check_header(
    header: Sequence[str], spec: DatasetSpec, first_line: str, further_down: str = ""
) -> None:
    """Raise `Refused` unless names are distinct and every mandatory column is there.

    Args:
        header: Clean names.
        spec: What the dataset must have.
        first_line: The header as the file has it, to be shown.
        further_down: Where the header is instead, and what to do about it; may be empty.
    """
    missing = [name for name in spec.mandatory if name not in header]
    if missing:
        reads = f"; row 1 reads `{shortened(first_line)}`"
        raise Refused(
            further_down + reads
            if further_down
            else _missing_message(missing, header, spec, first_line)
        )
    check_distinct(header)


def header_below(file: str, row: int) -> str:
    """Say how to declare a header that has titles or comments above it."""
    declare = advice(file, "header_row", row)
    return f"the header is in row {row}: delete what stands above it, or {declare}"


def check_distinct(header: Sequence[str]) -> None:
    """Raise `Refused` if two names are the same, or the same but for case."""
    seen: dict[str, str] = {}
    for position, name in enumerate(header, 1):
        other = seen.setdefault(name.lower(), name)
        if len(seen) < position:
            raise Refused(_repeated_message(name, other))


def _repeated_message(name: str, other: str) -> str:
    if not name:
        return "several columns have no name in the header: name them or delete them"
    if name == other:
        return f"column `{name}` occurs twice in the header: rename or delete one"
    return f"columns `{other}` and `{name}` differ in case only: rename or delete one"


def _missing_message(
    missing: Sequence[str], header: Sequence[str], spec: DatasetSpec, first_line: str
) -> str:
    shown = f"the header reads `{shortened(first_line)}`"
    noun = "column" if len(missing) == 1 else "columns"
    hints = _hints(missing, header, spec)
    if len(missing) == len(spec.mandatory) and not hints:
        return (
            f"no header with {noun} {listed(missing)} found: row 1 must be the header, "
            f"without title or comment lines above it; it reads `{shortened(first_line)}`"
        )
    return "; ".join([f"{noun} {listed(missing)} missing", *hints, shown])


def _hints(missing: Sequence[str], header: Sequence[str], spec: DatasetSpec) -> list[str]:
    strange = {name.lower(): name for name in header if name and name not in spec.columns}
    near = {name: get_close_matches(name.lower(), strange, n=1) for name in missing}
    pairs = [f"`{strange[found[0]]}` to `{name}`" for name, found in near.items() if found]
    return [f"rename {', '.join(pairs)}?"] if pairs else []
