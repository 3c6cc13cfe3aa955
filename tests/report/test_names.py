from __future__ import annotations

import duckdb
import pytest

from etl.report.names import Names

PAGES = """
    create table dim_source as
    from (values
        ('asianews-20250328', 'AsiaNews', date '2025-03-28'),
        ('kt-1', 'Khmer Times', null),
        ('x-1', '<script>alert(1)</script>', null),
        ('2019', 'Yearbook', null),
        ('cambodia', 'A newspaper', null)
    ) as pages (source_id, publisher, published_date)
"""


@pytest.fixture
def names() -> Names:
    connection = duckdb.connect()
    connection.execute(PAGES)
    names = Names(connection)
    names.learn(["asianews-20250328, kt-1 and x-1; 2019, cambodia", "kt-10"])
    return names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("5 (2023, asianews-20250328).", "5 (2023, AsiaNews of 28 March 2025)."),
        ("5 (asianews-20250328, kt-1)", "5 (AsiaNews of 28 March 2025, Khmer Times)"),
        ("as kt-1 prints", "as Khmer Times prints"),
        ("kt-10 and kt-1-b are other pages", "kt-10 and kt-1-b are other pages"),
        ("2019 in cambodia", "2019 in cambodia"),
        ("according to Khmer Times (kt-1, undated)", "according to Khmer Times (kt-1, undated)"),
        ("no page", "no page"),
    ],
)
def test_pages_are_called_by_publisher_and_day(names: Names, text: str, named: str) -> None:
    assert names.plainly(text) == named


def test_a_name_on_the_page_tells_its_id(names: Names) -> None:
    assert names.marked("5 (kt-1)") == '5 (<bdi title="kt-1">Khmer Times</bdi>)'


def test_nothing_in_a_text_or_a_name_is_markup(names: Names) -> None:
    assert "<script" not in names.marked("<script> as x-1 prints, \u202e")
    assert "\u202e" not in names.marked("\u202e")


def test_without_a_warehouse_ids_stay() -> None:
    assert Names(None).plainly("5 (kt-1)") == "5 (kt-1)"
