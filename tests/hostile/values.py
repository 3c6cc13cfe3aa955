"""Numbers and days as people type them."""

from __future__ import annotations

from tests.hostile.making import Case, partly, table

POINT, COMMA, INDIA = "1,234,567.5", "1.234.567,5", "12,34,567.5"

# texts of one file, and the whole number that each is, or None where it must be held
NUMBERS: dict[str, tuple[list[str], list[int | None]]] = {
    "comma_alone": (["5,852"], [None]),
    "point_alone": (["5.852"], [None]),
    "comma_beside_two_groups": (["5,852", "1,234,567"], [5852, 1234567]),
    "point_beside_two_groups": (["5.852", "1.234.567"], [5852, 1234567]),
    "comma_beside_fraction": (["5,852", "12.0", "7"], [5852, 12, 7]),
    "point_beside_fraction": (["5.852", "12.0"], [None, 12]),
    "point_beside_comma_fraction": (["5.852", "12,0"], [5852, 12]),
    "both_marks": (["5,852", "1,234.0"], [5852, 1234]),
    "contradiction": (
        ["5,852", "1,234,567", "1.234.567", "12.0", "12,0", "3"],
        [None, None, None, 12, None, 3],
    ),
    "space": (["5 852", "1 234 567"], [5852, 1234567]),
    "odd_spaces": (["5\u00a0852", "5\u202f852", "5\u2009852"], [5852] * 3),
    "apostrophe": (["5'852", "5\u2019852"], [5852] * 2),
    "space_misplaced": (["58 52", "5 85", "5  852"], [None] * 3),
    "around": ([" 5852 ", "\u00a05852"], [5852] * 2),
    "text_mark": (["'5852", "'5 852"], [5852] * 2),
    "negative": (["-12", "\u221212"], [None] * 2),
    "bookkeeping": (["(12)", "12-", "12 Cr"], [None] * 3),
    "percent": (["12 %", "12%", "12 ‰"], [None] * 3),
    "short_for_thousands": (["1.2k", "3K", "5 tsd", "2m"], [None] * 4),
    "scientific": (["5e3", "5.852E+03", "1e400"], [None] * 3),
    "arabic": (["٥٨٥٢", "۵۸۵۲"], [5852] * 2),
    "khmer": (["៥៨៥២", "៥.៨៥២"], [5852, None]),
    "thai_lao_burmese": (["๕๘๕๒", "໕໘໕໒", "၅၈၅၂"], [5852] * 3),
    "indian_digits": (["५८५२", "৫৮৫২"], [5852] * 2),
    "full_width": (["５８５２"], [5852]),
    "numerals_that_are_no_digits": (["½", "²", "Ⅻ", "五", "①"], [None] * 5),
    "nothing_in_words": (["N/A", "-", "—", "nil", "NULL", "NaN", "none", "..."], [None] * 8),
    "infinite": (["inf", "Infinity", "-inf"], [None] * 3),
    "beyond_64_bits": (
        ["9223372036854775808", "99999999999999999999999", "1000000000000000"],
        [None] * 3,
    ),
    "fifteen_digits": (["999999999999999", "999,999,999,999,999"], [10**15 - 1] * 2),
    "whole": (["12.0", "12.00", "12.0000"], [12] * 3),
    "not_whole": (["12.5", "0.5", "2.69", "12.0001"], [None] * 4),
    "whole_in_doubt": (["12.000"], [None]),
    "whole_decided": (["12.000", "1.5"], [12, None]),
    "below_one": (["0,852", "0.852"], [None] * 2),
    "groups_misplaced": (["1,23,456", "12,34", "5,8520", "1,2345,678"], [None] * 4),
    "programmers": (["0x1F", "0b11", "1_000", "+5", "5852L"], [None] * 5),
    "half_a_number": (["5852.", ".5", ",5", "5,", "5..852"], [None] * 5),
    "invisible": (["5852\u200b", "\ufeff5852"], [None] * 2),
    "leading_zeros": (["0042", "00"], [42, 0]),
    "formula": (["=1+1", "=5852", "@5"], [None] * 3),
    "hostile": (["'; drop table x; --", "<script>", "\x1b[31m5"], [None] * 3),
}
DECLARED: dict[str, tuple[str, list[str], list[int | None]]] = {
    "says_comma_parts": (POINT, ["5,852", "5.852", "5.0"], [5852, None, 5]),
    "says_point_parts": (COMMA, ["5.852", "5,852", "5,0", "1.5"], [5852, None, 5, None]),
    "says_india": (INDIA, ["12,34,567", "5,852", "1,234,567"], [1234567, 5852, None]),
    "says_space_parts": ("1 234 567,5", ["5 852", "5,852", "5,000"], [5852, None, 5]),
    "says_space_and_point": ("1 234 567.5", ["5 852", "5.000", "5,852"], [5852, 5, None]),
    "says_nonsense": ("5.852", ["5.852", "7"], [None, 7]),
}
# what is declared, first and last day as typed, and what they are, or None where it must be held
DAYS: dict[str, tuple[str | None, str, str, str | None]] = {
    "iso": (None, "2024-03-04", "2024-12-31", "2024-03-04"),
    "day_first_unsaid": (None, "31/12/2024", "2024-12-31", None),
    "in_doubt": (None, "03/04/2024", "2024-12-31", None),
    "day_first": ("31/12/2024", "03/04/2024", "31/12/2024", "2024-04-03"),
    "month_first": ("12/31/2024", "03/04/2024", "12/31/2024", "2024-03-04"),
    "with_points": ("31.12.2024", "3.4.2024", "31.12.2024", "2024-04-03"),
    "day_first_not": ("12/31/2024", "31/12/2024", "12/31/2024", None),
    "year_first": ("2024/12/31", "2024/3/4", "2024/12/31", "2024-03-04"),
    "no_such_day": ("31/12/2024", "31/02/2024", "31/12/2024", None),
    "no_such_iso_day": (None, "2023-02-29", "2024-12-31", None),
    "two_digit_year": ("31/12/2024", "03/04/24", "31/12/2024", None),
    "serial": ("45657", "45355", "45657", "2024-03-04"),
    "serial_unsaid": (None, "45355", "2024-12-31", None),
    "serial_too_short": ("45657", "2024", "45657", None),
    "buddhist": ("31/12/2567", "04/03/2567", "31/12/2567", "2024-03-04"),
    "buddhist_iso": ("2567-12-31", "2567-03-04", "2567-12-31", "2024-03-04"),
    "buddhist_thai_digits": ("31/12/2567", "๔/๓/๒๕๖๗", "๓๑/๑๒/๒๕๖๗", "2024-03-04"),
    "buddhist_unsaid": (None, "2567-03-04", "2024-12-31", None),
    "with_time": (None, "2024-03-04 00:00", "2024-12-31", None),
    "in_words": (None, "4 March 2024", "2024-12-31", None),
    "iso_beside_declared": ("31/12/2024", "2024-03-04", "31/12/2024", "2024-03-04"),
    "nonsense_declared": ("tomorrow", "2024-03-04", "2024-12-31", "2024-03-04"),
}


def number_case(name: str, written: list[str], whole: list[int | None], *declared: str) -> Case:
    pairs = list(enumerate(zip(written, whole, strict=True), 2))
    return partly(
        f"{name}.csv",
        table(f"{name}.csv", written),
        {place: ("value", text) for place, (text, number) in pairs if number is None},
        {place: number for place, (_, number) in pairs if number is not None},
        declared=tuple(("numbers", one) for one in declared),
    )


def day_case(name: str, declared: str | None, start: str, end: str, day: str | None) -> Case:
    file = f"day_{name}.csv"
    content = table(file, ["1"], period_start=start, period_end=end)
    column = None
    if day is None:
        column = ("period_start", start)
    held = {2: column} if column else {}
    return partly(
        file,
        content,
        held,
        {} if column else {2: 1},
        declared=(("dates", declared),) if declared else (),
        days={2: day} if day else {},
    )


CASES = [
    *(number_case(name, *case) for name, case in NUMBERS.items()),
    *(number_case(name, texts, whole, form) for name, (form, texts, whole) in DECLARED.items()),
    *(day_case(name, *case) for name, case in DAYS.items()),
]
