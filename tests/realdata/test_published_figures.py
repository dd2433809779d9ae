"""Figures published about the files, and verdicts that follow from them, through the whole audit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

import prefaudit
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from prefaudit.report.model import Finding, Report

HH = "hh_rlhf/harmless-base_test.jsonl.gz"
TULU = "tulu_human_eval/eval_annotations_tulu_1.xlsx"
MT_BENCH = "mt_bench_human/human_reconstructed.jsonl.gz"
PANDALM = "pandalm/testset-v1.json"
LLMFAO = "llmfao/crowd-comparisons.csv"
PRD = "prd_vicuna80/llm_ratings_both_orders.jsonl.gz"


@cache
def report(path: Path) -> Report:
    return prefaudit.audit(path)


def finding(data_dir: Path, name: str, check: str) -> Finding:
    return report(data_dir / name)[check]


def test_lengths_of_hh_rlhf(data_dir: Path) -> None:
    found = finding(data_dir, HH, "length-bias")
    responses, full = found.figures["lengths"]
    assert (responses["mean_chosen"], responses["mean_rejected"]) == pytest.approx((30.8, 38.8), abs=0.05)
    assert (responses["median_chosen"], responses["median_rejected"]) == (21, 27)
    shares = [full[f"share_{what}"] for what in ("longer", "shorter", "same")]
    assert shares == pytest.approx([0.430, 0.550, 0.019], abs=0.0006)
    assert found.estimate == pytest.approx(0.438, abs=0.0005)
    assert found.interval == pytest.approx((0.418, 0.459), abs=0.002)
    assert found.figures["empty_responses"] == 4
    assert found.verdict is Verdict.WARN


def test_ratios_of_hh_rlhf(data_dir: Path) -> None:
    found = finding(data_dir, HH, "near-duplicate")
    rows = {(row["texts"], row["autojunk"]): row for row in found.figures["ratios"]}
    high = {what: row["share_above_0.9"] for what, row in rows.items()}
    assert high["full texts", True] == pytest.approx(0.105, abs=0.0005)
    assert high["full texts", False] == pytest.approx(0.160, abs=0.0005)
    assert high["responses", False] == pytest.approx(0.0013, abs=0.00005)
    means = rows["responses", False]["mean"], rows["responses", True]["mean"]
    assert means == pytest.approx((0.237, 0.172), abs=0.0006)
    assert found.verdict is Verdict.PASS
    assert found.figures["tutorial"]["verdict"] == "many near-duplicates"


def test_length_alone_and_structure_of_hh_rlhf(data_dir: Path) -> None:
    alone = finding(data_dir, HH, "shortcuts").figures["beside"][0]
    assert (alone["from"], alone["auc"]) == ("length alone", pytest.approx(0.599, abs=0.002))
    defects = {row["defect"]: row["rows"] for row in finding(data_dir, HH, "structure").figures["defects"]}
    assert (defects["empty response"], defects["parts before the last turn"]) == (4, 5)


@pytest.mark.parametrize(
    ("name", "verdict", "longer"),
    [
        (HH, Verdict.WARN, False),
        (TULU, Verdict.FAIL, True),
        (MT_BENCH, Verdict.FAIL, True),
        ("mt_bench_human/gpt4_pair_reconstructed.jsonl.gz", Verdict.FAIL, True),
        (PANDALM, Verdict.FAIL, True),
        (PRD, Verdict.FAIL, True),
        ("prd_lfqa/experts_pairwise_human_preferences.jsonl", Verdict.FAIL, True),
        ("oasst/en_100_tree.jsonl", Verdict.FAIL, True),
        ("llama_factory/dpo_en_demo.json", Verdict.WARN, False),
        ("llama_factory/dpo_zh_demo.json", Verdict.WARN, True),
        ("medicalgpt/dpo_zh_500.jsonl", Verdict.WARN, True),
        ("prometheus/hhh_alignment_flat.jsonl", Verdict.WARN, True),
        (LLMFAO, Verdict.UNDERPOWERED, False),
        ("stack_exchange_paired/stack_exchange_paired_tiny.json", Verdict.UNDERPOWERED, None),
    ],
)
def test_length_bias_in_either_direction(name: str, verdict: Verdict, longer: bool | None, data_dir: Path) -> None:
    found = finding(data_dir, name, "length-bias")
    assert found.verdict is verdict
    if longer is not None:
        assert found.estimate is not None
        assert (found.estimate > 0.5) is longer
    if verdict in {Verdict.WARN, Verdict.FAIL}:
        assert found.reason.startswith("longer wins" if longer else "shorter wins")


def test_thirteen_prompts_settle_nothing_that_depends_on_prompts(data_dir: Path) -> None:
    for check in ("length-bias", "position-bias", "shortcuts"):
        assert finding(data_dir, LLMFAO, check).verdict is Verdict.UNDERPOWERED
    length = finding(data_dir, LLMFAO, "length-bias")
    assert length.interval is not None
    # 5,460 independent votes would have an interval of 2.6 points.
    assert length.interval[1] - length.interval[0] > 0.2
    assert finding(data_dir, LLMFAO, "shortcuts").figures["prompts"] == 13
    assert finding(data_dir, LLMFAO, "coverage").figures["prompts"] == 13


def test_contradictions_of_pandalm_and_prd(data_dir: Path) -> None:
    triads = finding(data_dir, PANDALM, "contradictions").figures["contradictions"][2]
    assert round(triads["share"] * triads["of"]) == 1
    selves = finding(data_dir, PRD, "contradictions").figures["contradictions"][0]
    # Of GPT-4's and Claude's pairs in both orders those that turn with the order, ties in one of them left out.
    assert round(selves["share"] * selves["of"]) == 113 + 2 + 28 + 220


def test_both_orders_of_tulu(data_dir: Path) -> None:
    orders = finding(data_dir, TULU, "agreement").figures["orders"]
    assert orders["items_in_both_orders"] == 83


@pytest.mark.parametrize(
    ("name", "check", "column"),
    [
        (HH, "position-bias", "first_shown"),
        (HH, "scores", "score_chosen"),
        (HH, "criteria", "aspects"),
        (HH, "fatigue", "annotator"),
        (HH, "agreement", "annotator"),
        (HH, "truncation-collapse", "tokenizer"),
        (MT_BENCH, "position-bias", "first_shown"),
        (PANDALM, "position-bias", "first_shown"),
        (LLMFAO, "fatigue", "order"),
        (PANDALM, "fatigue", "order"),
    ],
)
def test_what_cannot_be_measured_names_what_is_missing(name: str, check: str, column: str, data_dir: Path) -> None:
    found = finding(data_dir, name, check)
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert column in f"{found.reason} {found.brief}"


def test_a_second_question_is_no_conversation_out_of_order(data_dir: Path) -> None:
    defects = {row["defect"]: row for row in finding(data_dir, MT_BENCH, "structure").figures["defects"]}
    assert defects["roles out of order"]["rows"] == 0
