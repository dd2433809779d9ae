"""Shares of nearly equal pairs, held to difflib."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

import pytest

from prefaudit.checks.near_duplicate import NearDuplicate
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

CHOSEN = ["the cat sat on the mat", "completely different", "x" * 250 + "end", "abcdefghij", ""]
REJECTED = ["the cat sat on the hat", "nothing of the kind", "x" * 249 + "end.", "abcdefg", ""]


def found(chosen: list[str], rejected: list[str], prompt: str | None = None) -> Finding:
    check = NearDuplicate()
    full: dict[str, Any] = (
        {}
        if prompt is None
        else {
            "chosen_full": [prompt + text for text in chosen],
            "rejected_full": [prompt + text for text in rejected],
        }
    )
    check.update(PairBatch.from_lists([prompt or ""] * len(chosen), chosen, rejected, **full))
    return check.result()


def expected(chosen: list[str], rejected: list[str], *, autojunk: bool) -> dict[str, Any]:
    ratios = [SequenceMatcher(None, a, b, autojunk).ratio() for a, b in zip(chosen, rejected, strict=True)]
    n = len(ratios)
    return {
        "autojunk": autojunk,
        "n": n,
        "mean": pytest.approx(sum(ratios) / n, abs=2**-40),
        "share_above_0.9": sum(ratio > 0.9 for ratio in ratios) / n,
        "share_0.7_to_0.9": sum(0.7 < ratio <= 0.9 for ratio in ratios) / n,
        "share_to_0.7": sum(ratio <= 0.7 for ratio in ratios) / n,
    }


def test_the_table_is_difflibs() -> None:
    prompt = "\n\nHuman: Say something, please.\n\nAssistant:"
    table = found(CHOSEN, REJECTED, prompt).figures["ratios"]
    full = [prompt + text for text in CHOSEN], [prompt + text for text in REJECTED]
    assert table == [
        {"texts": "responses", **expected(CHOSEN, REJECTED, autojunk=False)},
        {"texts": "responses", **expected(CHOSEN, REJECTED, autojunk=True)},
        {"texts": "full texts", **expected(*full, autojunk=False)},
        {"texts": "full texts", **expected(*full, autojunk=True)},
    ]


def test_the_blank_after_the_turn_is_nothing_in_common() -> None:
    assert found([" yes"], [" no"]).figures["ratios"][0]["mean"] == 0.0


def test_the_part_of_the_full_texts_that_is_prompt() -> None:
    assert found(["ab"], ["cd"], "123456").figures["prompt_share_of_full_texts"] == 0.75
    assert "prompt_share_of_full_texts" not in found(["ab"], ["cd"]).figures


def test_the_verdict_follows_the_share() -> None:
    def verdict(planted: int) -> Verdict:
        near = ["the cat sat on the mat"] * planted, ["the cat sat on the hat"] * planted
        return found(near[0] + ["abc"] * (100 - planted), near[1] + ["xyz"] * (100 - planted)).verdict

    assert [verdict(planted) for planted in (0, 1, 2, 5, 6)] == [
        Verdict.PASS,
        Verdict.PASS,
        Verdict.WARN,
        Verdict.WARN,
        Verdict.FAIL,
    ]


@pytest.mark.parametrize(("planted", "says"), [(1, "few near-duplicates"), (2, "many near-duplicates")])
def test_the_tutorials_rule_is_over_a_tenth(planted: int, says: str) -> None:
    tutorial = found(["same"] * planted + ["abc"] * (10 - planted), ["same"] * planted + ["xyz"] * (10 - planted))
    assert tutorial.figures["tutorial"]["verdict"] == says
