from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from etl.findings.suspects import attach
from etl.reconcile.bounds import bounds_of
from etl.reconcile.evidence import block_of, components
from etl.reconcile.night import reconcile
from etl.reconcile.reach import reach
from etl.reconcile.solver import Solver
from etl.settings import ROOT, Settings
from tests.worlds import World, claim, figure, year

if TYPE_CHECKING:
    from etl.findings.record import Finding
    from etl.plan import Plan

SETTINGS = Settings()


@pytest.fixture
def world(plan: Plan) -> World:
    return World.open(plan, duckdb.connect())


def reconciled(world: World, **settings: Any) -> dict[str, list[dict[str, Any]]]:
    """The tables of a night, those after reconciliation included."""
    reconcile(world.engine.connection, world.plan, replace(SETTINGS, **settings))
    for table in world.plan.models:
        if table.is_late and not table.is_filled:
            statement = table.statement.replace("create ", "create or replace ", 1)
            world.engine.connection.execute(statement)
    late = [table.stem for table in world.plan.models if table.is_late]
    return {stem: world.rows(stem) for stem in late}


def breakdown(total: int, *parts: int, page: str = "one", complete: str = "yes") -> list[Any]:
    """A total and its parts by nationality."""
    said = {"source_id": page, "breakdown_complete": complete}
    codes = ("CHN", "VNM", "THA", "IDN")
    return [
        figure(f"{page}.total", total, **said),
        *(
            figure(f"{page}.{code}", value, dimension="nationality", category=code, **said)
            for code, value in zip(codes, parts, strict=False)
        ),
    ]


def test_a_night_without_failures_reasons_about_nothing(world: World) -> None:
    world.build(breakdown(100, 60, 30, 10))
    assert reach(world.engine.connection) is None
    found = reconciled(world)
    assert found["int_explained"] == found["int_suspects"] == found["int_cells_reasoned"] == []
    assert {row["basis"] for row in found["fct_figure"]} == {"reported"}


def test_the_number_that_another_page_prints_otherwise_is_blamed(world: World) -> None:
    other = figure("two.THA", 26, source_id="two", dimension="nationality", category="THA")
    world.build([*breakdown(341, 241, 49, 926, 4, complete="no"), other])
    found = reconciled(world)
    firsts = [row for row in found["int_suspects"] if row["blame_rank"] == 1]
    assert {row["figure_id"] for row in firsts} == {"one.THA"}
    assert {(row["mended_value"], row["slip"]) for row in firsts} == {(26, "digit_added")}
    assert {row["confirmed_by"] for row in firsts} == {"two"}
    thais = next(row for row in found["fct_figure"] if row["category"] == "THA")
    assert (thais["best_value"], thais["basis"], thais["is_in_conflict"]) == (26, "reported", True)
    verdicts = {row["figure_id"]: row["verdict"] for row in found["fct_figure_corroboration"]}
    assert (verdicts["one.THA"], verdicts["one.CHN"]) == ("contradicted", "unchecked")


@pytest.mark.parametrize(("one", "two"), [(58, 71), (324, 538)])
def test_a_best_value_is_as_unsure_as_what_rivals_it_is_far_and_likely(
    world: World, one: int, two: int
) -> None:
    world.build([figure("a", one, source_id="one"), figure("b", two, source_id="two")])
    found = reconciled(world)
    (cell,) = found["fct_figure"]
    disbelieved = one + two - cell["best_value"]
    (share,) = (
        row["probability"] for row in found["int_suspects"] if row["mended_value"] == disbelieved
    )
    expected = abs(one - two) * share**0.5
    assert cell["standard_deviation"] == pytest.approx(expected, rel=1e-3)


def test_copies_of_one_origin_do_not_outvote_another(world: World) -> None:
    pages = ["one", "copy", "third"]
    figures = [figure(page, 58, source_id=page) for page in pages]
    copies = [{"source_id": page, "original_publisher": "one"} for page in pages[1:]]
    world.build([*figures, figure("other", 71, source_id="other")], sources=copies)
    shares = {row["figure_id"]: row["probability"] for row in reconciled(world)["int_suspects"]}
    assert shares["one"] == pytest.approx(shares["other"], abs=0.2)


