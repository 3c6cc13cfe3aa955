"""The night on data/raw: parts C and F of the figures' README, several values for one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

# finding, cell, values, independent sources
CONFLICTS = [
    ("b4a4c91060fe", "KHM.persons_deported.2022-01-01..2022-09-30", [1450, 3583, 4000], 4),
    ("2519c45850d3", "KHM.trafficking_cases.2017-01-01..2017-12-31", [151, 159], 2),
    ("efd561e92fc4", "KHM.suspects_arrested.2017-01-01..2017-12-31", [187, 203], 2),
    (
        "32580bdb9d8a",
        "KHM.victims_rescued.2017-01-01..2017-12-31.province.phnom_penh",
        [57, 103],
        2,
    ),
    ("2fb3ff3f337c", "KHM.citizens_repatriated.2017-01-01..2017-12-31", [307, 757, 986], 3),
    (
        "e9fae8d4ec2b",
        "KHM.suspects_arrested.2020-01-01..2020-06-30.offence_type.human_trafficking",
        [6, 36],
        1,
    ),
    ("8e481cb2db0e", "KHM.persons_deported.2014-01-01..2019-12-31", [16200, 16720], 2),
    ("09fe9f24b57d", "KHM.crimes_by_foreigners.2019-01-01..2019-12-31", [324, 538], 2),
    (
        "e1969b982d04",
        "KHM.persons_arrested_scam.2025-06-27..2025-07-18.nationality.CHN",
        [589, 702],
        2,
    ),
    ("9fc7e4edc744", "KHM.persons_arrested_scam.2025-06-27..2025-07-18", [2137, 2270], 3),
    (
        "71445e15c128",
        "KHM.persons_arrested_scam.2025-06-27..2025-07-22.nationality.IDN",
        [339, 366],
        2,
    ),
    ("8e396c7c0a2d", "KHM.scam_sites_raided.2025-06-27..2025-07-22", [58, 138], 2),
    ("69122a22144a", "VNM.trafficking_cases.2016-01-01..2016-12-31", [383, 385], 2),
    ("fb61a5f48d3d", "VNM.victims_identified.2023-01-01..2023-06-30", [82, 224], 2),
    (
        "b9b9643e72c4",
        "USA.persons_removed.2022-10-01..2023-09-30.nationality.MEX",
        [62000, 66800],
        1,
    ),
    (
        "962893d2a2e4",
        "USA.persons_removed.2023-10-01..2024-09-30.nationality.GTM",
        [66435, 67000],
        3,
    ),
    ("e30788373a05", "KHM.persons_arrested.2018-12-20..2019-03-19.nationality.THA", [26, 926], 2),
    ("c2d67ff250a6", "KOR.citizens_detained_abroad.2025-10-16..2025-10-16", [61, 63], 1),
    # Part F: two versions on one page.
    ("05bcc24d020e", "IDN.persons_deported.2020-01-01..2020-06-30", [51, 59], 1),
    ("561b35d5b365", "KHM.foreign_crime_victims.2018-12-20..2019-03-19", [167, 211], 1),
    ("12a7e1812e37", "KHM.foreigner_deaths.2022-01-01..2022-12-31", [223, 233], 1),
    ("0ba30e56be7e", "KOR.citizens_detained_abroad.2025-10-17..2025-10-17", [59, 64], 2),
    ("77566e90c492", "KOR.citizens_repatriated.2025-10-14..2025-10-14", [2, 4], 2),
    ("dfc08b5b9bac", "USA.persons_removed.2021-10-01..2022-09-30", [72000, 72177, 142580], 1),
]
# cell, least and greatest value, verdict
SILENT = [
    ("KHM.persons_deported.2016-01-01..2016-12-31", 2998, 3509, "revised"),
    ("KHM.victims_rescued.2017-01-01..2017-12-31", 300, 345, "compatible"),
    ("KHM.persons_deported_scam.2023-01-01..2026-02-28", 8000, 48000, "compatible"),
    ("KHM.persons_deported.2022-01-01..2022-12-31", 5825, 6000, "compatible"),
    ("KHM.foreigners_involved.2022-08-18..2022-11-10", 871, 900, "compatible"),
    ("KHM.persons_deported.2015-01-01..2015-09-30", 1919, 2000, "compatible"),
    ("THA.persons_deported.2015-01-01..2015-12-31.nationality.KHM", 50000, 55626, "compatible"),
]
CELL = """
    geography || '.' || measure || '.' || period_start || '..' || period_end
    || case when dimension = 'total' then '' else '.' || dimension || '.' || category end
"""


@pytest.mark.parametrize(
    ("finding", "cell", "values", "sources"), CONFLICTS, ids=[row[1] for row in CONFLICTS]
)
def test_each_cell_with_several_values_is_found_once_with_all_of_them(
    published: duckdb.DuckDBPyConnection,
    finding: str,
    cell: str,
    values: list[int],
    sources: int,
) -> None:
    told = published.execute(
        "select verdict, low_value, high_value, independent_sources_count"
        f" from marts.fct_source_conflict where {CELL} = ?",
        [cell],
    ).fetchall()
    assert told == [("conflict", values[0], values[-1], sources)]
    sides = published.execute(
        "select distinct figures.reported_value from audit.finding_figure as named"
        " inner join marts.fct_reported_figure as figures on named.figure_id = figures.figure_id"
        " where named.finding_id = ? and named.role = 'side' order by 1",
        [finding],
    ).fetchall()
    assert [value for (value,) in sides] == values


def test_no_other_cell_is_found(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select finding_id from audit.finding where check_name = 'sources_agree'"
    ).fetchall()
    assert sorted(found) == sorted((row[0],) for row in CONFLICTS)


@pytest.mark.parametrize(("cell", "least", "greatest", "verdict"), SILENT)
def test_revisions_and_roundings_are_no_conflict(
    published: duckdb.DuckDBPyConnection, cell: str, least: int, greatest: int, verdict: str
) -> None:
    told = published.execute(
        f"select low_value, high_value, verdict from marts.fct_source_conflict where {CELL} = ?",
        [cell],
    ).fetchall()
    assert told == [(least, greatest, verdict)]


def test_308_and_520_do_not_make_911(published: duckdb.DuckDBPyConnection) -> None:
    told = published.execute(
        "select reported_whole, computed_whole, residual_value, verdict"
        " from marts.fct_period_check where geography = 'IDN' and measure = 'citizens_at_embassy'"
        " and check_name = 'adjoining_periods_sum_to_period'"
    ).fetchall()
    assert told == [(911, 308 + 520, 83, "fail")]
