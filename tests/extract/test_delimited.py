from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from etl.extract import DatasetSpec

if TYPE_CHECKING:
    from tests.extract.conftest import Night

TWO = [("a", "1", 2), ("b", "2", 3)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"id,value\na,1\nb,2\n"),
        ("x.csv", b"id,value\r\na,1\r\nb,2"),
        ("x.csv", b"id,value\ra,1\rb,2\r"),
        ("x.csv", b"id;value\na;1\nb;2\n"),
        ("x.csv", b"id|value\na|1\nb|2\n"),
        ("x.csv", b"id\tvalue\na\t1\nb\t2\n"),
        ("x.tsv", b"id\tvalue\na\t1\nb\t2\n"),
        ("x.tsv", b"id,value\na,1\nb,2\n"),
        ("x.csv", b"\xef\xbb\xbfid,value\na,1\nb,2\n"),
        ("x.csv", "id,value\na,1\nb,2\n".encode("utf-16")),
        ("x.csv", b"\xfe\xff" + "id,value\na,1\nb,2\n".encode("utf-16-be")),
        ("x.csv", b' id ,"value" \na,1\nb,2\n'.replace(b'"value" ', b'"value "')),
        ("x.csv", b"value,id\n1,a\n2,b\n"),
        ("x.csv.gz", gzip.compress(b"id,value\na,1\nb,2\n")),
        ("x.TSV.GZ", gzip.compress(b"id\tvalue\na\t1\nb\t2\n")),
    ],
)
def test_every_plain_way_of_writing_a_table_gives_the_same_rows(
    night: Night, name: str, content: bytes
) -> None:
    outcome = night.load_one(f"figures/{name}", content)
    assert (outcome.status, outcome.rows_in_file, outcome.message) == ("loaded", 2, None)
    assert night.figures() == TWO


@pytest.mark.parametrize(
    "text",
    ["", " padded ", "NA", "NULL", "5,852", "004", "0x1F", "\\", "'", "#x", 'a "b"', "a\nb",
     "a\r\nb", "\u2028\x0b\x1c", "កម្ពុជា", "'; drop table x; --", "9" * 40, "x" * 200_000],
)  # fmt: skip
def test_a_field_is_kept_as_the_file_says(night: Night, text: str) -> None:
    quoted = text.replace('"', '""')
    outcome = night.load_one("figures/x.csv", f'id,value,note\na,"{quoted}",z\n')
    assert outcome.status == "loaded"
    assert night.rows("select value, note from raw.figures") == [(text, "z")]


def test_an_empty_field_is_an_empty_text_and_an_absent_column_is_null(night: Night) -> None:
    night.load_one("figures/x.csv", "id,value\na,\n")
    assert night.rows("select value, note, unknown_columns from raw.figures") == [("", None, None)]


