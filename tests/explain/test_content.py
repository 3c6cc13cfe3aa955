from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from etl.errors import UnknownId
from etl.explain.pages import contradicted

if TYPE_CHECKING:
    import duckdb

    from tests.explain.conftest import Known

MISPRINT = "asianewsit-2019.khm.persons_arrested.20181220-20190319.nationality.tha"
DEPORTED = "asianews-20250328.khm.persons_deported.2024.total.total"
BREAKDOWN = "subtotal:asianewsit-2019.KHM.persons_arrested.2018-12-20..2019-03-19.nationality"


def by(rows: list[dict[str, Any]], column: str) -> dict[Any, dict[str, Any]]:
    return {row[column]: row for row in rows}


def test_figure_leads_back_to_the_text_in_its_file_and_to_the_url(known: Known) -> None:
    figure = known(MISPRINT)["figure"]
    assert figure["printed"]["reported_value"] == 926
    assert (figure["row"]["file"], figure["row"]["row_number"]) == ("figures/khm.csv", 891)
    assert figure["row"]["values"]["value"] == "926"
    assert figure["source"]["url"].startswith("http://asianews.it/")


def test_figure_leads_to_its_breakdown_and_the_arithmetic_of_it(known: Known) -> None:
    figure = known(MISPRINT)["figure"]
    (breakdown,) = figure["breakdowns"]
    assert (breakdown["reported_total"], breakdown["computed_total"]) == (341, 1223)
    assert (breakdown["residual_value"], breakdown["verdict"]) == (-882, "fail")
    statement = by(figure["statements"], "statement_id")[breakdown["statement_ids"][0]]
    terms = {term["category"]: term for term in statement["terms"]}
    assert sum(t["coefficient"] * t["reported_value"] for t in terms.values()) == -882
    assert (terms["TOTAL"]["coefficient"], terms["THA"]["coefficient"]) == (1, -1)
    assert (statement["low_bound"], statement["high_bound"]) == (0, None)


def test_figure_stands_beside_the_other_figures_on_its_cell(known: Known) -> None:
    cell = known(MISPRINT)["figure"]["cell"]
    assert cell["compared"]["verdict"] == "conflict"
    values = {figure["source_id"]: figure["reported_value"] for figure in cell["figures"]}
    assert values == {"asianewsit-2019": 926, "cd-148947": 26}


def test_figure_names_every_finding_that_it_is_in(
    known: Known, published: duckdb.DuckDBPyConnection
) -> None:
    told = {found["finding_id"] for found in known(MISPRINT)["figure"]["findings"]}
    sql = "select finding_id from audit.finding_figure where figure_id = ?"
    assert told == {row[0] for row in published.execute(sql, [MISPRINT]).fetchall()}
    assert len(told) == 2


def test_figure_names_every_claim_period_and_year_that_it_is_in(known: Known) -> None:
    figure = known(DEPORTED)["figure"]
    claims = by(figure["claims"], "claim_id")
    assert claims["ettoday-20260112.c02"]["slip"] == "change_divided_by_new_value"
    assert claims["asianews-20250328.c03"]["verdict"] == "pass"
    assert any(row["period_start"].year == 2014 for row in figure["periods"])
    changes = {row["change_value"] for row in figure["year_on_year"]}
    assert 5852 - 2159 in changes


def test_statement_of_several_pages_counts_every_figure_on_its_cells(
    known: Known, published: duckdb.DuckDBPyConnection
) -> None:
    chosen, other = published.execute(
        """
        select terms.figure_id, min(figures.figure_id)
        from intermediate.int_statement_terms as terms
        inner join marts.fct_reported_figure as figures
            on terms.measure = figures.measure and terms.geography = figures.geography
            and terms.period_start = figures.period_start
            and terms.period_end = figures.period_end
            and terms.dimension = figures.dimension and terms.category = figures.category
            and terms.figure_id <> figures.figure_id
        where terms.source_id is null
        group by terms.figure_id order by terms.figure_id limit 1
        """
    ).fetchone() or ("", "")
    of_chosen, of_other = (
        {row["statement_id"] for row in known(figure_id)["figure"]["periods"]}
        for figure_id in (chosen, other)
    )
    assert of_chosen
    assert of_chosen == of_other


