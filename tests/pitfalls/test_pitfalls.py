"""The pitfalls of meaning, by number of the method: each fires, and is quiet, where it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from etl.findings import claims, parts, periods, rounding, subtotals
from tests.worlds import claim, figure, year

if TYPE_CHECKING:
    from tests.worlds import Row, World

COMPLETE = {"breakdown_complete": "yes"}
PARTIAL = {"breakdown_complete": "no"}
OF_PARTS = {"outcome": "overlapping_subtotals", "disposition": "subtotals"}
CUMULATIVE = {"measure": "persons_deported_cumulative"}


def judged(world: World, now: int, before: int, said: Row, words: str = "exact") -> Row:
    """What becomes of a claim about two figures of which the same words are said."""
    figures = [
        figure("now", now, value_qualifier=words),
        figure("before", before, value_qualifier=words, **year(2018)),
    ]
    world.build(figures, [said])
    (checked,) = world.rows("fct_claim_check")
    return checked


def day(number: int) -> Row:
    return {"period_start": f"2025-01-{number:02}", "period_end": f"2025-01-{number:02}"}


@pytest.mark.parametrize(
    ("kind", "now", "verdict"),
    [
        ("percent_change", 41, "pass"),
        ("percent_change", 40, "fail"),
        ("percent_change", 21, "fail"),
        ("share", 21, "pass"),
        ("share", 20, "fail"),
    ],
)
def test_1_rose_by_over_100_percent_is_not_to_over_100_percent_of(
    world: World, kind: str, now: int, verdict: str
) -> None:
    assert judged(world, now, 20, claim(kind, "gt", "100"))["verdict"] == verdict


@pytest.mark.parametrize(
    ("kind", "number", "now", "verdict", "slip"),
    [
        ("percent_change", "165", 53, "pass", None),
        ("percent_change", "265", 53, "warn", "percent_of_for_percent_more"),
        ("percent_change", "300", 53, "fail", None),
        ("multiple", "3", 60, "pass", None),
        ("multiple", "3", 80, "warn", "times_more_for_times"),
        ("multiple", "3", 40, "fail", "times_for_times_more"),
    ],
)
def test_1_a_number_true_in_its_other_reading_only_is_a_warning(  # noqa: PLR0913, PLR0917
    world: World, kind: str, number: str, now: int, verdict: str, slip: str | None
) -> None:
    checked = judged(world, now, 20, claim(kind, "eq", number))
    assert (checked["verdict"], checked["slip"]) == (verdict, slip)


@pytest.mark.parametrize(
    ("kind", "number", "now", "headline"),
    [
        (
            "percent_change",
            "265",
            53,
            (
                "“+265 %” is true only if read as “265 % of the old value”:"
                " persons deported, Cambodia, 2019 (one)."
            ),
        ),
        (
            "multiple",
            "3",
            80,
            (
                "“3 times” is true only if read as “3 times more”:"
                " persons deported, Cambodia, 2019 (one)."
            ),
        ),
    ],
)
def test_1_the_other_reading_is_said(
    world: World, kind: str, number: str, now: int, headline: str
) -> None:
    judged(world, now, 20, claim(kind, "eq", number))
    (finding,) = claims.tell(world.engine.connection, "raw")
    assert (finding.severity, finding.headline) == ("warning", headline)


def test_a_claim_with_colons_in_its_identifier_is_like_any_other(world: World) -> None:
    said = claim("percent_change", "eq", "165") | {"claim_id": "a:low:b:"}
    other = claim("rank", "lt", "") | {"claim_id": "a"}
    figures = [figure("now", 53), figure("before", 20, **year(2018))]
    world.build(figures, [said, other])
    verdicts = {row["claim_id"]: row["verdict"] for row in world.rows("fct_claim_check")}
    assert verdicts == {"a:low:b:": "pass", "a": "fail"}


@pytest.mark.parametrize(("now", "verdict"), [(40, "fail"), (41, "pass"), (9_000, "pass")])
def test_2_more_than_doubled_is_strict_and_open_above(world: World, now: int, verdict: str) -> None:
    assert judged(world, now, 20, claim("multiple", "gt", "2"))["verdict"] == verdict


@pytest.mark.parametrize(
    ("number", "now", "before", "verdict", "holds_by"),
    [
        ("166", 2_654, 1_000, "fail", None),
        ("166", 2_655, 1_000, "pass", "rounded"),
        ("166", 2_669, 1_000, "pass", "truncated"),
        ("166", 2_670, 1_000, "fail", None),
        ("72.82", 172_826, 100_000, "pass", "truncated"),
        ("25", 12_581, 10_000, "pass", "truncated"),
        ("-34", 665, 1_000, "pass", "rounded"),
        ("-34", 670, 1_000, "fail", None),
        ("56.8", 13_557, 5_852, "fail", None),
        ("25", 5, 0, "unknown", None),
    ],
)
def test_3_a_printed_percentage_is_an_interval_and_has_a_base(  # noqa: PLR0913, PLR0917
    world: World, number: str, now: int, before: int, verdict: str, holds_by: str | None
) -> None:
    checked = judged(world, now, before, claim("percent_change", "eq", number))
    assert (checked["verdict"], checked["holds_by"]) == (verdict, holds_by)


@pytest.mark.parametrize(
    ("revised_on", "verdict"), [("2020-01-01", "fail"), ("2020-03-01", "pass"), (None, "fail")]
)
def test_3_the_base_is_the_vintage_known_on_the_claims_day(
    world: World, revised_on: str | None, verdict: str
) -> None:
    figures = [
        figure("now", 53),
        figure("first", 20, source_id="older", **year(2018)),
        figure("before", 25, source_id="revision", **year(2018)),
    ]
    sources = [
        {"source_id": "one", "published_date": "2020-02-01"},
        {"source_id": "older", "publisher": "police", "published_date": "2019-02-01"},
        {"source_id": "revision", "publisher": "police", "published_date": revised_on},
    ]
    world.build(figures, [claim("percent_change", "eq", "165")], sources=sources)
    (checked,) = world.rows("fct_claim_check")
    assert checked["verdict"] == verdict


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ([], "20 (revision) was published later, on 1 March 2020."),
        (
            [figure("first", 21, source_id="older", **year(2018))],
            "21 (older) is what was known on the claim's day; `before` was published later",
        ),
    ],
)
def test_3_a_base_published_later_is_said(world: World, earlier: list[Row], said: str) -> None:
    figures = [figure("now", 53), figure("before", 20, source_id="revision", **year(2018))]
    sources = [
        {"source_id": "one", "published_date": "2020-02-01"},
        {"source_id": "revision", "published_date": "2020-03-01"},
        *({"source_id": row["source_id"], "published_date": "2019-02-01"} for row in earlier),
    ]
    world.build([*figures, *earlier], [claim("percent_change", "eq", "50")], sources=sources)
    (finding,) = claims.tell(world.engine.connection, "raw")
    assert said in finding.detail


@pytest.mark.parametrize(
    ("words", "number", "verdict"),
    [("about", "120", "pass"), ("about", "201", "fail"), ("exact", "120", "fail")],
)
def test_4_a_change_between_rounded_figures_inherits_both_roundings(
    world: World, words: str, number: str, verdict: str
) -> None:
    said = claim("absolute_change", "eq", number)
    assert judged(world, 5_900, 5_800, said, words)["verdict"] == verdict


@pytest.mark.parametrize(("total", "verdict"), [(75, "pass"), (105, "pass"), (106, "fail")])
def test_5_a_sum_of_rounded_parts_is_as_wide_as_all_of_them(
    world: World, total: int, verdict: str
) -> None:
    about = {"dimension": "nationality", "value_qualifier": "about", **COMPLETE}
    parts = [figure(code, 30, category=code, **about) for code in ("CHN", "VNM", "THA")]
    world.build([figure("total", total), *parts])
    assert world.of_check("subtotals_sum_to_total") == {verdict}


@pytest.mark.parametrize(
    ("total", "words", "verdict", "is_unlikely"),
    [
        (360, "about", "pass", False),
        (389, "about", "pass", False),
        (391, "about", "pass", True),
        (329, "about", "pass", True),
        (420, "about", "pass", True),
        (421, "about", "fail", False),
        (348, "nearly", "pass", False),
        (400, "at_least", "pass", False),
    ],
)
def test_5_what_only_rounding_to_one_side_explains_is_unlikely(
    world: World, total: int, words: str, verdict: str, is_unlikely: bool
) -> None:
    codes = ("CHN", "VNM", "THA", "MYS", "IDN", "KOR", "IND", "LAO", "PHL", "MMR", "JPN", "USA")
    rounded = {"dimension": "nationality", "value_qualifier": words, **COMPLETE}
    listed = [figure(code, 30, category=code, **rounded) for code in codes]
    world.build([figure("total", total), *listed])
    assert world.of_check("subtotals_sum_to_total") == {verdict}
    found = [*rounding.tell(world.engine.connection, "raw")]
    assert [finding.check_name for finding in found] == [rounding.CHECK] * is_unlikely


@pytest.mark.parametrize(
    ("complete", "parts", "verdict"),
    [(PARTIAL, 1_520, "pass"), (PARTIAL, 1_534, "fail"), (COMPLETE, 1_520, "fail")],
)
def test_6_a_list_that_is_not_complete_may_leave_something_out(
    world: World, complete: Row, parts: int, verdict: str
) -> None:
    some = figure("chn", parts, dimension="nationality", category="CHN", **complete)
    world.build([figure("total", 1_533), some])
    assert set(world.verdicts().values()) == {verdict}


@pytest.mark.parametrize(
    ("page", "others", "within", "elsewhere"),
    [
        ("one", 57, "pass", None),
        ("one", 58, "fail", None),
        ("two", 57, None, "pass"),
        ("two", 58, None, "warn"),
    ],
)
def test_6_a_list_of_the_largest_caps_what_it_leaves_out(
    world: World, page: str, others: int, within: str | None, elsewhere: str | None
) -> None:
    by_nation = {"dimension": "nationality"}
    figures = [
        figure("total", 1_000),
        figure("chn", 700, category="CHN", breakdown_complete="top", **by_nation),
        figure("vnm", 57, category="VNM", breakdown_complete="top", **by_nation),
        figure("tha", others, category="THA", source_id=page, **by_nation),
    ]
    world.build(figures)
    assert world.of_check("top_list_leaves_out_none_larger") == {within} - {None}
    assert world.of_check("top_list_leaves_out_none_larger_elsewhere") == {elsewhere} - {None}
    assert world.of_check("subtotals_do_not_exceed_total") <= {"pass", "unknown"}
    found = [finding.headline for finding in parts.tell(world.engine.connection, "raw")]
    said = (
        f"58 persons deported (nationality: THA), Cambodia, 2019 ({page}) is missing from a"
        " list of the largest, the least of which is 57 persons deported (nationality: VNM),"
        " Cambodia, 2019 (one)."
    )
    assert found == ([said] if others > 57 else [])


def test_6_what_a_list_of_the_largest_leaves_out_need_not_be_known(world: World) -> None:
    listed = {"dimension": "nationality", "breakdown_complete": "top"}
    figures = [figure("chn", 700, category="CHN", **listed), figure("total", 1_000)]
    world.build([*figures, figure("vnm", 57, category="VNM", **listed)])
    assert world.of_check("top_list_leaves_out_none_larger") == set()
    assert world.of_check("subtotals_do_not_exceed_total") == {"pass"}


def test_6_a_whole_that_is_missing_is_not_zero(world: World) -> None:
    world.build([figure("chn", 998, dimension="nationality", category="CHN", **COMPLETE)])
    assert set(world.verdicts().values()) == {"unknown"}


@pytest.mark.parametrize(("dimension", "verdict"), [("outcome", "warn"), ("disposition", "fail")])
def test_7_categories_that_overlap_may_exceed_their_total(
    world: World, dimension: str, verdict: str
) -> None:
    parts = [
        figure("a", 900, dimension=dimension, category="charged", **PARTIAL),
        figure("b", 824, dimension=dimension, category="imprisoned", **PARTIAL),
    ]
    world.build([figure("total", 1_705), *parts])
    assert world.of_check(f"{OF_PARTS[dimension]}_do_not_exceed_total") == {verdict}
    assert "fail" not in world.of_check("overlapping_part_does_not_exceed_total")


@pytest.mark.parametrize(("most", "verdict"), [(1_705, "pass"), (1_706, "fail")])
def test_7_none_of_them_alone_may(world: World, most: int, verdict: str) -> None:
    figures = [
        figure("total", 1_705),
        figure("a", most, dimension="outcome", category="charged", **PARTIAL),
        figure("b", 824, dimension="outcome", category="imprisoned", **PARTIAL),
    ]
    world.build(figures)
    assert world.of_check("overlapping_part_does_not_exceed_total") == {verdict}


@pytest.mark.parametrize(
    ("most", "check", "severity"),
    [
        (900, "overlapping_subtotals_do_not_exceed_total", "warning"),
        (1_800, "overlapping_part_does_not_exceed_total", "error"),
    ],
)
def test_7_a_part_too_large_is_told_once(
    world: World, most: int, check: str, severity: str
) -> None:
    figures = [
        figure("total", 1_705),
        figure("a", most, dimension="outcome", category="charged", **PARTIAL),
        figure("b", 824, dimension="outcome", category="imprisoned", **PARTIAL),
    ]
    world.build(figures)
    connection = world.engine.connection
    (finding,) = [*subtotals.tell(connection, "raw"), *parts.tell(connection, "raw")]
    assert (finding.check_name, finding.severity) == (check, severity)
    if severity == "error":
        assert finding.headline == (
            "1,800 persons deported (outcome: charged), Cambodia, 2019 (one) is more than its"
            " whole, 1,705 persons deported, Cambodia, 2019 (one)."
        )


@pytest.mark.parametrize(
    ("measure", "verdicts"), [("deportation_cases", []), ("persons_deported", ["conflict"])]
)
def test_8_cases_are_not_persons(world: World, measure: str, verdicts: list[str]) -> None:
    world.build([figure("a", 757), figure("b", 120, source_id="two", measure=measure)])
    assert [row["verdict"] for row in world.rows("fct_source_conflict")] == verdicts


@pytest.mark.parametrize(
    ("later", "page", "within", "across"),
    [
        (110, "two", "pass", None),
        (100, "two", "pass", None),
        (99, "two", "fail", None),
        (100, "else", None, "pass"),
        (99, "else", None, "warn"),
    ],
)
def test_9_a_running_total_never_falls_within_one_account(
    world: World, later: int, page: str, within: str | None, across: str | None
) -> None:
    first = figure("a", 100, **CUMULATIVE, **day(1))
    second = figure("b", later, source_id=page, **CUMULATIVE, **day(9))
    sources = [{"source_id": "one", "publisher": "two"}]
    world.build([first, second], sources=sources)
    assert world.of_check("running_total_never_falls") == {within} - {None}
    assert world.of_check("running_total_never_falls_across_origins") == {across} - {None}


def test_9_what_falls_within_one_account_is_told_once(world: World) -> None:
    told_by = {"one": [(1, 100), (9, 99)], "two": [(9, 99)]}
    figures = [
        figure(f"{page}.{at}", value, source_id=page, **CUMULATIVE, **day(at))
        for page, days in told_by.items()
        for at, value in days
    ]
    world.build(figures)
    (finding,) = periods.tell(world.engine.connection, "raw")
    assert finding.check_name == "running_total_never_falls"
    assert [part.figure_id for part in finding.figures] == ["one.9", "one.1"]


def test_9_a_fall_from_one_publisher_to_another_says_so(world: World) -> None:
    first = figure("a", 100, **CUMULATIVE, **day(1))
    world.build([first, figure("b", 99, source_id="two", **CUMULATIVE, **day(9))])
    (finding,) = periods.tell(world.engine.connection, "raw")
    assert finding.severity == "warning"
    assert "99 (two) for 9 January 2025 cannot be if it is 100 (one)" in finding.headline
    assert "Different publishers" in finding.detail


@pytest.mark.parametrize(
    ("publisher", "on", "verdict"),
    [
        ("police", "2020-06-01", "revised"),
        ("police", None, "conflict"),
        ("immigration", "2020-06-01", "conflict"),
    ],
)
def test_10_a_later_number_of_the_same_publisher_is_a_revision(
    world: World, publisher: str, on: str | None, verdict: str
) -> None:
    sources = [
        {"source_id": "one", "original_publisher": "police", "published_date": "2020-01-01"},
        {"source_id": "two", "original_publisher": publisher, "published_date": on},
    ]
    figures = [figure("a", 100), figure("b", 120, source_id="two")]
    world.build(figures, sources=sources)
    (row,) = world.rows("fct_source_conflict")
    assert row["verdict"] == verdict
    assert row["independent_sources_count"] == (1 if publisher == "police" else 2)


@pytest.mark.parametrize(
    ("tha", "vnm", "verdict"), [(700, 57, "pass"), (57, 700, "fail")], ids=["right", "swapped"]
)
def test_11_only_a_crossing_table_shows_a_swap(
    world: World, tha: int, vnm: int, verdict: str
) -> None:
    crossed = {"dimension": "nationality_sex", **COMPLETE}
    world.build(
        [
            figure("total", 757),
            figure("tha", tha, dimension="nationality", category="THA", **COMPLETE),
            figure("vnm", vnm, dimension="nationality", category="VNM", **COMPLETE),
            figure("tha_f", 400, category="THA_female", **crossed),
            figure("tha_m", 300, category="THA_male", **crossed),
        ]
    )
    by_dimension = {row["dimension"]: row["verdict"] for row in world.rows("fct_subtotal_check")}
    assert by_dimension == {"nationality": "pass", "nationality_sex": verdict}


@pytest.mark.parametrize(
    ("start", "end", "verdicts"),
    [
        ("2018-12-26", "2019-12-25", []),
        ("2018-10-01", "2019-09-30", []),
        ("2019-01-01", "2019-12-31", ["conflict"]),
    ],
)
def test_12_years_that_begin_on_other_days_are_other_years(
    world: World, start: str, end: str, verdicts: list[str]
) -> None:
    other = figure("b", 900, source_id="two", period_start=start, period_end=end)
    world.build([figure("a", 757), other])
    assert [row["verdict"] for row in world.rows("fct_source_conflict")] == verdicts
    assert world.verdicts() == {}


@pytest.mark.parametrize(("eleven_months", "verdict"), [(190, "pass"), (191, "fail")])
def test_12_eleven_months_count_no_more_than_their_year(
    world: World, eleven_months: int, verdict: str
) -> None:
    part = figure("b", eleven_months, period_end="2019-11-30", source_id="two")
    world.build([figure("a", 190), part])
    assert world.of_check("period_is_not_less_than_its_part") == {verdict}


@pytest.mark.parametrize(
    ("number", "total", "verdict"),
    [
        (2019, 100, "pass"),
        (2019, 120, "fail"),
        (2020, 100, "unknown"),
        (2020, 120, "unknown"),
        (2021, 100, "fail"),
        (2021, 120, "pass"),
    ],
)
def test_12_who_belongs_to_a_group_changes_in_time(
    world: World, number: int, total: int, verdict: str
) -> None:
    by_nation = {"dimension": "nationality", **COMPLETE, **year(number)}
    figures = [
        figure("total", total, **year(number)),
        figure("eu", 90, category="EU", **by_nation),
        figure("gbr", 20, category="GBR", **by_nation),
        figure("chn", 10, category="CHN", **by_nation),
    ]
    stay = {"group_category": "EU", "member_category": "GBR", "until_date": "2020-01-31"}
    world.build(figures, memberships=[stay])
    assert world.of_check("subtotals_sum_to_total") == {verdict}
    (checked,) = world.rows("fct_subtotal_check")
    reason = "a part is in another one for some of the period only"
    assert checked["unknown_reason"] == (reason if verdict == "unknown" else None)


@pytest.mark.parametrize(("number", "verdicts"), [(2019, set()), (2020, set()), (2021, {"fail"})])
def test_12_a_list_of_the_largest_leaves_out_no_member_of_a_group_on_it(
    world: World, number: int, verdicts: set[str]
) -> None:
    by_nation = {"dimension": "nationality", **year(number)}
    figures = [
        figure("eu", 90, category="EU", breakdown_complete="top", **by_nation),
        figure("chn", 10, category="CHN", breakdown_complete="top", **by_nation),
        figure("gbr", 20, category="GBR", **by_nation),
    ]
    stay = {"group_category": "EU", "member_category": "GBR", "until_date": "2020-01-31"}
    world.build(figures, memberships=[stay])
    assert world.of_check("top_list_leaves_out_none_larger") == verdicts


def test_13_a_false_claim_convicts_no_breakdown(world: World) -> None:
    parts = [
        figure("tha", 700, dimension="nationality", category="THA", **COMPLETE),
        figure("mys", 57, dimension="nationality", category="MYS", **COMPLETE),
    ]
    figures = [figure("now", 757), figure("before", 700, **year(2018)), *parts]
    world.build(figures, [claim("absolute_change", "eq", "33")])
    assert world.of_check("claims_match_figures") == {"fail"}
    assert world.of_check("subtotals_sum_to_total") == {"pass"}


@pytest.mark.parametrize(
    ("expected", "corrected", "verdict"), [(752, 757, "pass"), (751, None, "fail")]
)
def test_14_a_correction_stands_beside_the_printed_value(
    world: World, expected: int, corrected: int | None, verdict: str
) -> None:
    part = figure("tha", 752, dimension="nationality", category="THA", **COMPLETE)
    mend = {"figure_id": "tha", "expected_value": expected, "corrected_value": 757}
    world.build([figure("total", 757), part], corrections=[mend])
    (row,) = (row for row in world.rows("fct_reported_figure") if row["figure_id"] == "tha")
    assert (row["reported_value"], row["corrected_value"]) == (752, corrected)
    assert world.of_check("subtotals_sum_to_total") == {verdict}
