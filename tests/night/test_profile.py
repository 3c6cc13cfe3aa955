from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.night.conftest import Folder


def profile(folder: Folder) -> dict[str, Any]:
    (file,) = folder.warehouse.glob("reports/*/profile.json")
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def test_a_profile_says_how_long_each_stage_and_table_took(folder: Folder) -> None:
    assert folder.night(profile=True) == 0
    told = profile(folder)
    assert [stage["name"] for stage in told["stages"]][:3] == ["plan", "load", "model and check"]
    seconds = [model["seconds"] for model in told["models"]]
    assert seconds == sorted(seconds, reverse=True)
    tables = {model["model"] for model in told["models"]}
    assert tables == {name for (name,) in folder.rows("select model from audit.model_run")}
    for model in told["models"]:
        steps = model["made_seconds"] + model["checked_seconds"] + model["held_seconds"]
        assert 0 < steps <= model["seconds"] + 0.001
    assert told["peak_memory_bytes"] > 1e7


def test_a_profile_says_what_was_carried_over(yesterday: Folder) -> None:
    yesterday.change("figures/lao.csv", 2, value="770")
    assert yesterday.night(profile=True) == 0
    carried = {model["model"] for model in profile(yesterday)["models"] if model["is_carried"]}
    assert "staging.stg_measures" in carried


def test_without_being_asked_for_no_profile_is_written(folder: Folder) -> None:
    assert folder.night() == 0
    assert not list(folder.warehouse.glob("reports/*/profile.json"))
