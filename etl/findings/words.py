"""Words that findings share: numbers, places in files, who printed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.findings.record import Figure

# Joins that bring `figures` the labels of what it counts, as `counted` reads them.
LABELS = """
    inner join dim_measure as measures on figures.measure = measures.measure
    inner join dim_geography as geographies on figures.geography = geographies.geography
    inner join
        dim_period as periods
        on figures.period_start = periods.period_start
        and figures.period_end = periods.period_end
    inner join dim_dimension as dimensions on figures.dimension = dimensions.dimension
    left join
        dim_nationality as nationalities
        on figures.category = nationalities.category
        and figures.dimension in ('nationality', 'nationality_foreign', 'destination')
"""


def qualified(row: Mapping[str, Any]) -> str:
    """A reported value with the words that qualify it: `over 3,000`."""
    value = row["reported_value"]
    return "an unstated number" if value is None else f"{row['words'] or ''}{value:,}"


def counted(row: Mapping[str, Any]) -> str:
    """What a cell counts: `persons deported (nationality: Thailand), Cambodia`."""
    if row["category"] == "TOTAL":
        return f"{row['measure_label']}, {row['geography_label']}"
    category = row["nationality_label"] or row["category"].replace("_", " ")
    part = f"{row['dimension_label']}: {category}"
    return f"{row['measure_label']} ({part}), {row['geography_label']}"


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(parts) < 2:  # noqa: PLR2004
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def day(value: date) -> str:
    """A day as people write it."""
    return f"{value.day} {value:%B %Y}"


def decimal(value: float) -> str:
    """A computed number, as exact as a reader needs."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def place(figures: Iterable[Figure], raw: str) -> str:
    """Files and rows to look at: `data/raw/figures/khm.csv, rows 3–5, 9.`."""
    by_file: dict[str, set[int]] = {}
    for figure in figures:
        by_file.setdefault(figure.file, set()).add(figure.row_number)
    found = (f"{raw}/{file}, {_rows(sorted(numbers))}" for file, numbers in by_file.items())
    return "; ".join(found) + "."


def _rows(numbers: list[int]) -> str:
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    shown = ", ".join("–".join(map(str, found)) for found in ranges)
    return f"row{'s' if len(numbers) > 1 else ''} {shown}"
