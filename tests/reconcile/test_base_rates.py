import duckdb
import pytest

from benchmarks.base_rates import Count, counts
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


def test_what_never_failed_has_a_rate_above_nothing() -> None:
    assert Count(33, 0).rate == pytest.approx(0.5 / 34)
