"""Everything known about one figure, finding, check, claim, source or statement.

lookup   which things an identifier names, and what is nearest to one that names nothing
trace    back to file, row and page; forward to statements and findings
content  one function per kind of thing: plain data, which is what `--json` prints
text     the same in words; layout puts them on a page
"""

from __future__ import annotations

from etl.explain.content import explain
from etl.explain.text import as_json, show

__all__ = ["as_json", "explain", "show"]
