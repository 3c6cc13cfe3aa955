"""Ask whether a pinned package is known to be vulnerable, and list licences; fail on a bad answer.

Vulnerabilities are asked of pypi.org by pip-audit. Where it cannot be asked, that is said and the
audit fails: knowing nothing is not knowing that all is well. Licences are those of what the program
needs to run, without the tools of its developers; they are listed in any case.

Exit codes: 0 nothing is wrong, 1 something is, 2 nothing is known to be, but pypi.org did not say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)  # not LGPL


def run_time_packages() -> set[str]:
    """What the project needs to run, and what that needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: set[str] = set()
    waiting: list[tuple[Requirement, tuple[str, ...]]] = [
        (Requirement(text), ("",)) for text in project["dependencies"]
    ]
    while waiting:
        requirement, extras = waiting.pop()
        marker, name = requirement.marker, str(canonicalize_name(requirement.name))
        if name in found or not (
            marker is None or any(marker.evaluate({"extra": e}) for e in extras)
        ):
            continue
        found.add(name)
        with suppress(PackageNotFoundError):
            needed = map(Requirement, requires(name) or [])
            waiting += [(one, ("", *requirement.extras)) for one in needed]
    return found


class Unasked(Exception):
    """Nobody could be asked about vulnerabilities; the text says why."""


def vulnerabilities() -> list[str]:
    """What is wrong with the pinned packages, as far as pypi.org knows.

    Raises:
        Unasked: it did not answer.
    """
    command = ("pip_audit", "--requirement", LOCK, "--require-hashes", "--disable-pip")
    told, failed = _output(*command, "--progress-spinner", "off", "--format", "json")
    packages = json.loads(told)["dependencies"] if told.startswith("{") else []
    unasked = [entry for entry in packages if "skip_reason" in entry]
    if len(unasked) == len(packages):
        raise Unasked(unasked[0]["skip_reason"] if unasked else failed.strip()[-500:])
    wrong = [f"{entry['name']}: {entry['skip_reason']}" for entry in unasked]
    for entry in packages:
        for known in entry.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            wrong.append(f"{entry['name']} {entry['version']}: {known['id']}, mended in {mended}")
    return wrong


def licences(names: set[str]) -> list[dict[str, Any]]:
    """Name, version and licence of each of these packages that is installed."""
    command = ("piplicenses", "--from", "mixed", "--format", "json", "--packages", *sorted(names))
    told, failed = _output(*command)
    if not told:
        sys.exit(f"AUDIT: the licences could not be listed: {failed}")
    found: list[dict[str, Any]] = json.loads(told)
    return found


def _output(module: str, *arguments: str | Path) -> tuple[str, str]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def main() -> None:
    """Prints licences and what is wrong."""
    listed = licences(run_time_packages())
    for entry in listed:
        print(f"{entry['Name']:28} {entry['Version']:16} {entry['License'].splitlines()[0][:60]}")
    wrong = [
        f"{entry['Name']} is under {entry['License']}"
        for entry in listed
        if COPYLEFT.search(entry["License"])
    ]
    is_asked = True
    try:
        wrong += vulnerabilities()
    except Unasked as error:
        is_asked = False
        print(
            "AUDIT: whether any package is known to be vulnerable is NOT known: pypi.org could not"
            f" be asked ({error}). The licences are listed all the same; run this again where"
            " pypi.org answers.",
            file=sys.stderr,
        )
    for line in wrong:
        print(f"AUDIT: {line}", file=sys.stderr)
    asked = "vulnerabilities asked of pypi.org" if is_asked else "vulnerabilities NOT asked"
    print(f"{len(listed)} licences, {asked}, {len(wrong)} objections")
    sys.exit(1 if wrong else 0 if is_asked else 2)


if __name__ == "__main__":
    main()
