"""Let the engine read a large plain CSV itself where that provably gives the same rows."""

from etl.extract.delimited import Layout
from etl.extract.source import Source

_PATTERN_CHARACTERS = frozenset("*?[]{}")
# new_line is left to the engine: with it, 2.0.0 finds no row at all in a CRLF file
_OPTIONS = (
    "auto_detect=false, header=false, skip=1, quote='', escape='', comment='', compression='none', "
    "strict_mode=true, null_padding=false, ignore_errors=false, hive_partitioning=false"
)


def expected_rows(source: Source, layout: Layout) -> int | None:
    """Give the number of rows the engine must find, or None where it may not be asked.

    The proof: no quotes, so each line end ends a record; one kind of line end; as many
    delimiters in all as complete lines have. The engine raises at a line with too few fields, so
    the total leaves no room for one with too many (it takes a trailing delimiter in silence). It
    skips blank lines in silence too: then the rows are fewer than the lines, and the caller, who
    must compare, falls back to the careful reader.
    """
    counts, lines = layout.facts.counts, _line_count(layout)
    plain = (
        source.file.size >= source.limits.bulk_bytes
        and not source.packed
        and layout.facts.encoding == "utf-8-sig"
        and layout.header_row == 1
        and not _PATTERN_CHARACTERS & set(str(source.file.path.resolve()))
    )
    if not plain or counts['"'] or lines is None or len(layout.header) == 1:
        return None
    if counts[layout.delimiter] != lines * (len(layout.header) - 1):
        return None
    return lines - 1


def bulk_relation(source: Source, layout: Layout) -> tuple[str, list[object]]:
    """Write the SELECT of the rows as columns c0, c1, … and row_number, with its parameters."""
    names = [f"c{position}" for position in range(len(layout.header))]
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    texts = ", ".join(f"coalesce({name}, '') as {name}" for name in names)
    sql = (
        f"select {texts}, row_number() over () + 1 as row_number from read_csv(?, delim=?, "
        f"columns={{{declared}}}, {_OPTIONS})"
    )
    return sql, [str(source.file.path.resolve()), layout.delimiter]


def _line_count(layout: Layout) -> int | None:
    facts = layout.facts
    if facts.counts["\r"] not in (0, facts.crlf_count):
        return None
    if facts.crlf_count not in (0, facts.counts["\n"]):
        return None
    return facts.counts["\n"] + (not facts.ends_with_newline)
