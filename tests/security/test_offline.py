from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from etl.settings import ROOT
from tests.offline import LeavesTheMachine

FAR = ("192.0.2.1", 80)  # an address that RFC 5737 keeps for examples
CALL = f"import socket; socket.socket().connect({FAR!r})"


def test_a_test_that_leaves_the_machine_fails() -> None:
    with socket.socket() as door, pytest.raises(LeavesTheMachine):
        door.connect(FAR)
    with pytest.raises(LeavesTheMachine):
        socket.getaddrinfo("example.org", 443)


def test_a_program_that_a_test_starts_and_that_leaves_the_machine_fails() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALL], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 1
    assert "nothing here may leave the machine" in done.stderr


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_a_night_works_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    apart = ["unshare", "--map-root-user", "--net"]
    try:
        subprocess.run([*apart, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network namespace can be made here")
    night = [sys.executable, "-m", "etl.run", "--raw", str(ROOT / "data/raw")]
    done = subprocess.run(
        [*apart, *night, "--warehouse", str(tmp_path / "warehouse")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_great_expectations_is_imported_and_works_without_a_network() -> None:
    code = "import great_expectations as gx; gx.get_context(mode='ephemeral'); print('well')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.endswith("well\n"), done.stderr
    assert "nothing here may leave" not in done.stderr
