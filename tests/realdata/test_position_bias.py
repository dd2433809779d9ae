"""Position bias on published votes: PRD's two models in both orders, LLMFAO's crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prefaudit.audit import audit
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from pathlib import Path


def test_the_models_of_prd_lean_to_opposite_sides(data_dir: Path) -> None:
    report = audit(data_dir / "prd_vicuna80" / "llm_ratings_both_orders.jsonl.gz", checks=["position-bias"])
    finding = report["position-bias"]
    orders = {row["judge"]: row for row in finding.figures["both_orders"]}
    gpt4, claude = orders["gpt4"], orders["claude"]
    assert (gpt4["pairs"], gpt4["first_both"], gpt4["second_both"], gpt4["inconsistent"]) == (800, 113, 2, 249)
    assert (claude["pairs"], claude["first_both"], claude["second_both"], claude["inconsistent"]) == (800, 28, 220, 361)
    shares = {row["judge"]: row["share_first"] for row in finding.figures["judges"]}
    assert shares == pytest.approx({"gpt4": 0.624, "claude": 0.362, "all judges": 0.488}, abs=0.0005)
    assert finding.verdict is Verdict.FAIL
    assert "claude" in finding.reason


def test_the_crowd_of_llmfao_depends_on_its_prompts_and_workers(data_dir: Path) -> None:
    report = audit(data_dir / "llmfao" / "crowd-comparisons.csv", checks=["position-bias"])
    finding = report["position-bias"]
    assert finding.n == 2911 + 2549
    assert finding.estimate == pytest.approx(2911 / 5460)
    assert finding.figures["ties"] == 3471
    assert finding.interval is not None
    # Taken as independent the standard error is .0068; the votes are about 13 prompts.
    assert (finding.interval[1] - finding.interval[0]) / 2 > 1.96 * 0.0151
    assert finding.verdict is Verdict.UNDERPOWERED


def test_people_without_a_recorded_place_are_not_measurable(data_dir: Path) -> None:
    report = audit(data_dir / "prd_vicuna80" / "human_ratings_flat.jsonl", checks=["position-bias"])
    assert report["position-bias"].verdict is Verdict.NOT_MEASURABLE
