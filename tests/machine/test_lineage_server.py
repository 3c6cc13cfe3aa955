from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from etl.report.machine import lineage
from tests.listener import listening
from tests.machine.conftest import full_night

if TYPE_CHECKING:
    from pathlib import Path

    from etl.settings import Settings


def test_the_events_reach_a_server_through_the_client(settings: Settings) -> None:
    night = full_night()
    night.warnings = []
    with listening() as server:
        lineage.send(replace(settings, openlineage=f"http://127.0.0.1:{server.port}"), night)
    assert night.warnings == []
    assert [event["eventType"] for event in server.heard] == ["START", "COMPLETE"] * 2
    checked = server.heard[-1]["inputs"][0]
    assert checked["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert server.heard[1]["schemaURL"].endswith("RunEvent")


def test_the_transport_may_stand_in_a_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "openlineage.yml"
    with listening() as server:
        file.write_text(f"transport: {{type: http, url: 'http://127.0.0.1:{server.port}'}}\n")
        lineage.send(replace(settings, openlineage=str(file)), full_night())
    assert len(server.heard) == 4


@pytest.mark.parametrize("server", ["http://127.0.0.1:1", "/no/such/openlineage.yml"])
def test_a_server_that_is_away_is_a_warning(settings: Settings, server: str) -> None:
    night = full_night()
    night.warnings = []
    lineage.send(replace(settings, openlineage=server), night)
    (warning,) = night.warnings
    assert warning.startswith("lineage was not sent: ")