def test_provenance_stands_beside_each_row(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", "id,value\na,1\n")
    (row,) = night.rows("select file, row_number, file_sha256, loaded_at::varchar from raw.figures")
    assert row == ("figures/x.csv", 2, outcome.sha256, "2026-11-23 02:00:00")


def test_blank_lines_are_no_rows_but_keep_their_number(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", "\nid,value\n\na,1\n   \nb,2\n\n")
    assert outcome.rows_in_file == 2
    assert night.figures() == [("a", "1", 4), ("b", "2", 6)]


def test_rows_are_numbered_by_record_as_a_spreadsheet_does(night: Night) -> None:
    night.load_one("figures/x.csv", 'id,value\n"a\nb\nc",1\nd,2\n')
    assert night.figures() == [("a\nb\nc", "1", 2), ("d", "2", 3)]


def test_a_row_with_fields_too_many_or_too_few_is_rejected_verbatim(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", 'id,value\na,5,852\n"b\nc"\nd,4\n')
    assert (outcome.status, outcome.rows_in_file, outcome.rows_rejected) == ("loaded_in_part", 3, 2)
    assert outcome.message is None
    many = "a value that holds `,` needs quotes, and none stands at the end of a line; it begins"
    few = "it is cut short, or no row at all; it begins"
    assert night.rejected() == [
        (2, None, None, f"2 fields expected, 3 found: {many} `a,5,852`", "a,5,852"),
        (3, None, None, f'2 fields expected, 1 found: {few} `"b`', '"b\nc"'),
    ]
    assert night.figures() == [("d", "4", 4)]


def test_a_quote_not_doubled_rejects_its_line_only(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", 'id,value\n"he said "hi" ok",1\nb,2\n')
    assert (outcome.rows_loaded, outcome.rows_rejected) == (1, 1)
    ((number, _, _, reason, text),) = night.rejected()
    assert (number, text) == (2, '"he said "hi" ok",1')
    assert reason.startswith("a quote inside a quoted field is not doubled")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id,value\na,1\nb,"2\nc,3\nd,4\n', 3),
        ('id,value\na,1\n"b,2\nc,3\n"d",4\n', 3),
        ('id,value\n"a\nb",1\nc,"2\n', 4),
        ('id,value\n"a"b",1\nc,2\n', 2),
    ],
)
def test_a_quote_left_open_refuses_the_file_naming_its_line(
    night: Night, content: str, line: int
) -> None:
    outcome = night.load_one("figures/x.csv", content)
    assert (outcome.status, outcome.rows_in_file) == ("refused", 0)
    assert f"the quote that opens in line {line} is not closed" in str(outcome.message)
    assert night.figures() == []
    assert night.rejected() == []


def test_a_refusal_late_in_the_file_takes_back_the_batches_before_it(night: Night) -> None:
    good = "".join(f"{number},1,2\n" for number in range(100))
    outcome = night.load_one("figures/x.csv", f'id,value\n{good}a,"1\n', batch_cells=20)
    assert outcome.status == "refused"
    assert (night.figures(), night.rejected()) == ([], [])


def test_many_small_batches_give_what_one_gives(night: Night) -> None:
    rows = [(str(number), str(number * 7)) for number in range(101)]
    content = "id,value\n" + "".join(f"{a},{b}\n" for a, b in rows)
    outcome = night.load_one("figures/x.csv", content, batch_cells=20)
    assert outcome.rows_loaded == 101
    assert night.figures() == [(a, b, place) for place, (a, b) in enumerate(rows, 2)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\n \n\n", "the file holds only blank lines"),
        (b"id,value\na,\x00\n", "holds a NUL character in line 2"),
        ("id,value\n".encode("utf-16-le"), "holds a NUL character in line 1"),
        (b"id,value\na,1\nb,caf\xe9\n", "is not UTF-8: byte 0xe9 at offset 18, line 3; it looks"),
        (
            b"id,value\na,1\nb,\xe0\xb8",
            "in the middle of a character (byte 0xe0 at offset 15, line 3): it was cut short, or",
        ),
        (
            b"\xff\xfei\x00d\x00,",
            "(byte 0x2c at offset 6, line 1): it was cut short, or is not UTF-16-LE",
        ),
        (b"id,id,value\na,b,1\n", "column `id` occurs twice in the header"),
        (b"id,value,Value\na,b,1\n", "columns `value` and `Value` differ in case only"),
        (b"id,value,,\na,b,,\n", "several columns have no name in the header"),
        (b'id,"value\na,1\n', "the quotes in the header do not match"),
        (b"id,valeu\na,1\n", "column `value` missing; rename `valeu` to `value`?"),
        (b"ID,value\na,1\n", "column `id` missing; rename `ID` to `id`?"),
        (b"id;valeu\na;1\n", "the header reads `id;valeu`"),
        (b"Report of 2024\nid,value\na,1\n", "row 1 reads `Report of 2024`"),
        (b"# made by hand\nid,value\na,1\n", "the header is in row 2: delete what stands above it"),
        (b"a,1\nb,2\n", "no header with columns `id`, `value` found"),
    ],
)
def test_a_file_in_doubt_is_refused_with_what_a_person_needs(
    night: Night, content: bytes, message: str
) -> None:
    outcome = night.load_one("figures/x.csv", content)
    assert (outcome.status, outcome.rows_in_file) == ("refused", 0)
    assert outcome.sha256
    assert message in str(outcome.message)
    assert night.figures() == []


def test_a_bad_byte_far_inside_is_located(night: Night) -> None:
    content = b"id,value\n" + "é,1\n".encode() * 600_000 + b"\xff,1\n"
    outcome = night.load_one("figures/x.csv", content)
    place = len(content) - 4
    assert f"byte 0xff at offset {place}, line 600002" in str(outcome.message)


def test_a_header_alone_is_loaded_and_said(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", "id,value,remarks\n")
    assert (outcome.status, outcome.rows_in_file) == ("loaded", 0)
    assert outcome.message == (
        "has no data rows; column `remarks` is not part of the format and is kept in raw only"
    )


def test_columns_nobody_declared_are_kept_beside_and_named(night: Night) -> None:
    outcome = night.load_one("figures/x.csv", 'id,"a""b",value,\nx,"q ""é""\n",1,\n')
    assert outcome.message == (
        'columns `a"b`, `` are not part of the format and are kept in raw only'
    )
    ((kept,),) = night.rows("select unknown_columns from raw.figures")
    assert kept == '{"a\\"b":"q \\"é\\"\\n","":""}'


def test_a_header_that_several_delimiters_divide_follows_the_suffix(night: Night) -> None:
    night.specs["figures"] = DatasetSpec(("id",))
    outcome = night.load_one("figures/x.csv", "id\na;b\n")
    assert outcome.status == "loaded"
    assert night.rows("select id from raw.figures") == [("a;b",)]


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("x.csv", "a,b;c\n1,2;3\n", ["a", "b;c"]),
        ("x.csv", "a;b\n1;2\n", ["a", "b"]),
        ("x.csv", "a\n1\n", ["a"]),
        ("x.tsv", "a,b\tc\n1,2\t3\n", ["a,b", "c"]),
        ("x.csv", "a;b|c\n1;2|3\n", ["a;b|c"]),
    ],
)
def test_an_open_dataset_has_the_columns_of_its_files(
    night: Night, name: str, content: str, columns: list[str]
) -> None:
    outcome = night.load_one(f"anything/{name}", content)
    assert (outcome.status, outcome.rows_loaded) == ("loaded", 1)
    described = [row[0] for row in night.rows("describe raw.anything")]
    assert described[: described.index("unknown_columns")] == columns


