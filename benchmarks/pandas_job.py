"""The peer pandas with pandera: the job of `reference.py` on data frames, kept in a DuckDB file.

Run it with the Python of an environment made from `requirements-pandas.txt`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pycountry

BLOCK = ["source_id", "measure", "geography", "period_start", "period_end"]
CELL = ["measure", "geography", "period_start", "period_end", "dimension", "category"]
YEAR_DAYS = 364  # from its first day to its last, at least
NATIONAL = ["nationality", "nationality_foreign", "destination"]


def read(raw: Path, folder: str) -> pd.DataFrame:
    """All files of a folder as text, with file and row."""
    frames = []
    for path in sorted((raw / folder).glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame["file"] = f"{folder}/{path.name}"
        frame["row_number"] = np.arange(2, len(frame) + 2)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def codes(raw: Path, table: str, column: str) -> list[str]:
    """The codes of ISO 3166 and those that a reference file adds."""
    added = pd.read_csv(raw / "reference" / f"{table}.csv", dtype=str, keep_default_na=False)
    return [*(country.alpha_3 for country in pycountry.countries), *added[column]]


def good_rows(raw: Path, figures: pd.DataFrame, sources: pd.DataFrame) -> pd.Series[bool]:
    """Which rows pass every check of a pandera schema, all of them counted."""
    day = pa.Check.str_matches(r"\d{4}-\d{2}-\d{2}$")

    def known(name: str, column: str) -> pa.Check:
        listed = pd.read_csv(raw / "reference" / f"{name}.csv", dtype=str)
        return pa.Check.isin(set(listed[column]))

    schema = pa.DataFrameSchema(
        {
            "figure_id": pa.Column(str, pa.Check.str_length(min_value=1), report_duplicates="all"),
            "source_id": pa.Column(str, pa.Check.isin(set(sources["source_id"]))),
            "measure": pa.Column(str, known("measures", "measure")),
            "geography": pa.Column(str, pa.Check.isin(codes(raw, "geographies", "geography"))),
            "period_start": pa.Column(str, day),
            "period_end": pa.Column(str, day),
            "dimension": pa.Column(str, known("dimensions", "dimension")),
            "category": pa.Column(str, pa.Check.str_length(min_value=1)),
            "value": pa.Column(str, pa.Check.str_matches(r"\d{1,18}$")),
            "value_qualifier": pa.Column(str, known("qualifiers", "qualifier")),
            "breakdown_complete": pa.Column(str, pa.Check.isin(["yes", "no", "unknown"])),
        },
        unique=["figure_id"],
    )
    good = pd.Series(data=True, index=figures.index)
    try:
        schema.validate(figures, lazy=True)
    except pa.errors.SchemaErrors as errors:
        good[errors.failure_cases["index"].dropna().astype(int).unique()] = False
    nations = codes(raw, "nationalities", "category")
    national = figures["dimension"].isin(NATIONAL)
    return good & (~national | figures["category"].isin(nations))


def typed(raw: Path, figures: pd.DataFrame) -> pd.DataFrame:
    """Values, periods and the interval that each qualifier allows."""
    rules = pd.read_csv(raw / "reference" / "qualifiers.csv", dtype=str).set_index("qualifier")
    steps = ["low_units", "low_steps", "high_units", "high_steps"]
    numbers = rules[steps].apply(pd.to_numeric)
    value, qualifier = figures["value"].astype("int64"), figures["value_qualifier"]
    unit = 10.0 ** (figures["value"].str.len() - figures["value"].str.rstrip("0").str.len())
    low, high = (
        value
        + rounding(unit * qualifier.map(numbers[f"{end}_units"]).astype(float))
        + qualifier.map(numbers[f"{end}_steps"]).astype(float)
        for end, rounding in (("low", np.ceil), ("high", np.floor))
    )
    closed = {end: qualifier.map(rules[f"{end}_base"]) == "value" for end in ("low", "high")}
    return figures.assign(
        value=value,
        low=low.where(closed["low"], 0).clip(lower=0),
        high=high.where(closed["high"], np.inf),
        period_start=pd.to_datetime(figures["period_start"]),
        period_end=pd.to_datetime(figures["period_end"]),
    )


def subtotals(figures: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Each breakdown against the total that its source states."""
    parts = figures[figures["dimension"] != "total"]
    complete = (parts["breakdown_complete"] == "yes").rename("complete")
    added = (
        parts.assign(complete=complete)
        .groupby(BLOCK, sort=False, observed=True)
        .agg(low=("low", "sum"), high=("high", "sum"), complete=("complete", "all"))
    )
    totals = figures[figures["dimension"] == "total"].set_index(BLOCK)[["low", "high"]]
    both = added.join(totals.add_suffix("_total"))
    damaged = pd.MultiIndex.from_frame(
        held[BLOCK].assign(**{day: pd.to_datetime(held[day]) for day in BLOCK[3:]})
    )
    above = both["low"] > both["high_total"]
    below = both["complete"] & (both["high"] < both["low_total"])
    both["verdict"] = np.where(above | below, "fail", "pass")
    both.loc[both["low_total"].isna() | both.index.isin(damaged), "verdict"] = "unknown"
    return both.reset_index()


