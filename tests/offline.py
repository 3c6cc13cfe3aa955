"""Shuts the network for a Python process and those that it starts; this machine stays reachable."""

import os
import socket
import sys
from pathlib import Path

_LEAVING = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
_NEAR = {"localhost", "::1", "0.0.0.0", "", None}  # noqa: S104 - compared with, not bound to


class LeavesTheMachine(RuntimeError):
    """Something tried to reach another machine."""


def shut() -> None:
    """Makes every attempt of this process to reach another machine an error, for good."""
    sys.addaudithook(_refuse)


def shut_for_children() -> None:
    """Does the same to every Python process started from here on, by a `sitecustomize`."""
    here = str(Path(__file__).parent / "offline_site")
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (here, inherited)))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _LEAVING:
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        family, address = getattr(arguments[0], "family", None), arguments[-1]
        if family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return
        host = address[0]
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _NEAR and not str(host).startswith("127."):
        raise LeavesTheMachine(f"{event} to {host}: nothing here may leave the machine")
