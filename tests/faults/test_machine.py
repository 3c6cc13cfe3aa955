from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from etl import publish
from etl.night import Night
from etl.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.night.conftest import Folder

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24
# Opens the warehouse anew again and again until its input ends; says what it saw.
READER = """
import json, sys, threading, duckdb
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
seen, opened = set(), 0
while not ended.is_set():
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        rows = connection.execute("select count(*) from marts.fct_reported_figure").fetchone()[0]
        runs = connection.execute(
            "select count(*) from audit.run where status = 'published'").fetchone()[0]
    seen.add((rows, runs))
    opened += 1
print(json.dumps([opened, sorted(seen)]))
"""
# A night, and one after it that has room, in a copy of the folder that is a disk of its own.
FULL_DISK = """
folder=$1 disk=$2 more=$3
shift 3
mkdir "$disk" && mount -t tmpfs -o size=512m none "$disk" && cp -a "$folder/." "$disk" || exit 77
used=$(df --output=used -k "$disk" | tail -n 1)
mount -o "remount,size=$((used + more))k" "$disk" || exit 77
"$@"
echo "ended with $?"
cmp "$folder/warehouse.duckdb" "$disk/warehouse.duckdb" && echo "yesterday's is there"
mount -o remount,size=512m "$disk"
exec "$@"
"""


