"""Write typed numbers (of Parquet, workbooks, JSON) as text that has one reading."""

import re

_LIKE_THOUSANDS = re.compile(r"-?[0-9]{1,3}[.][0-9]{3}")


def number_text(number: float) -> str:
    """Write a binary number: whole ones as digits while every digit is sure, else Python's repr."""
    whole = number.is_integer() and abs(number) < 2**53
    return str(int(number)) if whole else fraction_text(repr(number))


def fraction_text(text: str) -> str:
    """Keep the point of a typed number from being taken for one that parts thousands.

    It begins a fraction, whatever the texts of the same file do; one more zero says so.
    """
    return f"{text}0" if _LIKE_THOUSANDS.fullmatch(text) else text