def test_a_field_beyond_the_csv_modules_usual_limit_is_read(night: Night) -> None:
    text = "x" * 10_000_000
    night.load_one("figures/x.csv", f"id,value\na,{text}\n")
    assert night.rows("select length(value) from raw.figures") == [(10_000_000,)]


@pytest.mark.parametrize(
    "damage",
    [lambda packed: packed[:-12], lambda packed: packed[:-8] + b"12345678", lambda _: b"no gzip"],
    ids=["cut", "wrong sum", "no gzip"],
)
def test_a_damaged_gzip_is_refused(night: Night, damage: object) -> None:
    packed = gzip.compress(b"id,value\n" + b"a,1\n" * 1000)
    assert callable(damage)
    outcome = night.load_one("figures/x.csv.gz", damage(packed))
    assert outcome.status == "refused"
    assert "the gzip is cut short or damaged" in str(outcome.message)


def test_a_gzip_bomb_is_refused_before_it_unpacks(night: Night) -> None:
    packed = gzip.compress(b"id,value\n" + b"a,1\n" * 500_000)
    outcome = night.load_one("figures/x.csv.gz", packed, unpacked_floor=1000, unpacked_ratio=20)
    assert outcome.status == "refused"
    assert "taken for a gzip bomb" in str(outcome.message)


def test_a_table_of_10_000_columns_is_read(night: Night) -> None:
    names = [f"c{number}" for number in range(10_000)]
    header, values = ",".join(["id", "value", *names]), ",".join(["a", "1", *names])
    outcome = night.load_one("figures/x.csv", f"{header}\n{values}\n")
    assert outcome.rows_loaded == 1
    assert "and 9990 more" in str(outcome.message)
    assert night.rows("select unknown_columns::json ->> 'c9999' from raw.figures") == [("c9999",)]
