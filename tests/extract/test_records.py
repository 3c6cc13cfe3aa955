from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.extract.conftest import Night


@pytest.mark.parametrize(
    ("name", "content", "numbers"),
    [
        ("x.json", '[{"id": "a", "value": 1},\n {"value": 2, "id": "b"}]\n', (1, 2)),
        ("x.ndjson", '{"id": "a", "value": 1}\n\n{"value": 2, "id": "b"}', (1, 3)),
        ("x.jsonl", '\ufeff{"id": "a", "value": 1}\r\n{"value": 2, "id": "b"}\r\n', (1, 2)),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_flat_objects_become_rows(
    night: Night, name: str, content: str, numbers: tuple[int, int], packed: bool
) -> None:
    data = gzip.compress(content.encode()) if packed else content.encode()
    outcome = night.load_one(f"figures/{name}{'.gz' if packed else ''}", data)
    assert (outcome.status, outcome.rows_in_file, outcome.message) == ("loaded", 2, None)
    assert night.figures() == [("a", "1", numbers[0]), ("b", "2", numbers[1])]


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("5852", "5852"),
        ("1.50", "1.50"),
        ("1E5", "1E5"),
        ("-0", "-0"),
        ("9007199254740993", "9007199254740993"),
        ("9" * 5000, "9" * 5000),
        ('"5,852"', "5,852"),
        ('"\\u1780\\n"', "ក\n"),
        ('""', ""),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
    ],
)
def test_a_value_is_kept_as_it_is_printed(night: Night, printed: str, text: str | None) -> None:
    night.load_one("figures/x.json", f'[{{"id": "a", "value": {printed}}}]')
    assert night.rows("select value from raw.figures") == [(text,)]


@pytest.mark.parametrize(
    ("record", "column", "reason"),
    [
        ('{"id": "a", "value": NaN}', "value", "`NaN` is not a number in JSON"),
        ('{"id": "a", "value": -Infinity}', "value", "`-Infinity` is not a number in JSON"),
        ('{"id": "a", "value": [1]}', "value", "holds a nested value; only flat objects are read"),
        ('{"id": "a", "value": {}}', "value", "holds a nested value; only flat objects are read"),
        ('{"id": "a", "value": 1, "id": "b"}', "id", "has `id` twice"),
        ('{"id": "\\ud800", "value": 1}', "id", "holds half of a surrogate pair"),
        ('{"\\ud800": "a", "value": 1}', None, "holds half of a surrogate pair"),
        ("[1, 2]", None, "is not an object of columns and values"),
        ("5852", None, "is not an object of columns and values"),
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".ndjson"])
def test_a_record_that_is_no_flat_object_is_rejected_alone(
    night: Night, record: str, column: str | None, reason: str, suffix: str
) -> None:
    lines = [record, '{"id": "b", "value": 2}']
    content = f"[{', '.join(lines)}]" if suffix == ".json" else "\n".join(lines)
    outcome = night.load_one(f"figures/x{suffix}", content)
    assert (outcome.status, outcome.rows_loaded, outcome.rows_rejected) == ("loaded_in_part", 1, 1)
    ((number, found_column, _, found_reason, text),) = night.rejected()
    assert (number, found_column, text) == (1, column, record)
    assert found_reason.startswith(reason)


@pytest.mark.parametrize(
    "line", ['{"id": "a", "value": 26', "id,value", '{"id": 1} x', "[" * 100_000]
)
def test_a_broken_line_is_rejected_alone(night: Night, line: str) -> None:
    outcome = night.load_one("figures/x.ndjson", f'{{"id": "a", "value": 1}}\n{line}\n')
    assert (outcome.rows_loaded, outcome.rows_rejected) == (1, 1)
    ((number, _, _, reason, text),) = night.rejected()
    assert (number, text) == (2, line)
    assert reason.startswith("is not valid JSON")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"id": "a", "value": 1},\n{"id": "b", "va', "damaged or cut short"),
        ('[{"id": "a", "value": 1}\n', "`,` or `]` expected in line 2"),
        ('[{"id": "a", "value": 1}] x', "more text after the array's end"),
        ('[{"id": "a", "value": 1},]', "is not valid JSON"),
        ('{"id": "a", "value": 1}', "must be an array of flat objects"),
        ("[" * 100_000, "nested too deeply"),
        ("", "the file is empty"),
        ("[", "is not valid JSON"),
        ('[{"id": "a"}]', "column `value` missing"),
        ('[{"id": "a", "valeu": 1}]', "rename `valeu` to `value`?"),
        ('[{"id": "a", "value": 1}, {" id": "b"}]', "column `id` occurs twice"),
    ],
)
def test_a_document_that_is_not_whole_is_refused(night: Night, content: str, message: str) -> None:
    outcome = night.load_one("figures/x.json", content)
    assert (outcome.status, outcome.rows_in_file) == ("refused", 0)
    assert message in str(outcome.message)
    assert night.figures() == []


def test_an_empty_array_has_no_rows_and_says_so(night: Night) -> None:
    outcome = night.load_one("figures/x.json", " [ ] \n")
    assert (outcome.status, outcome.message) == ("loaded", "has no data rows")


def test_an_array_too_large_to_hold_is_refused_with_the_way_out(night: Night) -> None:
    content = '[{"id": "a", "value": 1}]'
    outcome = night.load_one("figures/x.json", content, document_bytes=10)
    assert "write it as .ndjson" in str(outcome.message)


def test_keys_may_differ_from_record_to_record_and_from_batch_to_batch(night: Night) -> None:
    content = '{"id": "a", "x": 1}\n{"id": "b", "value": 2}\n{"y": null, "note": "n"}\n'
    outcome = night.load_one("figures/x.ndjson", content, batch_cells=1)
    assert outcome.rows_loaded == 3
    assert outcome.message == (
        "columns `x`, `y` are not part of the format and are kept in raw only"
    )
    assert night.rows("select id, value, note, unknown_columns from raw.figures") == [
        ("a", None, None, '{"x":"1"}'),
        ("b", "2", None, None),
        (None, None, "n", None),
    ]
