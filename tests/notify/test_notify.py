from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from etl import notify
from etl.console import Console
from etl.night import Status
from etl.run import night
from etl.settings import ROOT, Settings, from_command_line
from tests.listener import Listener, listening
from tests.machine.conftest import HOSTILE, finding, full_night

SECRET = "hunter2secret"  # noqa: S105 - what must be seen nowhere


@pytest.fixture
def chat() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


def told(chat: Listener) -> Settings:
    return Settings(notify=(f"json://user:{SECRET}@127.0.0.1:{chat.port}/{SECRET}?retry=0",))


def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "warehouse").mkdir(exist_ok=True)
    return replace(settings, warehouse=tmp_path / "warehouse")


def test_only_what_is_new_or_resolved_is_told(chat: Listener, tmp_path: Path) -> None:
    tonight = full_night()
    tonight.findings[1]["headline"] = "This was known."
    tonight.findings[3]["headline"] = "This is mended."
    settings = replace(elsewhere(told(chat), tmp_path), report_url="https://figures.example/r/")
    notify.tell(settings, tonight)
    (heard,) = chat.heard
    page = f"https://figures.example/r/{tonight.run_id}/report.html"
    assert heard["title"] == "Reported figures: 1 new, 1 resolved"
    assert f"- 10 is less than its parts. {page}#f-000000000000" in heard["message"]
    assert "This is mended." in heard["message"]
    assert "This was known." not in heard["message"]
    assert heard["message"].endswith(page)


def test_without_an_address_of_reports_the_file_is_named(chat: Listener, tmp_path: Path) -> None:
    settings = elsewhere(told(chat), tmp_path)
    tonight = full_night()
    notify.tell(settings, tonight)
    file = settings.warehouse / "reports" / tonight.run_id / "report.html"
    assert chat.heard[0]["message"].endswith(str(file))


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DRY_RUN, Status.UNCHANGED])
def test_a_night_without_news_tells_nobody(chat: Listener, tmp_path: Path, status: Status) -> None:
    tonight = full_night(status)
    if status is Status.PUBLISHED:
        tonight.findings = [finding(state="persisting"), finding(state="acknowledged")]
    notify.tell(elsewhere(told(chat), tmp_path), tonight)
    assert chat.heard == []


@pytest.mark.parametrize(
    ("status", "why"),
    [(Status.REFUSED, "too many rows held"), (Status.BROKE, "it could not go on")],
)
def test_a_night_that_published_nothing_says_why(
    chat: Listener, tmp_path: Path, status: Status, why: str
) -> None:
    notify.tell(elsewhere(told(chat), tmp_path), full_night(status))
    (heard,) = chat.heard
    assert heard["title"] == (
        f"Reported figures: the night was {status}, yesterday's warehouse stays"
    )
    assert why in heard["message"]
    assert "10 is less" not in heard["message"]


def test_the_first_good_night_after_a_bad_one_is_told(chat: Listener, tmp_path: Path) -> None:
    settings = elsewhere(told(chat), tmp_path)
    (settings.warehouse / "runs").mkdir()
    note = settings.warehouse / "runs" / "before.json"
    tonight = full_night()
    tonight.findings = []
    row = {"run_id": "before", "started_at": "2026-11-22T02:00:00"}
    note.write_text(json.dumps({**row, "exit_code": 0}))
    notify.tell(settings, tonight)
    assert chat.heard == []
    note.write_text(json.dumps({**row, "exit_code": 1}))
    notify.tell(settings, tonight)
    assert [heard["title"] for heard in chat.heard] == ["Reported figures: published again"]


def test_a_long_list_is_cut(chat: Listener, tmp_path: Path) -> None:
    tonight = full_night()
    tonight.findings = [finding(f"{place:012}") for place in range(5_000)]
    notify.tell(elsewhere(told(chat), tmp_path), tonight)
    assert "… and 4,990 more" in chat.heard[0]["message"]
    assert len(chat.heard[0]["message"]) < 2_000


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_value_calls_nobody_and_stays_on_its_line(
    chat: Listener, tmp_path: Path, text: str
) -> None:
    tonight = full_night(text=text)
    tonight.findings = [finding(headline=f"{text} @channel <!here>")]
    tonight.message = ""
    tonight.refusals = []
    notify.tell(elsewhere(told(chat), tmp_path), tonight)
    message = chat.heard[0]["message"]
    assert "@channel" not in message
    assert "<!here>" not in message
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert len([line for line in message.splitlines() if line.startswith("- ")]) == 1


