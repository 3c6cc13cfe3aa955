"""Corrections of figures and acknowledgements of findings, from night to night."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.night.conftest import Folder

CORRECTIONS = "reference/corrections.csv"
ACKNOWLEDGED = "reference/acknowledged.csv"
# The 926 Thais of 341 persons arrested: with 26, the parts fit.
FAILS = "asianewsit-2019.KHM.persons_arrested.2018-12-20..2019-03-19.nationality"
THAIS = "figures/khm.csv", 5
CHINESE = "figures/khm.csv", 3
CORRECTION = {"expected_value": "926", "corrected_value": "26", "reason": "A digit too many."}


def figure(folder: Folder) -> str:
    name, row_number = THAIS
    return folder.read(name)[row_number - 2]["figure_id"]


def correct(folder: Folder, *changes: Mapping[str, str]) -> None:
    row = {"figure_id": figure(folder), **CORRECTION, "corrected_on": "2026-11-23"}
    folder.write(CORRECTIONS, [{**row, **change} for change in changes])
    assert folder.night() == 0


def values(folder: Folder) -> tuple[Any, ...]:
    (found,) = folder.rows(
        "select reported_value, corrected_value, breakdown_verdict from marts.fct_reported_figure"
        " where figure_id = ?",
        figure(folder),
    )
    return found


def states(folder: Folder) -> dict[str, str]:
    return {check: state for check, state, *_ in folder.findings().values()}


def reasons(folder: Folder) -> dict[str, int]:
    counted = "select check_name, count(*) from audit.quarantine group by all"
    return dict(folder.rows(counted))


def test_a_correction_is_applied_beside_the_reported_value(yesterday: Folder) -> None:
    correct(yesterday, {})
    assert values(yesterday) == (926, 26, "pass")
    assert yesterday.findings()[FAILS][1] == "resolved"
    assert "correction_matches_its_figure" not in states(yesterday)
    raw = "select value from raw.figures where figure_id = ?"
    assert yesterday.rows(raw, figure(yesterday)) == [("926",)]


def test_a_correction_bounds_the_figure_as_an_exact_one(yesterday: Folder) -> None:
    name, row_number = THAIS
    yesterday.change(name, row_number, value_qualifier="over")
    correct(yesterday, {})
    bounds = "select low_value, high_value, value_qualifier from marts.fct_reported_figure"
    found = yesterday.rows(f"{bounds} where figure_id = ?", figure(yesterday))
    assert found == [(26, 26, "over")]


def test_a_correction_for_another_value_is_told_and_not_applied(yesterday: Folder) -> None:
    correct(yesterday, {"expected_value": "925"})
    assert values(yesterday) == (926, None, "fail")
    assert yesterday.findings()[FAILS][1] == "persisting"
    assert states(yesterday)["correction_matches_its_figure"] == "new"
    told = "select message from audit.finding where check_name = 'correction_matches_its_figure'"
    ((message,),) = yesterday.rows(told)
    for said in (figure(yesterday), "926", "925", f"{CORRECTIONS}, row 2"):
        assert said in message


def test_a_figure_mended_in_its_file_leaves_its_correction_behind(yesterday: Folder) -> None:
    correct(yesterday, {})
    yesterday.change(*THAIS, value="26")
    assert yesterday.night() == 0
    assert values(yesterday) == (26, None, "pass")
    assert states(yesterday)["correction_matches_its_figure"] == "new"
    (yesterday.raw / CORRECTIONS).unlink()
    assert yesterday.night() == 0
    assert states(yesterday)["correction_matches_its_figure"] == "resolved"


def test_a_correction_of_an_unknown_figure_is_told(yesterday: Folder) -> None:
    correct(yesterday, {"figure_id": "nobody"})
    assert states(yesterday)["correction_matches_its_figure"] == "new"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([{"corrected_value": "12.5"}], {"corrected_value_is_stated": 1}),
        ([{"expected_value": "-926"}], {"expected_value_is_stated": 1}),
        ([{"reason": " "}], {"reason_is_stated": 1}),
        ([{}, {"corrected_value": "27"}], {"figure_id_is_unique": 2}),
    ],
    ids=["no whole number", "a negative number", "no reason", "two for one figure"],
)
def test_a_correction_that_cannot_be_applied_is_held(
    yesterday: Folder, changes: list[dict[str, str]], why: dict[str, int]
) -> None:
    correct(yesterday, *changes)
    assert values(yesterday) == (926, None, "fail")
    assert reasons(yesterday) == why


def evidence(folder: Folder) -> tuple[str, str]:
    (found,) = folder.rows(
        "select finding_id, evidence from audit.finding where subject = ?", FAILS
    )
    return found


def acknowledge(folder: Folder, *findings: tuple[str, str], **changes: str) -> None:
    rows = [
        {
            "finding_id": finding_id,
            "expect": expect,
            "reason": "The page says so itself.",
            "who": "Sok",
            "acknowledged_on": "2026-11-23",
        }
        for finding_id, expect in findings or [evidence(folder)]
    ]
    folder.write(ACKNOWLEDGED, [{**row, **changes} for row in rows])
    assert folder.night() == 0


def message(folder: Folder, subject: str = FAILS) -> str:
    ((text,),) = folder.rows("select message from audit.finding where subject = ?", subject)
    return str(text)


def test_an_acknowledged_finding_stays_visible_as_such(yesterday: Folder) -> None:
    acknowledge(yesterday)
    assert yesterday.findings()[FAILS][1] == "acknowledged"
    assert message(yesterday).endswith(
        " It was accepted by Sok on 2026-11-23: The page says so itself."
    )
    assert values(yesterday) == (926, None, "fail")
    yesterday.night(force=True)
    assert yesterday.findings()[FAILS][1] == "acknowledged"


def test_an_acknowledgement_withdrawn_leaves_the_finding_open(yesterday: Folder) -> None:
    acknowledge(yesterday)
    (yesterday.raw / ACKNOWLEDGED).unlink()
    assert yesterday.night() == 0
    assert yesterday.findings()[FAILS][1] == "persisting"
    assert "accepted" not in message(yesterday)


def test_an_acknowledgement_lapses_when_the_values_change(yesterday: Folder) -> None:
    acknowledge(yesterday)
    _, old = evidence(yesterday)
    yesterday.change(*THAIS, value="927")
    for _ in range(2):
        assert yesterday.night(force=True) == 0
        _, new = evidence(yesterday)
        assert yesterday.findings()[FAILS][1] == "persisting"
        assert message(yesterday).endswith(
            f" It was accepted by Sok on 2026-11-23 for `{old}`; now it is `{new}`, so that no"
            " longer holds."
        )
    assert old != new


def proof(folder: Folder) -> list[str]:
    sql = (
        "select words from audit.finding_proof inner join audit.finding using (finding_id)"
        " where subject = ? order by line_number"
    )
    return [words for (words,) in folder.rows(sql, FAILS)]


def test_a_rejected_finding_stays_closed_until_its_conflict_is_another(yesterday: Folder) -> None:
    acknowledge(yesterday)
    conflict = proof(yesterday)
    assert any(words.startswith("926 ") for words in conflict)
    yesterday.change("figures/lao.csv", 2, value="772")  # elsewhere: the conflict is the same
    assert yesterday.night() == 0
    assert (yesterday.findings()[FAILS][1], proof(yesterday)) == ("acknowledged", conflict)
    parts = [yesterday.read(name)[row - 2] for name, row in (CHINESE, THAIS)]
    more, less = (int(part["value"]) for part in parts)
    yesterday.change(*CHINESE, value=str(more + 1))  # the sum is the same, its lines are not
    yesterday.change(*THAIS, value=str(less - 1))
    assert yesterday.night() == 0
    assert yesterday.findings()[FAILS][1] == "persisting"
    assert proof(yesterday) != conflict
    acknowledge(yesterday)
    assert yesterday.findings()[FAILS][1] == "acknowledged"


def joint(folder: Folder) -> tuple[Any, ...]:
    sql = "select finding_id, evidence, state from audit.finding where check_name = ?"
    (found,) = folder.rows(sql, "figures_can_all_be_true")
    return found


def test_lines_that_only_together_cannot_be_true_stay_closed_while_they_are_the_same(
    yesterday: Folder,
) -> None:
    page = yesterday.read("sources/sources.csv")[0] | {"source_id": "rank"}
    yesterday.write("sources/rank.csv", [page])
    counts = {"now": ("", "CHN"), "more": ("90", "VNM"), "less": ("100", "THA")}
    row = yesterday.read("figures/khm.csv")[0] | {
        "source_id": "rank",
        "dimension": "nationality",
        "period_start": "2010-01-01",
        "period_end": "2010-12-31",
        "breakdown_complete": "unknown",
    }
    rows = [
        row
        | {"figure_id": f"rank.{name}", "value": value, "category": code}
        | {"value_qualifier": "exact" if value else "unstated"}
        for name, (value, code) in counts.items()
    ]
    claim = {"source_id": "rank", "kind": "rank", "subject_figure_id": "rank.now"}
    claims = [
        claim
        | {"claim_id": f"rank.{operator}", "operator": operator, "stated_number": ""}
        | {"comparator_figure_ids": f"rank.{other}"}
        for operator, other in (("gt", "less"), ("lt", "more"))
    ]
    yesterday.write("figures/rank.csv", rows)
    yesterday.write("claims/rank.csv", claims)
    assert yesterday.night() == 0
    assert joint(yesterday)[2] == "new"
    acknowledge(yesterday, joint(yesterday)[:2])
    assert joint(yesterday)[2] == "acknowledged"
    yesterday.change("figures/rank.csv", 3, value="80")
    assert yesterday.night() == 0
    assert joint(yesterday)[2] == "persisting"


def test_a_finding_that_cannot_be_tested_tonight_stays_acknowledged(yesterday: Folder) -> None:
    acknowledge(yesterday)
    before = message(yesterday)
    yesterday.change(*THAIS, value="many")
    assert yesterday.night() == 0
    assert yesterday.findings()[FAILS][1] == "acknowledged"
    assert message(yesterday) == before


@pytest.mark.parametrize("is_mended", [False, True])
def test_an_acknowledgement_of_what_is_not_there_is_told(
    yesterday: Folder, is_mended: bool
) -> None:
    if is_mended:
        yesterday.change(*THAIS, value="26")
        acknowledge(yesterday)
        assert yesterday.findings()[FAILS][1] == "resolved"
        subject = evidence(yesterday)[0]
    else:
        acknowledge(yesterday, finding_id=(subject := "mistyped"))
        assert yesterday.findings()[FAILS][1] == "persisting"
    assert yesterday.findings()[subject][:2] == ("acknowledgement_has_its_finding", "new")
    assert f"{ACKNOWLEDGED}, row 2: there is no finding `{subject}`" in message(yesterday, subject)
    (yesterday.raw / ACKNOWLEDGED).unlink()
    assert yesterday.night() == 0
    assert yesterday.findings()[subject][1] == "resolved"


def test_an_acknowledgement_without_a_name_is_held(yesterday: Folder) -> None:
    acknowledge(yesterday, who="")
    assert yesterday.findings()[FAILS][1] == "persisting"
    assert reasons(yesterday) == {"who_is_stated": 1}


def test_the_line_that_explain_offers_accepts_the_finding(yesterday: Folder) -> None:
    finding_id, _ = evidence(yesterday)
    said = json.loads(yesterday.command("explain", finding_id, "--json").stdout)
    offered = said["finding"]["acknowledge_with"]
    yesterday.put(offered["file"], f"{offered['header']}\n{offered['line']}\n")
    assert yesterday.night() == 0
    assert yesterday.findings()[FAILS][1] == "acknowledged"


def test_findings_of_files_rows_and_warnings_can_be_accepted_too(yesterday: Folder) -> None:
    yesterday.put("figures/reading.txt", "not a table\n")
    yesterday.change(*THAIS, value="  many\ttoo ")
    yesterday.change("figures/khm.csv", 9, measure="nobody_declared_this")
    assert yesterday.night() == 0
    wanted = ("file_is_readable", "reported_value_is_a_whole_number", "measure_is_declared")
    found = yesterday.rows(
        "select finding_id, evidence, check_name from audit.finding"
        " where state = 'new' and list_contains(?, check_name)",
        wanted,
    )
    assert sorted(check for *_, check in found) == sorted(wanted)
    acknowledge(yesterday, *((finding_id, values) for finding_id, values, _ in found))
    accepted = {check for check, state in states(yesterday).items() if state == "acknowledged"}
    assert accepted == set(wanted)


def test_explain_offers_no_line_for_what_is_accepted(yesterday: Folder) -> None:
    acknowledge(yesterday)
    finding_id, _ = evidence(yesterday)
    said = json.loads(yesterday.command("explain", finding_id, "--json").stdout)
    assert said["finding"]["acknowledge_with"] is None


def test_acknowledged_findings_are_counted_but_not_open(
    yesterday: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    found = yesterday.rows("select finding_id, evidence from audit.finding")
    acknowledge(yesterday, *found)
    summary = capsys.readouterr().out
    assert "PUBLISHED with accepted findings" in summary
    assert f"0 new, 0 persisting, {len(found)} acknowledged, 0 resolved" in summary
    assert "341 persons arrested" not in summary
    counted = "select findings_persisting, findings_acknowledged from audit.run order by run_id"
    assert yesterday.rows(counted) == [(0, 0), (0, len(found))]
    history = yesterday.command("history").stdout.splitlines()
    assert f"0 persisting, {len(found)} acknowledged" in history[0]


def test_the_report_shows_acknowledged_findings_as_such(yesterday: Folder) -> None:
    acknowledge(yesterday, *yesterday.rows("select finding_id, evidence from audit.finding"))
    latest = yesterday.warehouse / "reports" / max(yesterday.reports())
    report = json.loads((latest / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["findings_acknowledged"] == len(report["findings"])
    told = [found["state"] for found in report["findings"]]
    assert set(told) == {"acknowledged"}
    page = (latest / "report.html").read_text(encoding="utf-8")
    assert f"<dt>accepted</dt><dd>{len(told)}</dd>" in page
    assert page.count('<span class="tag">acknowledged</span>') == len(told)
    assert "It was accepted by Sok on 2026-11-23: The page says so itself." in page
