"""Statements in plain words, for proofs and suspects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from etl.findings.words import counted, qualified

if TYPE_CHECKING:
    from etl.reconcile.reach import Row

_OPERATORS = {"eq": "", "approx": "about ", "gt": "more than ", "ge": "at least "}
_OPERATORS |= {"lt": "less than ", "le": "at most "}
_CLAIMS = {
    "absolute_change": "a change of {}",
    "percent_change": "a change of {} %",
    "multiple": "{} times as many",
    "share": "a share of {} %",
    "sum": "{} in all",
}
_RANKS = {"gt": "above the others", "ge": "not below the others"}
_RANKS |= {"lt": "below the others", "le": "not above the others", "eq": "level with the others"}
_RULES = {
    "subtotals_sum_to_total": "the parts do not exceed the whole",
    "subtotals_do_not_exceed_total": "the parts do not exceed the whole",
    "overlapping_subtotals_do_not_exceed_total": "the parts do not overlap",
    "running_total_never_falls": "a running total never falls",
}
_PERIODS = "the periods count the same thing"
_PARTS = ("part", "comparator")  # of a breakdown, of a sum that a page states


class Speaker:
    """Says what the statements about some cells say.

    Args:
        cells: rows of the cells, with the labels of what they count.
    """

    def __init__(self, cells: Mapping[int, Row]) -> None:
        self._cells = cells

    def key(self, cell: int) -> str:
        """The cell as findings name it."""
        row = self._cells[cell]
        period = f"{row['period_start']}..{row['period_end']}"
        return ".".join(
            (row["geography"], row["measure"], period, row["dimension"], row["category"])
        )

    def figure(self, row: Row) -> str:
        """`26 (persons arrested (nationality: Thailand), Cambodia, 2019; asianews-1)`."""
        return f"{qualified(row)} ({self._thing(row['cell'])}; {row['source_id']})"

    def short(self, row: Row) -> str:
        """`26 (Thailand, 2019, asianews-1)`: beside others of the same measure."""
        cell = self._cells[row["cell"]]
        category = cell["nationality_label"] or cell["category"].replace("_", " ")
        part = "" if cell["category"] == "TOTAL" else f"{category}, "
        return f"{qualified(row)} ({part}{cell['period_label']}, {row['source_id']})"

    def sameness(self, row: Row) -> str:
        """That a page counts what the others count."""
        return f"that {row['source_id']} counts the same as the others with its {qualified(row)}"

    def completeness(self, row: Row, terms: Sequence[Row]) -> tuple[str, str]:
        """That a page names all parts; at length and in short."""
        parts = [term for term in terms if term["role"] in _PARTS]
        by = self._cells[parts[0]["cell"]]["dimension_label"] if parts else "dimension"
        many = (
            f"the {len(parts)} figures by {by} are all"
            if len(parts) > 1
            else f"the figure by {by} is all"
        )
        said = f"that {many} ({row['source_id']})"
        return said, said

    def relation(self, row: Row, terms: Sequence[Row]) -> tuple[str, str]:
        """A claim, or a rule between figures; at length and in short."""
        check = row["check_name"]
        if row["claim_id"]:
            said = f"the claim of {_claimed(row)} ({row['claim_id']})"
        elif check in _RULES:
            said = f"that {_RULES[check]}{_by(row)}"
        elif "period" in check:
            things = " and ".join(dict.fromkeys(self._thing(term["cell"]) for term in terms[:2]))
            return f"that {_PERIODS} ({things})", f"that {_PERIODS}"
        else:
            said = f"the rule {check.replace('_', ' ')}{_by(row)}"
        return said, said

    def _thing(self, cell: int) -> str:
        row = self._cells[cell]
        return f"{counted(row)}, {row['period_label'] or row['period_start']}"


def _by(row: Row) -> str:
    return f" ({row['source_id']})" if row["source_id"] else ""


def _claimed(row: Row) -> str:
    if row["claim_kind"] == "rank":
        return f"“{_RANKS.get(row['operator'], 'rank')}”"
    number = f"{_OPERATORS.get(row['operator'], '')}{row['stated_number_text']}"
    return f"“{_CLAIMS[row['claim_kind']].format(number)}”"
