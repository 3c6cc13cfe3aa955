"""The sample under data/raw: complete, as delivered, and described by its reference tables."""

import csv
from collections import Counter
from pathlib import Path

import pycountry
import pytest

RAW = Path(__file__).parents[2] / "data" / "raw"
UNITS = {
    "cases",
    "charges",
    "complaints",
    "convoys",
    "crossings",
    "documents",
    "persons",
    "reports",
    "requests",
    "sites",
}
KINDS = {"flow", "stock", "cumulative"}


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, strict=True))


def read_folder(dataset: str) -> list[dict[str, str]]:
    return [row for file in sorted((RAW / dataset).glob("*.csv")) for row in read(file)]


MEASURES = read(RAW / "reference" / "measures.csv")
NATIONALITIES = read(RAW / "reference" / "nationalities.csv")


@pytest.mark.parametrize(
    ("dataset", "key", "expected"),
    [
        ("figures", "figure_id", 1358),
        ("sources", "source_id", 194),
        ("claims", "claim_id", 188),
    ],
)
def test_sample_is_complete_and_its_keys_are_unique(dataset: str, key: str, expected: int) -> None:
    rows = read_folder(dataset)
    assert len(rows) == expected
    assert len({row[key] for row in rows}) == expected


@pytest.mark.parametrize("dataset", ["figures", "sources", "claims"])
def test_line_ends_are_as_delivered(dataset: str) -> None:
    for file in (RAW / dataset).glob("*.csv"):
        content = file.read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n")
        assert content.endswith(b"\r\n")


def test_each_figures_file_holds_the_country_it_is_named_for() -> None:
    for file in (RAW / "figures").glob("*.csv"):
        assert {row["geography"].lower() for row in read(file)} == {file.stem}


def test_every_measure_in_figures_has_exactly_one_row_and_the_reverse() -> None:
    used = {row["measure"] for row in read_folder("figures")}
    assert Counter(row["measure"] for row in MEASURES) == Counter(used)


def test_measure_units_and_kinds_are_closed_sets_in_full_use() -> None:
    assert {row["unit"] for row in MEASURES} == UNITS
    assert {row["kind"] for row in MEASURES} == KINDS


@pytest.mark.parametrize("rows", [MEASURES, NATIONALITIES], ids=["measures", "nationalities"])
def test_every_label_is_unique_and_every_row_is_described(rows: list[dict[str, str]]) -> None:
    assert len({row["label"] for row in rows}) == len(rows)
    assert all(row["label"] and row["description"].endswith(".") for row in rows)


def test_a_measure_is_cumulative_if_and_only_if_its_name_says_so() -> None:
    cumulative = {row["measure"] for row in MEASURES if row["kind"] == "cumulative"}
    assert cumulative == {
        row["measure"] for row in MEASURES if row["measure"].endswith("_cumulative")
    }


def test_declared_nationalities_extend_iso_and_contain_only_known_codes() -> None:
    iso = {country.alpha_3 for country in pycountry.countries}
    declared = [row["category"] for row in NATIONALITIES]
    contained = {code for row in NATIONALITIES for code in row["contains"].split(";") if code}
    assert len(set(declared)) == len(declared)
    assert iso.isdisjoint(declared)
    assert contained <= iso.union(declared)


def test_every_nationality_in_figures_is_iso_or_declared() -> None:
    known = {country.alpha_3 for country in pycountry.countries}
    known.update(row["category"] for row in NATIONALITIES)
    dimensions = {"nationality", "nationality_foreign", "destination"}
    used = {row["category"] for row in read_folder("figures") if row["dimension"] in dimensions}
    assert used <= known