def test_that_the_parts_are_all_of_it_can_be_what_is_wrong(world: World) -> None:
    world.build(breakdown(1_000, 300, 200))
    kinds = {row["kind"] for row in reconciled(world)["int_suspects"]}
    assert kinds == {"figure", "completeness"}


def test_a_sum_that_the_page_claims_is_doubted_like_its_list(world: World) -> None:
    figures = breakdown(5_011, 3_567, 465, 556, 419)
    parts = ";".join(row["figure_id"] for row in figures[1:])
    claimed = {**claim("sum", "eq", "5011", parts), "subject_figure_id": "one.total"}
    told = []
    for claims in ([], [claimed]):
        world.build(figures, claims)
        suspects = [
            row for row in reconciled(world)["int_suspects"] if "subtotal" in row["subject"]
        ]
        told.append({row["words"]: row["probability"] for row in suspects})
    assert told[0] == pytest.approx(told[1], abs=0.1)
    assert max(told[1].values()) < 0.9


def test_a_claim_that_its_own_figures_refute_is_blamed(world: World) -> None:
    before = figure("before", 5_852, **year(2024))
    now = figure("now", 13_557, **year(2025))
    world.build([before, now], [claim("percent_change", "eq", "56.8")])
    first = reconciled(world)["int_suspects"][0]
    assert (first["kind"], first["slip"]) == ("claim", "change_divided_by_new_value")
    assert first["subject"] == "claim:claim"


def test_a_component_over_the_limit_says_so_and_stalls_nothing(world: World) -> None:
    world.build(breakdown(341, 241, 49, 926, complete="no"))
    found = reconciled(world, component_statements=2)
    assert [row["status"] for row in found["int_explained"]] == ["cut short"]
    assert "limit" in found["int_explained"][0]["reason"]
    assert found["int_suspects"] == found["int_cells_reasoned"] == []


def test_the_same_figures_give_the_same_answers_in_any_order(world: World) -> None:
    figures = [*breakdown(341, 241, 49, 926, 4, complete="no"), *breakdown(900, 500, page="two")]
    world.build(figures)
    first = reconciled(world)["int_suspects"]
    world.build(figures[::-1])
    again = reconciled(world)["int_suspects"]
    columns = ("subject", "blame_rank", "statement", "probability", "mended_value")
    assert [[row[c] for c in columns] for row in again] == [
        [row[c] for c in columns] for row in first
    ]


@pytest.mark.parametrize(("one", "two"), [(6, 36), (58, 138), (324, 538), (82, 224), (51, 59)])
def test_two_pages_without_a_third_are_never_near_certain(world: World, one: int, two: int) -> None:
    world.build([figure("a", one, source_id="one"), figure("b", two, source_id="two")])
    found = reconciled(world)["int_suspects"]
    assert {row["figure_id"] for row in found} == {"a", "b"}
    assert "near-certain" not in {row["blame_band"] for row in found}


def test_two_pages_far_apart_count_different_things_rather_than_slip(world: World) -> None:
    world.build([figure("a", 82, source_id="one"), figure("b", 224, source_id="two")])
    found = reconciled(world)["int_suspects"]
    assert {(row["slip"], row["blame_band"]) for row in found} == {(None, "open")}


def test_a_list_that_lacks_much_is_not_mended_by_a_number_ten_times_larger(world: World) -> None:
    world.build(breakdown(211, 82, 30, 18, 7))
    (first,) = (row for row in reconciled(world)["int_suspects"] if row["blame_rank"] == 1)
    assert first["kind"] == "completeness"
    assert first["probability"] > 0.9


def test_a_neighbouring_years_claim_speaks_for_the_figure_that_it_fits(world: World) -> None:
    before = {**figure("before", 100, source_id="three"), **year(2018)}
    now = [figure("now", 150, source_id="one"), figure("other", 190, source_id="two")]
    up = {**claim("absolute_change", "eq", "50"), "source_id": "three"}
    world.build([before, *now], [up])
    (first,) = (row for row in reconciled(world)["int_suspects"] if row["blame_rank"] == 1)
    assert first["figure_id"] == "other"


