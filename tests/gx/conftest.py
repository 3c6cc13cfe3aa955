from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.two_pages import REAL
from etl.settings import ROOT
from tests.night.conftest import Folder, copy_pages

# The page whose figures do not add up, so that its name stands among the examples of what failed.
PAGE = "asianewsit-2019"
SCRIPT = (
    "<script>document.title='owned'</script><img src=http://evil.example/x onerror=alert(1)>"
    "\u202e\u2066x\u200b"
)


@pytest.fixture(scope="session")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A night with `--data-docs` on figures of a page whose name is a script."""
    path = tmp_path_factory.mktemp("gx")
    shutil.copytree(REAL / "reference", path / "raw" / "reference")
    folder = Folder(path / "raw", path / "warehouse")
    copy_pages(folder)
    for file in sorted(folder.raw.glob("*/*.csv")):
        if file.parent.name != "reference":
            text = file.read_text(encoding="utf-8").replace(f"{PAGE},", f"{SCRIPT},")
            file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "etl.run", *folder.options, "--data-docs"]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="session")
def site(documented: Folder) -> Path:
    """Its Data Docs."""
    return documented.warehouse / "gx" / "uncommitted" / "data_docs" / "local_site"
