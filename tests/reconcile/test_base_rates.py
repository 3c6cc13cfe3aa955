import duckdb
import pytest

from benchmarks.base_rates import Count, counts, lacking
from etl.plan import Plan
from tests.worlds import World, figure


@pytest.mark.parametrize(
    ("numbers", "slips", "others"),
    [
        ((26, 26), 0, 0),
        ((26, 926), 1, 0),
        ((324, 538), 0, 1),
        ((51, 51, 59), 1, 0),
        ((1450, 1450, 3583), 0, 1),
    ],
)
def test_a_number_that_others_contradict_is_counted_once(
    plan: Plan, numbers: tuple[int, ...], slips: int, others: int
) -> None:
    world = World.open(plan, duckdb.connect())
    world.build([figure(f"f{n}", one, source_id=f"s{n}") for n, one in enumerate(numbers)])
    found, _ = counts(world.engine.connection)
    assert found["figure exact"] == Count(len(numbers), slips)
    assert found["sameness sources_agree"] == Count(len(numbers), others)


def test_what_a_list_lacks_is_counted_where_it_does_not_claim_to_be_complete(plan: Plan) -> None:
    world = World.open(plan, duckdb.connect())
    parts = [("CHN", 40), ("VNM", 20), ("THA", 20)]
    rows = [
        figure(f"{page}.{code}", n, source_id=page, dimension="nationality", category=code)
        | {"breakdown_complete": said}
        for page, said in (("one", "no"), ("two", "yes"), ("few", "no"))
        for code, n in parts[: 1 if page == "few" else None]
    ]
    world.build([*rows, *(figure(f"{n}", 100, source_id=n) for n in ("one", "two", "few"))])
    assert lacking(world.engine.connection) == (1, 0.25)


def test_what_never_failed_has_a_rate_above_nothing() -> None:
    assert Count(33, 0).rate == pytest.approx(0.5 / 34)