def above_and_below(above: int, below: int) -> tuple[list[Any], list[Any]]:
    """An unstated count that is said to be above one count and below another."""
    count = {"dimension": "nationality", "source_id": "one"}
    counts = {"now": (None, "CHN"), "more": (below, "VNM"), "less": (above, "THA")}
    figures = [
        figure(name, value, category=code, **count) for name, (value, code) in counts.items()
    ]
    figures[0]["value_qualifier"] = "unstated"
    higher = claim("rank", "gt", "", "less")
    lower = {**claim("rank", "lt", "", "more"), "claim_id": "other"}
    return figures, [higher, lower]


def test_lines_that_only_together_cannot_be_true_are_a_finding(world: World) -> None:
    world.build(*above_and_below(100, 90))
    assert {"fail", "warn"}.isdisjoint(world.verdicts().values())
    reconciled(world)
    (found,) = attach(world.engine.connection, [], "data/raw")
    assert found.check_name == "figures_can_all_be_true"
    assert found.headline.startswith("These 4 lines cannot all be true")
    assert {line.kind for line in found.proof} == {"figure", "claim"}
    assert "100" in found.evidence
    assert "90" in found.evidence


def test_lines_that_together_can_be_true_are_none(world: World) -> None:
    world.build(*above_and_below(90, 100))
    reconciled(world)
    assert list(attach(world.engine.connection, [], "data/raw")) == []


def test_a_joint_conflict_is_another_one_once_its_lines_are_others(world: World) -> None:
    found: list[Finding] = []
    for above, below in [(100, 90), (100, 90), (100, 80)]:
        world.build(*above_and_below(above, below))
        reconciled(world)
        found += attach(world.engine.connection, [], "data/raw")
    same, again, changed = found
    assert (same.finding_id, same.evidence) == (again.finding_id, again.evidence)
    assert changed.evidence != same.evidence


def test_answers_are_the_same_however_few_are_written_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(breakdown(341, 241, 49, 926, 4))
    at_once = reconciled(world)
    filled = [table.stem for table in world.plan.models if table.is_filled]
    assert min(len(at_once[stem]) for stem in filled if stem != "int_explained") > 2
    monkeypatch.setattr("etl.reconcile.night._AT_ONCE", 4)
    monkeypatch.setattr("etl.audit._AT_ONCE", 2)
    for stem in filled:
        world.engine.connection.execute(f"delete from {stem}")
    assert reconciled(world) == at_once


def test_a_folder_without_weights_has_the_shipped_rates(world: World) -> None:
    world.build([figure("a", 58, source_id="one"), figure("b", 138, source_id="two")])
    world.engine.connection.execute("delete from staging.stg_weights")
    reached = reach(world.engine.connection)
    assert reached is not None
    assert reached.sameness_rate == pytest.approx(0.05)
    assert [row["error_rate"] for row in reached.figures] == pytest.approx([0.01, 0.01])


def test_counts_named_without_a_number_are_bounded_alone_and_together(world: World) -> None:
    world.build(*article())
    found = reconciled(world)["fct_cell_bounds"]
    assert {(row["category"], row["low_value"], row["high_value"]) for row in found} == {
        ("VNM", 0, 2_694),
        ("IDN", 0, 2_694),
    }
    assert all("above the others" in row["high_bound_by"] for row in found)
    reached = reach(world.engine.connection)
    assert reached is not None
    blocks = (block_of(one, reached) for one in components(reached))
    (block,) = (one for one in blocks if any(not told for told in one.figures.values()))
    solver = Solver()
    solver.load(block.problem)
    unstated = tuple((f"c{cell}", 1) for cell, told in block.figures.items() if not told)
    assert bounds_of(solver, unstated).high == 3_157


def article() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the page nwzctchr-20250328, as the staging models type them."""
    figures, claims = rows_of("figures/khm.csv"), rows_of("claims/claims.csv")
    for row in figures:
        value = row.pop("value")
        row |= {"reported_value": int(value) if value else None, "file": "figures/khm.csv"}
    for row in claims:
        number = row.pop("stated_number")
        row["stated_number"] = float(number) if number else None
        row["stated_number_text"] = number or None
    return figures, claims


def rows_of(name: str) -> list[dict[str, Any]]:
    with (ROOT / "data" / "raw" / name).open(encoding="utf-8", newline="") as file:
        page = [row for row in csv.DictReader(file) if row["source_id"] == "nwzctchr-20250328"]
    return [{column: text for column, text in row.items() if column != "note"} for row in page]
