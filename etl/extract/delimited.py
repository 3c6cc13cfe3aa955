"""Read CSV and TSV with every doubt decided by the file's own header, or not at all."""

import csv
import io
import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from etl.extract.batches import Gatherer
from etl.extract.declared import DELIMITERS, advice
from etl.extract.header import FARTHEST_HEADER, check_header, clean_header, header_below
from etl.extract.outcome import Batch, DatasetSpec, Refused, RejectedRow, shortened
from etl.extract.source import Source
from etl.extract.text import TextFacts, prove_text

LONGEST_FIELD = (1 << 31) - 1
_LONGEST_HEADER = 1 << 22
_BAD_HEADER_QUOTES = "the quotes in the header do not match"


@dataclass(frozen=True)
class Layout:
    """How a delimited text is to be read.

    Attributes:
        facts: What was proven of the text.
        delimiter: The one that divides its header.
        header: Clean column names.
        header_row: Row of the header; more than 1 where blank lines stand above, or where declared.
        header_text: The header's record as the file has it, without its line end.
    """

    facts: TextFacts
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    header_text: str


class _Lines:
    """The lines of a text, keeping those that the record at hand is made of."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self.taken: list[str] = []
        self.count = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.taken.append(line)
        self.count += 1
        return line

    @property
    def record(self) -> str:
        return "".join(self.taken).rstrip("\r\n")

    @property
    def beginning(self) -> str:
        """Enough of the record at hand to find it by."""
        return shortened(self.taken[0].rstrip(), 60)

    @property
    def open_quote(self) -> int:
        """Line in which the last quote opened that has no end on its own line."""
        is_open, opened = False, self.count - len(self.taken) + 1
        for number, line in enumerate(self.taken, opened):
            if line.count('"') % 2:
                is_open = not is_open
                opened = number if is_open else opened
        return opened


def find_layout(source: Source, spec: DatasetSpec) -> Layout:
    """Prove the text and find the one delimiter under which its header is what `spec` wants.

    Raises:
        Refused: The text, the header or the delimiter is in doubt.
    """
    csv.field_size_limit(LONGEST_FIELD)  # global to the process: one constant, only ever raised
    facts = prove_text(source)
    head = _text(source, facts).read(_LONGEST_HEADER)
    if len(head) == _LONGEST_HEADER and not {"\n", "\r"} & set(head):
        raise Refused(f"row 1 is longer than {_LONGEST_HEADER:,} characters: not a header")
    declared = source.declared
    marks = [declared.delimiter] if declared.delimiter else [*DELIMITERS.values()]
    wanted = [_layout(facts, head, mark, declared.header_row) for mark in marks]
    layouts = [layout for layout in wanted if layout]
    usual = declared.delimiter or ("\t" if source.suffix == ".tsv" else ",")
    layout = _undivided(layouts, usual) if spec.open else _matching(layouts, spec, usual, source)
    _check_delimiter(layout, spec, head, declared.header_row)
    check_header(layout.header, spec, layout.header_text, _further_down(source, spec, head, marks))
    return layout


def read_delimited(source: Source, layout: Layout) -> Iterator[Batch]:
    """Read rows one by one: a field too many or too few rejects the record, verbatim.

    A quote out of place rejects its record where the record is one line whose quotes pair up, so
    that the next line is sure to start a new one. Otherwise nobody can say where rows begin and
    end, and the file is refused.
    """
    lines = _Lines(_text(source, layout.facts))
    gatherer = Gatherer(layout.header, source.limits)
    for number, record in enumerate(_records(lines, layout.delimiter), 1):
        if number > layout.header_row and not _is_blank(record, len(layout.header)):
            gatherer.met(sum(map(len, lines.taken)))
            fault = _fault(record, layout)
            if fault:
                said = f"{fault}; it begins `{lines.beginning}`"
                gatherer.reject(RejectedRow(number, said, lines.record))
            elif isinstance(record, list):
                gatherer.accept(number, record)
        lines.taken.clear()
        if gatherer.full:
            yield gatherer.take()
    yield gatherer.take()


def _text(source: Source, facts: TextFacts) -> io.TextIOWrapper:
    return io.TextIOWrapper(source.content(), encoding=facts.encoding, newline="")


def _layout(facts: TextFacts, head: str, delimiter: str, row: int | None) -> Layout | None:
    """Give the layout by the declared row of the header, else by the first that is not blank."""
    lines = _Lines(io.StringIO(head, newline=""))
    try:
        for number, fields in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
            if number == row if row else any(field.strip() for field in fields):
                return Layout(facts, delimiter, clean_header(fields), number, lines.record)
            lines.taken.clear()
    except csv.Error:
        return None
    raise Refused(
        f"has no row {row}, where its header is declared to be"
        if row
        else "the file holds only blank lines"
    )


def _check_delimiter(layout: Layout, spec: DatasetSpec, head: str, row: int | None) -> None:
    """Raise `Refused` where the header is divided by another mark than is declared."""
    if {*spec.mandatory} <= {*layout.header}:
        return
    for name, mark in DELIMITERS.items():
        other = _layout(layout.facts, head, mark, row)
        if other and {*spec.mandatory} <= {*other.header}:
            raise Refused(
                f"its header is divided by {name}s, and reference/files.csv declares another "
                "delimiter: mend that line or take it away"
            )


def _further_down(source: Source, spec: DatasetSpec, head: str, marks: list[str]) -> str:
    """Say how to declare the header that stands below titles or comments, if there is one."""
    for mark in marks:
        with suppress(csv.Error):
            lines = csv.reader(io.StringIO(head, newline=""), delimiter=mark, strict=True)
            for number, fields in enumerate(itertools.islice(lines, FARTHEST_HEADER), 1):
                if spec.mandatory and {*spec.mandatory} <= {*clean_header(fields)}:
                    return header_below(source.file.name, number)
    return ""


def _matching(layouts: list[Layout], spec: DatasetSpec, usual: str, source: Source) -> Layout:
    found = {layout.delimiter: len({*layout.header} & {*spec.mandatory}) for layout in layouts}
    whole = [layout for layout in layouts if found[layout.delimiter] == len(spec.mandatory)]
    if usual not in found and not any(found.values()):
        raise Refused(_BAD_HEADER_QUOTES)
    if not whole:  # refused in a moment: the best one gives the best message
        return max(layouts, key=lambda layout: (found[layout.delimiter], len(layout.header)))
    if len(whole) > 1 and usual not in {layout.delimiter for layout in whole}:
        raise Refused(
            "the header can be divided in several ways; no delimiter is the only one: "
            + advice(source.file.name, "delimiter", "semicolon")
            + f", or with another of {', '.join(DELIMITERS)}"
        )
    return next((layout for layout in whole if layout.delimiter == usual), whole[0])


def _undivided(layouts: list[Layout], usual: str) -> Layout:
    wide = [layout for layout in layouts if len(layout.header) > 1]
    for layout in layouts:
        if layout.delimiter == usual and (len(layout.header) > 1 or len(wide) != 1):
            return layout
    if len(wide) == 1:
        return wide[0]
    raise Refused(_BAD_HEADER_QUOTES)


def _records(lines: _Lines, delimiter: str) -> Iterator[list[str] | csv.Error]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _refuse_unless_confined(lines)
            yield error


def _refuse_unless_confined(lines: _Lines) -> None:
    line = lines.taken[-1]
    if len(lines.taken) == 1 and line.count('"') % 2 == 0:
        return
    raise Refused(
        f"the quote that opens in line {lines.open_quote} is not closed as it should be, so rows "
        f"after it cannot be told apart; the line begins `{lines.beginning}`"
    )


def _is_blank(record: list[str] | csv.Error, width: int) -> bool:
    if isinstance(record, csv.Error):
        return False
    return not record or (width > 1 and len(record) == 1 and not record[0].strip())


def _fault(record: list[str] | csv.Error, layout: Layout) -> str | None:
    if isinstance(record, csv.Error):
        return f"a quote inside a quoted field is not doubled ({record})"
    if len(record) == len(layout.header):
        return None
    mark = "tab" if layout.delimiter == "\t" else layout.delimiter
    too_many = f"a value that holds `{mark}` needs quotes, and none stands at the end of a line"
    hint = too_many if len(record) > len(layout.header) else "it is cut short, or no row at all"
    return f"{len(layout.header)} fields expected, {len(record)} found: {hint}"