@pytest.mark.parametrize("answer", [500, 404])
def test_a_service_that_fails_is_a_warning_without_its_address(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], answer: int
) -> None:
    tonight = full_night()
    tonight.warnings = []
    with listening(answer) as chat:
        notify.tell(elsewhere(told(chat), tmp_path), tonight)
    assert tonight.warnings == ["address 1 of --notify was not told: it did not take the message"]
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize(
    "address",
    [f"json://127.0.0.1:1/{SECRET}", f"nonsense://{SECRET}", f"slack://{SECRET}", "/no/such/file"],
)
def test_whoever_cannot_be_told_does_not_keep_the_others_from_it(
    chat: Listener, tmp_path: Path, capfd: pytest.CaptureFixture[str], address: str
) -> None:
    settings = elsewhere(told(chat), tmp_path)
    tonight = full_night()
    tonight.warnings = []
    notify.tell(replace(settings, notify=(address, *settings.notify)), tonight)
    assert len(chat.heard) == 1
    (warning,) = tonight.warnings
    said = capfd.readouterr()
    assert warning.startswith("address 1 of --notify was not told")
    assert SECRET not in warning + said.out + said.err


def test_whatever_goes_wrong_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    tonight = full_night()
    tonight.warnings = []
    notify.tell(elsewhere(Settings(notify=("json://127.0.0.1",)), tmp_path), tonight)
    assert tonight.warnings == ["not everybody was told: ModuleNotFoundError"]


def test_addresses_may_stand_in_a_file(chat: Listener, tmp_path: Path) -> None:
    file = tmp_path / "addresses"
    file.write_text(
        f"# whom to tell\njson://127.0.0.1:{chat.port}/one\njson://127.0.0.1:{chat.port}/two\n"
    )
    notify.tell(elsewhere(Settings(notify=(str(file),)), tmp_path), full_night())
    assert len(chat.heard) == 2


def test_a_test_says_who_was_told(chat: Listener, capfd: pytest.CaptureFixture[str]) -> None:
    assert notify.test(told(chat).notify) == 0
    assert chat.heard[0]["title"] == "Reported figures: a test"
    said = capfd.readouterr()
    assert said.out == "address 1 (JSON): told\n"
    assert SECRET not in said.out + said.err


def test_a_test_fails_where_somebody_is_not_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert notify.test([f"json://127.0.0.1:1/{SECRET}?retry=0", f"nonsense://{SECRET}"]) == 2
    said = capfd.readouterr()
    assert said.out.splitlines() == [
        "address 1 (JSON): it did not take the message",
        "address 2 (unknown): Apprise knows no such service",
    ]
    assert SECRET not in said.out + said.err


def test_a_test_without_addresses_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert notify.test([]) == 2
    assert "set ETL_NOTIFY" in capfd.readouterr().err


def test_addresses_are_in_no_text_of_the_settings(capfd: pytest.CaptureFixture[str]) -> None:
    settings = from_command_line([], {"ETL_NOTIFY": f"json://{SECRET}  slack://b"})
    assert settings.notify == (f"json://{SECRET}", "slack://b")
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.shaping_the_result())
    with pytest.raises(SystemExit):
        from_command_line(["--help"], {"ETL_NOTIFY": SECRET, "ETL_OPENLINEAGE": SECRET})
    assert SECRET not in capfd.readouterr().out


def test_a_night_tells_what_it_found_and_leaves_no_secret(
    chat: Listener, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    example = ROOT / "docs" / "examples" / "rule"
    models = (ROOT / "sql", example / "sql")
    settings = replace(told(chat), raw=example / "raw", models=models, warehouse=tmp_path)
    assert night(settings, Console()) == 0
    assert len(chat.heard) == 1
    chat.answer = 500
    assert night(replace(settings, force=True, max_fall_share=0.5), Console()) == 0
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err
    texts = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in texts if SECRET.encode() in file.read_bytes()]
