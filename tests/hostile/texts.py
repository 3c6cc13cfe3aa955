"""Delimited files as people make them: encodings, lines, quotes, headers."""

from __future__ import annotations

import codecs
import gzip

from tests.hostile.making import HEADER, Case, partly, refused, table, taken

THAI = "ผู้ต้องหา 12 คน"


def _line(text: str, number: int, change: str) -> str:
    lines = text.split("\r\n")
    lines[number - 1] = change
    return "\r\n".join(lines)


def _swollen(name: str) -> bytes:
    return gzip.compress(table(name).encode() + b"\r\n" * (70 << 20), 9)


def encodings() -> list[Case]:
    cafe = "café, 12 €"
    bom = "is not UTF-8: byte 0xe9"
    return [
        taken("utf8.csv", table("utf8.csv", note=THAI)),
        taken("bom.csv", codecs.BOM_UTF8 + table("bom.csv", note=THAI).encode()),
        taken("utf16le.csv", codecs.BOM_UTF16_LE + table("utf16le.csv").encode("utf-16-le")),
        taken("utf16be.csv", codecs.BOM_UTF16_BE + table("utf16be.csv").encode("utf-16-be")),
        taken(
            "utf16_plain.csv",
            table("utf16_plain.csv").encode("utf-16-le"),
            declared=(("encoding", "utf-16-le"),),
        ),
        refused(
            "utf16_unsaid.csv",
            table("utf16_unsaid.csv").encode("utf-16-le"),
            "holds a NUL character in line 1",
            "`figures/utf16_unsaid.csv,encoding,utf-16-le`",
        ),
        refused(
            "latin1_unsaid.csv",
            table("latin1_unsaid.csv", note="café").encode("latin-1"),
            bom,
            "line 2",
            "add to reference/files.csv (path,setting,value) the line "
            "`figures/latin1_unsaid.csv,encoding,ENCODING`",
        ),
        taken(
            "latin1.csv",
            table("latin1.csv", note="café").encode("latin-1"),
            declared=(("encoding", "latin-1"),),
        ),
        taken(
            "cp1252.csv",
            table("cp1252.csv", note=cafe).encode("cp1252"),
            declared=(("encoding", "cp1252"),),
        ),
        taken(
            "cp874.csv",
            table("cp874.csv", note=THAI).encode("cp874"),
            declared=(("encoding", "cp874"),),
        ),
        refused(
            "latin1_but_utf8.csv",
            table("latin1_but_utf8.csv", note=THAI),
            "is declared as latin-1 in reference/files.csv, but reads as UTF-8 throughout",
            declared=(("encoding", "latin-1"),),
        ),
        refused(
            "cp1252_hole.csv",
            table("cp1252_hole.csv", note="?").encode().replace(b"?", b"\x81"),
            "is not CP1252: byte 0x81",
            "which reference/files.csv declares (cp1252)",
            declared=(("encoding", "cp1252"),),
        ),
        refused(
            "nul.csv",
            table("nul.csv").replace("5852", "58\x0052"),
            "holds a NUL character in line 2",
        ),
        refused(
            "thai_cut.csv", table("thai_cut.csv", note=THAI).encode()[:-3], "cut short, or is not"
        ),
    ]