def conflicts(figures: pd.DataFrame) -> pd.DataFrame:
    """Cells that several figures speak about: do they agree?"""
    shared = figures[figures.duplicated(CELL, keep=False)]
    cells = shared.groupby(CELL, sort=False).agg(
        count=("value", "size"), least=("high", "min"), greatest=("low", "max")
    )
    cells["verdict"] = np.where(cells["greatest"] <= cells["least"], "agree", "conflict")
    return cells.reset_index()


def periods(figures: pd.DataFrame) -> pd.DataFrame:
    """Years against figures for a part of them."""
    days = (figures["period_end"] - figures["period_start"]).dt.days
    keys = ["measure", "geography", "dimension", "category", "year"]
    dated = figures.assign(year=figures["period_start"].dt.year)
    both = dated[days >= YEAR_DAYS].merge(
        dated[days < YEAR_DAYS], on=keys, suffixes=(None, "_part")
    )
    both["verdict"] = np.where(both["low_part"] > both["high"], "fail", "pass")
    return both


def claims(raw: Path, figures: pd.DataFrame) -> pd.DataFrame:
    """Claims of a change against the two figures that they name."""
    told = read(raw, "claims")
    values = figures.set_index("figure_id")["value"]
    change = told["subject_figure_id"].map(values) - told["comparator_figure_ids"].map(values)
    agree = change == told["stated_number"].astype("int64")
    verdict = np.where(change.isna(), "unknown", np.where(agree, "pass", "fail"))
    return told.assign(verdict=verdict)


def year_on_year(figures: pd.DataFrame) -> pd.DataFrame:
    """Each figure and the one for the year before of the same source."""
    keys = ["source_id", "measure", "geography", "dimension", "category", "period_start"]
    earlier = figures.assign(period_start=figures["period_start"] + pd.DateOffset(years=1))
    return figures.merge(earlier, on=keys, suffixes=(None, "_before"))


def main(raw: Path, database: Path) -> None:
    """Does the job, and keeps its tables."""
    sources, told = read(raw, "sources"), read(raw, "figures")
    good = good_rows(raw, told, sources)
    figures, held = typed(raw, told[good]), told[~good]
    tables = {
        "raw.figures": told,
        "audit.quarantine": held,
        "marts.dim_source": sources,
        "marts.fct_reported_figure": figures,
        "marts.fct_subtotal_check": subtotals(figures, held),
        "marts.fct_source_conflict": conflicts(figures),
        "marts.fct_period_check": periods(figures),
        "marts.fct_claim_check": claims(raw, figures),
        "marts.fct_year_on_year": year_on_year(figures),
    }
    with duckdb.connect(str(database)) as connection:
        for name, frame in tables.items():
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.register("frame", frame)
            connection.execute(f"create table {name} as from frame")
            connection.unregister("frame")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
