"""Schema of `stg_files`: what may be declared of a file."""

import functools
import operator

import pandas as pd
import pandera.pandas as pa

from etl.extract.declared import DELIMITERS, ENCODINGS
from etl.schemas.declare import row_check

_NUMBERS = ("1,234,567.5", "1.234.567,5", "12,34,567.5", "1 234 567.5", "1 234 567,5")
_DATES = r"(31[/.-]12[/.-]|12[/.-]31[/.-])(2024|2567)|(2024|2567)[/.-]12[/.-]31|45657"
_KNOWN = {
    "encoding": f"value in {ENCODINGS}",
    "delimiter": f"value in {tuple(DELIMITERS)}",
    "header_row": "regexp_full_match(value, '[1-9][0-9]{0,5}')",
    "sheet": "true",
    "numbers": f"value in {_NUMBERS}",
    "dates": f"regexp_full_match(value, '{_DATES}')",
}
_CASES = " ".join(f"when '{setting}' then {known}" for setting, known in _KNOWN.items())


class StgFiles(pa.DataFrameModel):
    """One row per declaration of how a file, or the files of a folder, are written."""

    path: str = pa.Field(description="File below the raw folder, or a folder with / at its end.")
    setting: str = pa.Field(isin=[*_KNOWN], description="What is declared.")
    value: str = pa.Field(description="How it is written there, mostly by example.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts.")

    @row_check(
        f"case setting {_CASES} end",
        columns=["value"],
        expected=f"for encoding one of {', '.join(ENCODINGS)}; for delimiter one of"
        f" {', '.join(DELIMITERS)}; for header_row a number; for numbers 1234567.5 as the file"
        f" writes it, one of `{'`, `'.join(_NUMBERS)}`; for dates the last day of 2024 as the file"
        " writes it, such as 31/12/2024, 12/31/2024, 31.12.2567 or 45657",
    )
    def value_is_known_for_its_setting(cls, frame: pd.DataFrame) -> pd.Series:
        """A declaration says something that readers understand."""
        value, setting = frame["value"], frame["setting"]
        known = {
            "encoding": value.isin(ENCODINGS),
            "delimiter": value.isin([*DELIMITERS]),
            "header_row": value.str.fullmatch("[1-9][0-9]{0,5}"),
            "numbers": value.isin(_NUMBERS),
            "dates": value.str.fullmatch(_DATES),
        }
        broken = [(setting == name) & value.notna() & ~holds for name, holds in known.items()]
        return ~functools.reduce(operator.or_, broken)

    class Config:
        """Rows that fail an error are held."""

        name = "stg_files"
        strict = True
        unique = ["path", "setting"]
        metadata = {"holds": "raw.reference_files"}