def lines() -> list[Case]:
    return [
        taken("lf.csv", table("lf.csv", end="\n")),
        taken("cr.csv", table("cr.csv", end="\r")),
        taken("mixed_ends.csv", table("mixed_ends.csv").replace("\r\n", "\n", 2)),
        taken("no_last_end.csv", table("no_last_end.csv").rstrip()),
        taken("semicolon.csv", table("semicolon.csv", delimiter=";")),
        taken("tab.csv", table("tab.csv", delimiter="\t")),
        taken("pipe.csv", table("pipe.csv", delimiter="|")),
        taken("tab.tsv", table("tab.tsv", delimiter="\t")),
        taken(
            "declared_pipe.csv",
            table("declared_pipe.csv", delimiter="|"),
            declared=(("delimiter", "pipe"),),
        ),
        refused(
            "declared_wrong.csv",
            table("declared_wrong.csv"),
            "its header is divided by commas, and reference/files.csv declares another delimiter",
            declared=(("delimiter", "tab"),),
        ),
        taken("quoted_newline.csv", table("quoted_newline.csv", note="one\r\ntwo\n\nthree")),
        partly(
            "blank_lines.csv",
            table("blank_lines.csv").replace("\r\n", "\r\n\r\n"),
            {},
            {3: 5852, 5: 7, 7: 0},
        ),
        partly(
            "comment_inside.csv",
            _line(table("comment_inside.csv"), 3, "# checked by hand"),
            {3: (None, None)},
            {2: 5852, 4: 0},
        ),
        partly(
            "grouped_digits_unquoted.csv",
            table("grouped_digits_unquoted.csv").replace(",5852,", ",5,852,"),
            {2: (None, None)},
            {3: 7, 4: 0},
        ),
        partly(
            "short_row.csv",
            table("short_row.csv").replace(",exact,unknown,\r\n", "\r\n", 1),
            {2: (None, None)},
            {3: 7, 4: 0},
        ),
        partly(
            "trailing_delimiter.csv",
            table("trailing_delimiter.csv").replace("unknown,\r\n", "unknown,,\r\n", 1),
            {2: (None, None)},
            {3: 7, 4: 0},
        ),
        partly(
            "quote_not_doubled.csv",
            table("quote_not_doubled.csv").replace("unknown,\r\n", 'unknown,"a "b" c"\r\n', 1),
            {2: (None, None)},
            {3: 7, 4: 0},
        ),
        refused(
            "quote_left_open.csv",
            table("quote_left_open.csv").replace("unknown,\r\n", 'unknown,"\r\n', 1),
            "the quote that opens in line 2 is not closed as it should be",
        ),
        partly(
            "cut_short.csv",
            table("cut_short.csv").encode()[:-40],
            {4: (None, None)},
            {2: 5852, 3: 7},
        ),
        taken("long_field.csv", table("long_field.csv", note="x" * (10 << 20))),
        taken("packed.csv.gz", gzip.compress(table("packed.csv.gz").encode())),
        refused(
            "cut.csv.gz",
            gzip.compress(table("cut.csv.gz").encode())[:-20],
            "the gzip is cut short or damaged",
        ),
        refused("bomb.csv.gz", _swollen("bomb.csv.gz"), "taken for a gzip bomb"),
        refused("not_packed.csv.gz", table("not_packed.csv.gz"), "the gzip is cut short or dam"),
    ]


def headers() -> list[Case]:
    titled = "Report of the ministry\r\n# as of May\r\n"
    below = {4: 5852, 5: 7, 6: 0}
    spaced = [f" {name}\u00a0" if name == "value" else f" {name} " for name in HEADER]
    wide = [*HEADER, *(f"extra_{number}" for number in range(9_988))]
    extra = ",".join(wide) + "\r\n" + "".join(
        line + "," * 9_988 + "\r\n" for line in table("wide.csv").split("\r\n")[1:-1]
    )  # fmt: skip
    return [
        refused(
            "titles.csv",
            titled + table("titles.csv"),
            "the header is in row 3: delete what stands above it, or add to reference/files.csv "
            "(path,setting,value) the line `figures/titles.csv,header_row,3`",
        ),
        partly(
            "titles_declared.csv",
            titled + table("titles_declared.csv"),
            {},
            below,
            declared=(("header_row", "3"),),
        ),
        refused(
            "header_row_beyond.csv",
            table("header_row_beyond.csv"),
            "has no row 9, where its header is declared to be",
            declared=(("header_row", "9"),),
        ),
        taken("spaced_header.csv", table("spaced_header.csv", header=spaced)),
        refused(
            "upper_header.csv",
            table("upper_header.csv", header=[name.upper() for name in HEADER]),
            "`VALUE` to `value`",
        ),
        refused(
            "twice.csv",
            table("twice.csv", header=[*HEADER[:-1], "value"]),
            "column `value` occurs twice in the header: rename or delete one",
        ),
        refused(
            "twice_but_for_case.csv",
            table("twice_but_for_case.csv", header=[*HEADER[:-1], "Value"]),
            "columns `value` and `Value` differ in case only",
        ),
        refused(
            "renamed.csv",
            table("renamed.csv").replace("geography,", "geografy,", 1),
            "column `geography` missing; rename `geografy` to `geography`?",
        ),
        refused(
            "missing.csv",
            table("missing.csv").replace("breakdown_complete,", "", 1),
            "column `breakdown_complete` missing",
        ),
        taken(
            "extra.csv",
            table("extra.csv").replace("note\r", "comment\r", 1),
            "column `comment` is not part of the format and is kept in raw only",
        ),
        taken("wide.csv", extra, "and 9978 more are not part of the format"),
        Case(
            "header_only.csv",
            table("header_only.csv", []).encode(),
            (0, 0, 0),
            {},
            message=("has no data rows",),
        ),
        refused("empty.csv", "", "the file is empty"),
        refused("blank.csv", "\r\n \r\n", "the file holds only blank lines"),
        refused("no_header.csv", table("no_header.csv").partition("\r\n")[2], "no header with"),
        refused("page.csv", "<!DOCTYPE html><html><body>404</body></html>", "no header with"),
        refused("letter.csv", "Dear all,\r\nplease find\r\n", "no header with"),
    ]


CASES = [*encodings(), *lines(), *headers()]
