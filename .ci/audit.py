"""Ask whether a pinned package is known to be vulnerable, and list licences; fail on a bad answer.

Vulnerabilities are asked of pypi.org by pip-audit. Where it cannot be asked, that is said and the
audit fails: knowing nothing is not knowing that all is well. Licences are those of what the program
needs to run, without the tools of its developers.
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


def vulnerabilities() -> list[str]:
    """What is wrong with the pinned packages, as far as pypi.org knows; or that it did not say."""
    command = ("pip_audit", "--requirement", LOCK, "--require-hashes", "--disable-pip")
    told = _output(*command, "--progress-spinner", "off", "--format", "json")
    packages = json.loads(told)["dependencies"] if told.startswith("{") else []
    unasked = [entry["name"] for entry in packages if "skip_reason" in entry]
    if not packages or len(unasked) == len(packages):
        return ["pypi.org could not be asked about vulnerabilities: nothing is known about any"]
    wrong = [f"{name}: pypi.org does not know this version" for name in unasked]
    for entry in packages:
        for known in entry.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            wrong.append(f"{entry['name']} {entry['version']}: {known['id']}, mended in {mended}")
    return wrong


def licences(names: set[str]) -> list[dict[str, Any]]:
    """Name, version and licence of each of these packages that is installed."""
    found: list[dict[str, Any]] = json.loads(
        _output("piplicenses", "--from", "mixed", "--format", "json", "--packages", *sorted(names))
    )
    return found


def _output(module: str, *arguments: str | Path) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"{module} said nothing: {done.stderr}")
    return done.stdout


def main() -> None:
    """Prints licences and what is wrong; 1 where anything is."""
    listed = licences(run_time_packages())
    for entry in listed:
        print(f"{entry['Name']:28} {entry['Version']:16} {entry['License'].splitlines()[0][:60]}")
    wrong = [
        f"{entry['Name']} is under {entry['License']}"
        for entry in listed
        if COPYLEFT.search(entry["License"])
    ]
    wrong += vulnerabilities()
    for line in wrong:
        print(f"AUDIT: {line}", file=sys.stderr)
    print(f"{len(listed)} packages, {len(wrong)} objections")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