def without_root() -> None:
    """Takes from root what lets it read and write everything; other users never had it."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability)


def run_as_a_user(folder: Folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl.run", *folder.options, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=without_root,
    )


def on_its_own(folder: Folder) -> None:
    """Makes the published file one that may be written into: it shares its bytes with no other."""
    for file in (folder.file, *(folder.warehouse / "history").iterdir()):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)


@pytest.mark.parametrize("place", ["", "history", "reports"])
def test_a_folder_that_may_not_be_written_returns_2_and_names_it(
    changed: Folder, place: str, assert_healed: Callable[[Folder], None]
) -> None:
    before, closed = changed.file.read_bytes(), changed.warehouse / place
    closed.chmod(0o500)
    done = run_as_a_user(changed)
    closed.chmod(0o700)
    assert done.returncode == 2, done.stdout + done.stderr
    assert str(closed) in done.stdout + done.stderr
    assert "ermission denied" in done.stdout + done.stderr
    if place != "reports":  # the last step: the warehouse stands by then, the night is done again
        assert changed.file.read_bytes() == before
    assert changed.night() == 0
    assert_healed(changed)


def test_a_warehouse_that_may_not_be_read_breaks_the_night_and_is_not_set_aside(
    changed: Folder, assert_healed: Callable[[Folder], None]
) -> None:
    on_its_own(changed)
    changed.file.chmod(0o000)
    done = run_as_a_user(changed)
    changed.file.chmod(0o600)
    assert done.returncode == 2
    assert f"{changed.file}: may not be opened: permission denied" in done.stdout
    assert not list(changed.warehouse.glob("unreadable-*"))
    assert changed.night() == 0
    assert_healed(changed)


def test_an_input_file_that_may_not_be_read_is_refused_and_taken_once_it_may(
    changed: Folder, assert_healed: Callable[[Folder], None]
) -> None:
    closed = changed.raw / "figures" / "lao.csv"
    closed.chmod(0o000)
    done = run_as_a_user(changed, "--max-fall-share", "1")
    closed.chmod(0o600)
    assert done.returncode == 0, done.stdout + done.stderr
    last = "run_id = (select max(run_id) from audit.run) and dataset = 'figures'"
    assert changed.rows(f"select file, status, message from audit.input_file where {last}") == [
        ("figures/khm.csv", "loaded", None),
        ("figures/lao.csv", "refused", "may not be read: no permission"),
    ]
    assert changed.night() == 0
    assert_healed(changed)


@pytest.mark.parametrize("limit", ["1MB", "20MB"])
def test_an_engine_out_of_memory_breaks_the_night_or_has_enough(
    changed: Folder, limit: str, assert_healed: Callable[[Folder], None]
) -> None:
    before = changed.file.read_bytes()
    code = changed.night(memory_limit=limit)
    assert code in (0, 2)
    assert (code == 0) == (changed.file.read_bytes() != before)
    assert limit != "1MB" or code == 2
    assert changed.night() == 0
    assert_healed(changed)


def test_files_are_not_for_everybody_to_write_whatever_the_umask(changed: Folder) -> None:
    before = os.umask(0)
    try:
        assert changed.night() == 0
        assert changed.night() == 0
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    files = [changed.warehouse, *changed.warehouse.rglob("*")]
    made = [path for path in files if path.stat().st_mtime >= changed.raw.stat().st_mtime]
    assert len(made) > 6
    assert [path for path in made if path.stat().st_mode & 0o002] == []


def test_a_clock_set_back_keeps_the_order_of_runs_and_is_told(
    changed: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (first,) = (file.stem for file in publish.good_files(changed.settings()))

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz
            return datetime.now(UTC) - timedelta(days=400)

    with monkeypatch.context() as patch:
        patch.setattr("etl.night.datetime", Earlier)
        assert changed.night() == 0
    assert f"before run {first}; is it right?" in capsys.readouterr().out
    names = [file.stem for file in publish.good_files(changed.settings())]
    assert names[1] == first
    started, finished = changed.rows(
        "select started_at, finished_at from audit.run where run_id = ?", names[0]
    )[0]
    assert started <= finished
    assert changed.rows("select run_id from audit.run order by run_id") == [(first,), (names[0],)]
    assert changed.night(force=True) == 0
    assert publish.good_files(changed.settings())[1].stem == names[0]


@pytest.mark.parametrize("after", ["", "nonsense", "29991231T235959.999Z-0000"])
def test_a_run_is_named_after_the_one_before(after: str) -> None:
    assert Night.begin(after=after).run_id > (after if after[:1].isdigit() else "")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns", "Europe/Berlin"])
def test_the_time_zone_of_the_machine_changes_nothing(
    folder: Folder, first_night: Folder, zone: str
) -> None:
    done = folder.run(env={"TZ": zone})
    assert done.returncode == 0, done.stderr
    assert folder.marts() == first_night.marts()
    ((run_id, started),) = folder.rows("select run_id, started_at from audit.run")
    assert f"{started:%Y%m%dT%H%M%S}" == run_id[:15]
    assert abs(datetime.now(UTC).replace(tzinfo=None) - started) < timedelta(minutes=5)


def test_nights_through_the_hour_that_summer_time_repeats_keep_their_order(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    # 02:30 comes twice in Berlin that night, an hour apart
    moments = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    for moment in moments:

        class Fixed(datetime):
            at = moment

            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return cls.at.astimezone(tz)  # type: ignore[arg-type]

        monkeypatch.setattr("etl.night.datetime", Fixed)
        assert folder.night(force=True) == 0
    told = folder.rows("select started_at from audit.run order by run_id")
    assert [started for (started,) in told] == [moment.replace(tzinfo=None) for moment in moments]


def test_a_week_without_a_night_is_a_night_like_any_other(
    changed: Folder, assert_healed: Callable[[Folder], None]
) -> None:
    week = 7 * 24 * 3600
    for path in changed.raw.rglob("*.csv"):
        found = path.stat()
        os.utime(path, (found.st_atime - week, found.st_mtime - week))
    assert changed.night() == 0
    assert_healed(changed)
    assert len(changed.rows("from audit.run")) == 2


def test_readers_in_a_loop_see_one_whole_night_or_the_next_while_nights_run(
    changed: Folder,
) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(changed.file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    rows = changed.read("figures/lao.csv")
    for dropped in (1, 2, 3):
        changed.write("figures/lao.csv", rows[:-dropped])
        assert changed.night() == 0
    for reader in readers:
        said, failed = reader.communicate(timeout=60)
        assert reader.returncode == 0, failed
        opened, seen = json.loads(said)
        assert opened
        # yesterday has 27 figures; then, with each night, one less than its files had
        assert {tuple(pair) for pair in seen} <= {(27, 1), (27, 2), (26, 3), (25, 4)}


def test_two_nights_at_once_publish_one_and_tell_the_other(changed: Folder) -> None:
    codes: list[int] = []
    nights = [threading.Thread(target=lambda: codes.append(changed.run().returncode)) for _ in "ab"]
    for night in nights:
        night.start()
    for night in nights:
        night.join()
    assert sorted(codes) in ([0, 3], [0, 0])
    assert len(changed.rows("from audit.run where status = 'published'")) == 2


@pytest.mark.parametrize("seed", range(4))
def test_a_warehouse_with_bits_flipped_is_replaced_and_its_history_goes_on(
    changed: Folder, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    on_its_own(changed)
    (first,) = changed.rows("select run_id from audit.run")[0]
    chance = random.Random(seed)
    content = bytearray(changed.file.read_bytes())
    for _ in range(2_000):
        content[chance.randrange(12_288, len(content))] ^= 1 << chance.randrange(8)
    changed.file.write_bytes(content)
    assert changed.night() == 0
    told = capsys.readouterr().out
    asides = list(changed.warehouse.glob("unreadable-*.duckdb"))
    assert [aside.read_bytes() for aside in asides] in ([], [bytes(content)])
    assert bool(asides) == ("set aside as" in told) == ("is taken from" in told)
    statuses = changed.rows("select run_id, status from audit.run order by run_id")
    assert statuses[0] == (first, "published")
    assert len(statuses) == 2
    assert changed.rows("select count(*) from marts.fct_reported_figure") == [(28,)]


@pytest.mark.parametrize("size", [0, 4_096, 300_000])
def test_a_warehouse_cut_short_is_set_aside_and_its_history_goes_on(
    changed: Folder, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    on_its_own(changed)
    os.truncate(changed.file, size)
    assert changed.night() == 0
    assert "set aside as unreadable-" in capsys.readouterr().out
    assert [a.stat().st_size for a in changed.warehouse.glob("unreadable-*.duckdb")] == [size]
    assert len(changed.rows("from audit.run")) == 2
    assert changed.command("history").returncode == 0


def test_a_cut_warehouse_is_found_also_when_no_file_has_changed(yesterday: Folder) -> None:
    on_its_own(yesterday)
    os.truncate(yesterday.file, 4_096)
    assert yesterday.night() == 0
    assert yesterday.rows("select count(*) from marts.fct_reported_figure") == [(27,)]


@pytest.mark.parametrize("log", ["another", "noise", "empty"])
def test_a_log_left_beside_the_warehouse_shuts_nobody_out_of_the_next(
    yesterday: Folder, tmp_path: Path, log: str
) -> None:
    left = yesterday.file.with_name("warehouse.duckdb.wal")
    if log == "another":
        code = (
            "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
            " c.execute('create table t as select 1'); os.kill(os.getpid(), 9)"
        )
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "o.duckdb")], check=False)
        shutil.copy(tmp_path / "o.duckdb.wal", left)
    else:
        left.write_bytes(b"noise" * 100 if log == "noise" else b"")
    assert yesterday.night() == 0
    assert not left.exists()
    assert len(yesterday.rows("from audit.run where status = 'published'")) == 2


@pytest.mark.parametrize(
    "damage",
    [
        "alter table audit.run drop column findings_acknowledged",
        "alter table audit.run drop column exit_code",
        "alter table audit.run add column mood varchar default 'well'",
        "alter table audit.finding drop column evidence",
        "drop table audit.finding_figure",
        "alter table audit.check_result drop column claim",
        "alter table audit.run alter column figures_read type varchar",
    ],
)
def test_a_warehouse_of_another_version_keeps_its_history(changed: Folder, damage: str) -> None:
    on_its_own(changed)
    with duckdb.connect(str(changed.file)) as connection:
        connection.execute(damage)
    assert changed.night() == 0
    assert not list(changed.warehouse.glob("unreadable-*"))
    statuses = changed.rows("select status, figures_published from audit.run order by run_id")
    assert statuses == [("published", 27), ("published", 28)]
    assert {state for _, state, *_ in changed.findings().values()} <= {"persisting", "resolved"}
    assert len(changed.command("history").stdout.splitlines()) == 2


def test_a_database_that_is_no_warehouse_is_set_aside_whole(
    changed: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(changed.warehouse)
    changed.warehouse.mkdir()
    with duckdb.connect(str(changed.file)) as connection:
        connection.execute("create table figures as select 5852 as value")
    assert changed.night() == 0
    said = capsys.readouterr().out
    assert "begins anew" in said
    (aside,) = changed.warehouse.glob("unreadable-*.duckdb")
    with duckdb.connect(str(aside), read_only=True) as connection:
        assert connection.execute("from figures").fetchall() == [(5852,)]


def test_a_warehouse_that_somebody_deleted_is_built_again_with_its_history(
    changed: Folder, assert_healed: Callable[[Folder], None]
) -> None:
    changed.file.unlink()
    assert changed.night() == 0
    assert_healed(changed)
    assert len(changed.rows("from audit.run")) == 2


@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", '{"files": [{}]}', "nonsense", '{"files": 1}']
)
def test_notes_that_make_no_sense_cost_a_night_without_change_and_nothing_else(
    yesterday: Folder, text: str
) -> None:
    (yesterday.warehouse / "state.json").unlink()
    (yesterday.warehouse / "state.json").write_text(text)
    (yesterday.warehouse / "runs").mkdir()
    (yesterday.warehouse / "runs" / "other.json").write_text(text)
    (yesterday.warehouse / ".holder.json").write_text(text)
    assert yesterday.night() == 0
    assert len(yesterday.rows("from audit.run where status = 'published'")) == 2


def test_a_run_that_was_killed_is_on_record_and_told_by_the_next(
    changed: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = {"run_id": "20260101T000000.000Z-dead", "pid": 4711, "host": "mill"}
    holder = json.dumps({**dead, "since": "2026-01-01T00:00:00+00:00"})
    (changed.warehouse / ".holder.json").write_text(holder)
    assert changed.night() == 0
    assert "process 4711 on mill was killed" in capsys.readouterr().out
    assert changed.rows("select status from audit.run where run_id = ?", dead["run_id"]) == [
        ("broke",)
    ]


def test_the_raw_folder_gone_and_back_is_one_broken_night(
    changed: Folder, assert_healed: Callable[[Folder], None]
) -> None:
    before = changed.file.read_bytes()
    away = changed.raw.rename(changed.raw.with_name("away"))
    assert changed.night() == 2
    assert changed.file.read_bytes() == before
    away.rename(changed.raw)
    assert changed.night() == 0
    assert_healed(changed)


@pytest.mark.parametrize("kilobytes", [0, 8000])
def test_a_disk_without_room_breaks_the_night_and_the_next_one_heals_it(
    changed: Folder, tmp_path: Path, kilobytes: int
) -> None:
    if not shutil.which("unshare"):
        pytest.skip("no disk can be mounted here: there is no unshare")
    disk = str(tmp_path / "disk")
    night = [sys.executable, "-m", "etl.run", "--raw", str(changed.raw), "--warehouse", disk]
    apart = ["unshare", "--mount", "--map-root-user", "sh", "-c", FULL_DISK, "sh"]
    done = subprocess.run(
        [*apart, str(changed.warehouse), disk, str(kilobytes), *night],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"no disk can be mounted here: {done.stderr}")
    assert os.strerror(errno.ENOSPC) in done.stdout + done.stderr
    assert "ended with 2\nyesterday's is there\n" in done.stdout
    assert done.returncode == 0, done.stderr
