"""Everything known about one figure, finding, check, claim, source or statement.

lookup      which things an identifier names, and what is nearest to one that names nothing
content     one function per kind of thing: plain data, which is what `--json` prints
trace       back to file, row and page; forward to statements and findings
marts       what the marts make of the statements
pages       a page among the others
text        the same in words, one function per kind; `sections` are what several have
arithmetic  the terms of a statement, and what they add up to
layout      `blocks` of words put on a page, for a terminal or a file
"""

from __future__ import annotations

from etl.explain.content import explain
from etl.explain.text import as_json, show

__all__ = ["as_json", "explain", "show"]
