import random

import pytest

from benchmarks.reconcile_blocks import block
from benchmarks.reconcile_lists import alone, miscounted, mixed
from etl.reconcile.diagnose import PROBABLE_OF_OTHER_KINDS
from etl.reconcile.localize import localize


@pytest.mark.parametrize(("kind", "share"), [("part_left_out", 0.9), ("part_counted_twice", 0.7)])
def test_a_list_that_is_wrong_is_blamed(kind: str, share: float) -> None:
    noticed = [one for one in alone(kind, 11, 60) if one.place is not None]
    assert sum(one.place == 1 for one in noticed) >= share * len(noticed)


def test_what_is_told_outright_between_figures_and_lists_is_mostly_right() -> None:
    told = [one for one in mixed(11, 150) if one.place is not None and not one.is_alike]
    outright = [one.place == 1 for one in told if one.probability >= PROBABLE_OF_OTHER_KINDS]
    assert sum(outright) >= 0.85 * len(outright)


@pytest.mark.parametrize("kind", ["part_left_out", "part_counted_twice"])
def test_without_the_wrong_list_the_block_is_consistent(kind: str) -> None:
    rng = random.Random(5)  # an example, no secret
    found = [wrong for _ in range(20) if (wrong := miscounted(block(rng), kind, rng))]
    assert found
    for wrong in found:
        names = {name.partition("|")[0] for name in wrong.truth}
        assert localize(wrong.problem.without(names)).status == "consistent"
