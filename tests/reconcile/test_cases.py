import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from etl.errors import InputError
from etl.reconcile import cases

# cases.json: a copy of the published cases in /work/shared/data/reconcile_cases.json;
# each case names its own source (package, commit and test, or paper and table).
FILE = Path(__file__).with_name("cases.json")
CASES = cases.read(FILE)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_case_is_answered_as_published(case: dict[str, Any]) -> None:
    found = cases.answered(case)["answer"]
    assert cases.agrees(case["expected"], found), found


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"wrong": [["x"], ["y"]]}, {"wrong": [["x"]]}),
        ({"min_cost": 1}, {"min_cost": 1.1}),
        ({"feasible": False}, {"feasible": 0}),
        ({"r": [None, None]}, {}),
        ({"bounds": {"x": [0, None]}}, {"bounds": {"x": [0, 4]}}),
    ],
)
def test_an_answer_that_differs_does_not_agree(expected: Any, found: Any) -> None:
    assert not cases.agrees(expected, found)


def test_ties_agree_in_any_order() -> None:
    assert cases.agrees({"wrong": [["x", "y"], ["z"]]}, {"wrong": [["z"], ["y", "x"]]})


def test_an_unknown_task_is_told() -> None:
    assert cases.answer({"task": "guess"}) == {"error": "unknown task: guess"}


@pytest.mark.parametrize(
    ("mean", "decimals", "n", "consistent"),
    [("5.27", 2, 43, False), ("5.28", 2, 43, True), ("5.19", 2, 28, False), ("5.21", 2, 28, True)],
)
def test_a_mean_is_possible_only_for_some_counts(
    mean: str, decimals: int, n: int, consistent: bool
) -> None:
    case = {"task": "granularity", "mean": mean, "decimals": decimals, "n": n}
    assert cases.answer(case)["consistent"] is consistent


@pytest.mark.parametrize(
    ("norm", "expected"),
    [(1, {"x": 4, "y": 6}), (2, {"x": 4.00990099, "y": 5.99009901}), ("inf", None)],
)
def test_each_norm_shares_the_change_in_its_way(
    norm: int | str, expected: dict[str, float] | None
) -> None:
    case = {
        "task": "adjust",
        "constraints": [{"coef": {"x": 1, "y": 1}, "op": "==", "rhs": 10}],
        "figures": {"x": 4, "y": 5},
        "weights": {"x": 100, "y": 1},
        "norm": norm,
    }
    expected = expected or {"x": 4 + 1 / 101, "y": 5 + 100 / 101}
    assert cases.agrees({"x": expected}, cases.answer(case))


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"format": "cases/9", "cases": []}))
    with pytest.raises(InputError, match="cases/1 is known"):
        cases.read(file)


def asked(task: str, figures: dict[str, float | Fraction], **more: object) -> dict[str, object]:
    adds_up = {"coef": {"x": 1, "y": 1, "z": -1, "w": 0}, "op": "==", "rhs": 0}
    return cases.answer({"task": task, "constraints": [adds_up], "figures": figures, **more})


def test_a_coefficient_of_nothing_asks_nothing_of_its_cell() -> None:
    assert asked("localize", {"x": 1, "y": 2, "z": 4, "w": 9})["wrong"] == [["x"], ["y"], ["z"]]


@pytest.mark.parametrize(
    ("task", "key", "expected"),
    [
        ("typo", "still_violated", []),
        ("sign_swap", "min_cost", 0),
        ("rounding_only", "status", "consistent"),
        ("cumulated", "status", "consistent"),
    ],
)
def test_a_constraint_that_lacks_a_figure_is_not_violated(
    task: str, key: str, expected: object
) -> None:
    assert asked(task, {"x": 1, "z": 3})[key] == expected


def test_a_slip_in_decimals_is_named() -> None:
    found = asked("typo", {"x": Fraction(1, 2), "y": Fraction(1, 4), "z": Fraction(57, 100)})
    assert (found["fix"], found["slip"]) == ({"z": Fraction(3, 4)}, {"z": "digits_swapped"})