def test_claim_has_its_slip_its_bounds_and_its_operands(known: Known) -> None:
    claim = known("ettoday-20260112.c02")["claim"]
    (checked,) = claim["claims"]
    assert (checked["printed"], checked["verdict"]) == ("56.8", "fail")
    assert checked["slip"] == "change_divided_by_new_value"
    assert round(checked["computed_number"], 2) == 131.66
    assert (checked["allowed_from"], checked["allowed_to"]) == (56.75, 56.9)
    assert {row["role"]: row["reported_value"] for row in claim["operands"]} == {
        "subject": 13557,
        "comparator": 5852,
    }
    assert {row["verdict"] for row in claim["statements"]} == {"fail", "pass"}
    assert claim["row"]["row_number"] == checked["row_number"]


def test_source_says_whom_it_contradicts_and_on_what(known: Known) -> None:
    source = known("kt-106902")["source"]
    told = {
        (pair["other_source_id"], pair["own_value"], pair["other_value"])
        for pair in source["contradicts"]
    }
    assert told == {
        ("ppp-2018-ncct2017", 307, 757),
        ("voa-2018-brides", 307, 986),
        ("ppp-2018-ncct2017", 187, 203),
        ("ppp-2018-ncct2017", 151, 159),
        ("ppp-2018-ncct2017", 103, 57),
    }


def test_two_pages_contradict_each_other_or_neither_does(
    published: duckdb.DuckDBPyConnection,
) -> None:
    ids = published.execute("select distinct source_id from marts.fct_reported_figure").fetchall()
    pairs = {
        (source_id, pair["other_source_id"])
        for (source_id,) in ids
        for pair in contradicted(published, source_id)
    }
    assert len(pairs) > 10
    assert pairs == {(other, own) for own, other in pairs}


def test_source_counts_what_its_figures_are_in(
    known: Known, published: duckdb.DuckDBPyConnection
) -> None:
    source = known("kt-106902")["source"]
    assert source["counts"]["published"] == len(source["figures"]) == 14
    sql = (
        "select count(distinct figure_id) from audit.finding_figure"
        " where starts_with(figure_id, 'kt-106902.')"
    )
    assert published.execute(sql).fetchone() == (source["counts"]["in_open_findings"],)
    assert source["verdicts"]["claims"] == {"fail": 1, "pass": 2}
    assert source["verdicts"]["cells shared"]["conflict"] == 4


def test_source_names_the_pages_that_give_the_same_account(known: Known) -> None:
    copy = known("asianews-20250328")["source"]
    assert copy["page"]["origin"] == "The Phnom Penh Post"
    assert {row["origin"] for row in copy["same_origin"]} == {"The Phnom Penh Post"}
    assert "asianews-20250328" not in by(copy["same_origin"], "source_id")


def test_finding_has_its_figures_with_place_and_url(known: Known) -> None:
    finding = known("31af14c2ace0")["finding"]
    figures = by(finding["figures"], "figure_id")
    assert figures[MISPRINT]["row_number"] == 891
    assert figures[MISPRINT]["url"].startswith("http://asianews.it/")
    assert [figure["role"] for figure in finding["figures"]] == ["whole", *["part"] * 5]
    assert [row["statement_id"] for row in finding["statements"]] == [BREAKDOWN]
    assert len(finding["nights"]) == 1


@pytest.mark.parametrize("prefix", ["31af", "31AF14c2"])
def test_beginning_of_a_finding_id_is_enough(known: Known, prefix: str) -> None:
    assert known(prefix)["finding"]["finding_id"] == "31af14c2ace0"


def test_every_finding_on_figures_that_has_a_statement_shows_it(
    known: Known, published: duckdb.DuckDBPyConnection
) -> None:
    sql = "select finding_id from audit.finding where check_name <> 'sources_agree'"
    ids = [row[0] for row in published.execute(sql).fetchall()]
    assert [name for name in ids if not known(name)["finding"]["statements"]] == []


def test_check_has_its_claim_its_denominators_and_its_findings(known: Known) -> None:
    check = known("claims_match_figures")["check"]
    (latest,) = check["latest"]
    assert latest["claim"] == "What a page claims of figures, the figures bear out"
    assert latest["severity"] == "error"
    assert latest["failed_count"] >= check["findings_count"] == len(check["findings"]) > 0
    assert latest["tested_count"] > latest["failed_count"]
    assert check["history"] == [latest]


