"""The whole way from data to report, and the published figures of HH-RLHF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from prefaudit.audit import audit
from prefaudit.errors import ConfigError, FormatError
from prefaudit.load import load
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from prefaudit.report.model import Report

ROWS = [
    {"prompt": f"question {row}", "chosen": "word " * (row % 5 + 1), "rejected": "term " * (row % 3 + 1)}
    for row in range(40)
]


@pytest.fixture(scope="module")
def harmless(data_dir: Path) -> Report:
    return audit(data_dir / "hh_rlhf" / "harmless-base_test.jsonl.gz")


def percent(share: float, digits: int = 1) -> float:
    return round(100 * share, digits)


def test_rows_of_hh_rlhf_are_all_used(harmless: Report) -> None:
    assert harmless.accounting["rows_in"] == harmless.accounting["rows_used"] == 2312
    assert harmless.dataset["format"] == "hh-rlhf"


def test_lengths_of_hh_rlhf(harmless: Report) -> None:
    finding = harmless["length-bias"]
    responses, full = finding.figures["lengths"]
    assert [percent(full[f"share_{which}"]) for which in ("longer", "shorter", "same")] == [43.0, 55.0, 1.9]
    assert responses["n"] == 2307
    assert (round(responses["mean_chosen"], 1), round(responses["mean_rejected"], 1)) == (30.8, 38.8)
    assert (responses["median_chosen"], responses["median_rejected"]) == (21, 27)
    assert finding.estimate == pytest.approx(0.438, abs=5e-4)
    assert finding.interval == pytest.approx((0.418, 0.459), abs=1.5e-3)  # published without clusters
    assert finding.verdict is Verdict.WARN
    assert finding.figures["empty_responses"] == 4
    assert finding.figures["left_out_diverged"] == 5
    assert finding.figures["tutorial"]["verdict"] == "balanced"


def test_ratios_of_hh_rlhf(harmless: Report) -> None:
    finding = harmless["near-duplicate"]
    exact, autojunk, full_exact, full_autojunk = finding.figures["ratios"]
    assert percent(finding.estimate or 0, 2) == 0.13
    assert [round(table["mean"], 3) for table in (exact, autojunk)] == [0.237, 0.172]
    assert [percent(table["share_above_0.9"]) for table in (full_exact, full_autojunk)] == [16.0, 10.5]
    assert finding.figures["tutorial"]["verdict"] == "many near-duplicates"
    assert 0.7 < finding.figures["prompt_share_of_full_texts"] < 0.75
    assert finding.verdict is Verdict.PASS


def test_no_pair_of_hh_rlhf_is_identical(harmless: Report) -> None:
    assert harmless["identical"].verdict is Verdict.PASS


def test_the_report_shows_the_published_figures(harmless: Report) -> None:
    text = harmless.to_text(100, verbose=True)
    for figure in ("43.0%", "55.0%", "1.9%", "30.8", "38.8", "43.8%", "10.5%", "16.0%", "0.13%", "0.237", "0.172"):
        assert figure in text
    assert max(map(len, text.splitlines())) <= 100


def test_threads_and_containers_give_the_same_findings() -> None:
    reports = [audit(ROWS), audit(pa.Table.from_pylist(ROWS), threads=1), audit(load(ROWS))]
    findings = [json.dumps(report.to_dict()["findings"]).replace("pyarrow.Table", "list") for report in reports]
    assert findings[0] == findings[1] == findings[2]


def test_columns_and_checks_are_chosen() -> None:
    rows = [{"question": row["prompt"], "better": row["chosen"], "worse": row["rejected"]} for row in ROWS]
    names = {"prompt": "question", "chosen": "better", "rejected": "worse"}
    report = audit(rows, columns=names, checks=["length-bias"])
    assert [finding.check for finding in report.findings] == ["length-bias"]
    with pytest.raises(KeyError):
        report["identical"]


def test_skipped_rows_are_accounted_for() -> None:
    report = audit([*ROWS, {"prompt": "p", "chosen": None, "rejected": "x"}])
    counts = report.accounting
    assert counts["rows_in"] == counts["rows_used"] + sum(counts["rows_skipped"].values()) == 41
    assert counts["skipped_examples"][0]["row"] == 40
    assert "skipped 1" in report.to_text()


@pytest.mark.parametrize("options", [{"checks": ["length"]}, {"length_bias_wran": 0.1}, {"length_bias_warn": "wide"}])
def test_wrong_options_are_refused_before_anything_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        audit("no/such/file.jsonl", **options)


def test_data_without_pairs_are_refused() -> None:
    with pytest.raises(FormatError):
        audit([{"text": "no pair"}])


def test_progress_is_told() -> None:
    seen: list[tuple[int, int | None]] = []
    audit(ROWS, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)


def voted(people: int) -> list[dict[str, Any]]:
    """Every pair, half of them with two equal responses, judged by so many people, not all of one mind."""
    return [
        {**ROWS[row], "annotator": f"person {person}", **({"rejected": ROWS[row]["chosen"]} if row % 2 else {})}
        for row in range(40)
        for person in range(people)
    ]


def test_where_pairs_have_several_votes_these_are_what_is_counted() -> None:
    report = audit(voted(3))
    assert (report.accounting["pairs"], report.accounting["votes"]) == (40, 120)
    texts = ("structure", "identical", "near-duplicate", "duplicates", "length-bias", "shortcuts")
    assert {report[check].counted for check in texts} == {"votes"}
    assert report["identical"].reason.startswith("60 of 120 votes ")
    assert (report["coverage"].n, report["coverage"].counted) == (40, "pairs")
    assert "60 votes" not in audit(ROWS)["identical"].reason
    assert audit(ROWS)["identical"].counted == "pairs"


def test_examples_are_of_different_texts() -> None:
    shown = audit(voted(3), checks=["identical"], examples=10)["identical"].examples
    assert len({one.chosen for one in shown}) == len(shown) > 1


def test_the_report_says_what_its_intervals_are_clustered_by() -> None:
    report = audit(voted(12), checks=["length-bias", "agreement", "identical"])
    assert report["length-bias"].clustered_by == ("prompt", "annotator")
    assert report["agreement"].clustered_by == ("pair",)
    assert report["identical"].clustered_by == ()
    assert "the interval is clustered by prompt and annotator" in " ".join(report.to_text().split())


def test_one_check_by_its_name() -> None:
    rows = [{"prompt": "p", "chosen": "a", "rejected": "b"}]
    assert [finding.check for finding in audit(rows, checks="identical").findings] == ["identical"]
