"""Data Docs made safe to open anywhere: no script, nothing from the network, a readable index.

The pages that Great Expectations makes load some fifteen files from content networks and run
scripts of their own. Both are taken out, and a policy in each page forbids the browser to load or
run anything, whatever a value may hold. What the pages lose is folding and filtering.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; } td, th { border: 1px solid #8886; padding: .3rem .6rem;
  text-align: left; vertical-align: top; overflow-wrap: anywhere; } [hidden] { display: none; }
.card:has(#option1) { display: none; } /* a filter that needs scripts */
.text-danger { color: light-dark(#b71c1c, #ef9a9a); }
.text-success { color: light-dark(#1b5e20, #a5d6a7); }
i.text-danger::before { content: "\\2718"; } i.text-success::before { content: "\\2714"; }
i.text-warning::before { content: "!"; }
"""
_REMOVED = (
    re.compile(r"<(script|style|footer)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE),
    re.compile(r"<(link|img)\b[^>]*>", re.IGNORECASE),
    re.compile(r"\sonclick=\"[^\"]*\"", re.IGNORECASE),
)


def make_safe(site: Path, results: Mapping[str, ExpectationSuiteValidationResult]) -> None:
    """Rewrites every page of the site, and puts an index in place of the one that needs scripts."""
    for page in site.rglob("*.html"):
        page.write_text(_safe(page.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.rmtree(site / "static")  # fonts and pictures that no page shows now
    (site / "index.html").write_text("\n".join(_index(site, results)), encoding="utf-8")


def _safe(text: str) -> str:
    for removed in _REMOVED:
        text = removed.sub("", text)
    return text.replace("<html>", '<html lang="en">', 1).replace("<head>", f"<head>{_head()}", 1)


def _head() -> str:
    return (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{_STYLE}</style>"
    )


def _index(site: Path, results: Mapping[str, ExpectationSuiteValidationResult]) -> Iterator[str]:
    """A line per table, those with failures first: its result, its suite."""
    yield f'<!DOCTYPE html><html lang="en"><head>{_head()}<title>Data Docs</title></head><body>'
    yield "<h1>Data Docs</h1><p>What the checks of the last good night said, of all rows.</p>"
    yield "<table><tr><th>table</th><th>expectations</th><th>failed</th><th>declared as</th></tr>"
    for name, result in sorted(results.items(), key=lambda entry: (entry[1].success, entry[0])):
        place = name.replace(".", "/")
        (page,) = (site / "validations" / place).rglob("*.html")
        said = result.statistics
        yield (
            f'<tr><td><a href="{html.escape(page.relative_to(site).as_posix())}">'
            f"{html.escape(name)}</a></td><td>{said['evaluated_expectations']}</td>"
            f"<td>{said['unsuccessful_expectations'] or ''}</td>"
            f'<td><a href="expectations/{html.escape(place)}.html">suite</a></td></tr>'
        )
    yield "</table></body></html>"