def test_check_that_stands_on_many_tables_has_them_all(known: Known) -> None:
    latest = known("no_column_is_undeclared")["check"]["latest"]
    assert len({row["table_name"] for row in latest}) == len(latest) > 30


def test_check_without_a_count_is_known_by_its_findings(known: Known) -> None:
    check = known("sources_agree")["check"]
    assert check["findings_count"] > 0


def test_statement_shows_its_mart_row_and_its_finding(known: Known) -> None:
    statement = known(BREAKDOWN)["statement"]
    assert statement["breakdowns"][0]["residual_value"] == -882
    assert [found["finding_id"] for found in statement["findings"]] == ["31af14c2ace0"]


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("kt-10690", "kt-106902"),
        ("claims_match_figure", "claims_match_figures"),
        ("ettoday-20260112.c99", "ettoday-20260112.c02"),
        (MISPRINT.replace("tha", "thai"), MISPRINT),
    ],
)
def test_what_is_not_known_comes_with_what_is_nearest(
    known: Known, asked: str, nearest: str
) -> None:
    with pytest.raises(UnknownId) as told:
        known(asked)
    assert nearest in told.value.nearest
    assert f"'{asked}'" in str(told.value)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "'",
        "x' or '1'='1",
        "'; drop table marts.fct_reported_figure; --",
        "%",
        "*",
        ".*",
        "([",
        "\\",
        "\x00",
        "\x1b[31m",
        "\udcff\udcfe",
        "🙂" * 1000,
        "a" * 100_000,
        "$1",
        "{0}",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_identifiers_are_only_not_known(known: Known, hostile: str) -> None:
    with pytest.raises(UnknownId) as told:
        known(hostile)
    assert len(str(told.value)) < 3_000


def test_held_figure_is_explained_by_its_quarantine(marred: Known) -> None:
    figure = marred("marred.held")["figure"]
    assert figure["printed"] is None
    (held,) = figure["quarantine"]
    assert held["raw_text"] == "x"
    assert held["check_name"] == "reported_value_is_a_whole_number"
    assert '"category":"LAO"' in held["row_text"]
    assert [found["row_number"] for found in figure["findings"]] == [held["row_number"]]


def test_row_that_could_not_be_read_is_found_by_a_name_in_it(marred: Known) -> None:
    (held,) = marred("marred.cut")["unreadable"]["quarantine"]
    assert held["row_text"] == "marred.cut,cd-102223,persons_deported,THA"
    with pytest.raises(UnknownId):
        marred("marred.cu")


def test_page_of_a_held_figure_counts_it(marred: Known) -> None:
    assert marred("cd-102223")["source"]["counts"]["held"] == 1


def test_claim_without_its_figures_is_unknown_and_names_them(marred: Known) -> None:
    claim = marred("marred.claim")["claim"]
    assert claim["claims"][0]["verdict"] == "unknown"
    assert {row["named_figure_id"] for row in claim["operands"] if not row["figure_id"]} == {
        "no.such.figure",
        "no.such.part",
        "neither.this",
    }


def test_held_claim_is_explained_by_its_quarantine(marred: Known) -> None:
    claim = marred("marred.claim.held")["claim"]
    assert claim["claims"] == []
    assert [held["raw_text"] for held in claim["quarantine"]] == ["guess"]


def test_corrected_figure_keeps_what_was_printed_beside_it(marred: Known) -> None:
    figure = marred(MISPRINT)["figure"]
    assert figure["printed"]["reported_value"] == 926
    assert figure["printed"]["corrected_value"] == 26
    assert figure["corrections"][0]["is_matched"]
    assert figure["breakdowns"][0]["verdict"] == "pass"
    assert figure["findings"] == []


def test_every_line_offered_for_acceptance_is_accepted(
    marred: Known, published: duckdb.DuckDBPyConnection
) -> None:
    corrected = "select finding_id from audit.finding_figure where figure_id = ?"
    ids = {row[0] for row in published.execute("select finding_id from audit.finding").fetchall()}
    ids -= {row[0] for row in published.execute(corrected, [MISPRINT]).fetchall()}
    states = {finding_id: marred(finding_id)["finding"]["state"] for finding_id in ids}
    assert {key for key, state in states.items() if state != "acknowledged"} == set()
    assert len(states) > 50
