"""Counting pairs whose responses are the same."""

from __future__ import annotations

from typing import Any

from prefaudit.checks.identical import Identical
from prefaudit.config import Settings
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict


def found(chosen: list[str], rejected: list[str], settings: Settings | None = None, **columns: Any) -> Finding:
    check = Identical(settings)
    check.update(PairBatch.from_lists([""] * len(chosen), chosen, rejected, **columns))
    return check.result()


def test_each_pair_counts_as_the_closest_kind() -> None:
    finding = found(["a", "Caf\u00e9 x", "Yes, sir", "no"], ["a", "Cafe\u0301\n x", "yes SIR!", "maybe"])
    kinds = ("byte_equal", "equal_but_for_whitespace", "equal_but_for_case_and_punctuation")
    assert [finding.figures[kind] for kind in kinds] == [1, 1, 1]
    assert finding.estimate == 0.25
    assert [example.row for example in finding.examples] == [0, 1, 2]


def test_one_in_a_thousand_warns_and_over_one_in_a_hundred_fails() -> None:
    texts = [str(number) for number in range(1000)]
    assert found(texts, [f"{text}!!" for text in texts]).verdict is Verdict.PASS
    assert found(texts, [*texts[:1], *(f"{text}x" for text in texts[1:])]).verdict is Verdict.WARN
    assert found(texts, [*texts[:10], *(f"{text}x" for text in texts[10:])]).verdict is Verdict.WARN
    assert found(texts, [*texts[:11], *(f"{text}x" for text in texts[11:])]).verdict is Verdict.FAIL


def test_rows_that_part_early_are_left_out_and_counted() -> None:
    finding = found(["a", "b"], ["a", "c"], diverged=[True, False])
    assert (finding.n, finding.figures["byte_equal"], finding.figures["left_out_diverged"]) == (1, 0, 1)


def test_of_a_sample_one_pair_does_not_fail() -> None:
    settings = Settings.of_arguments({"identical_sampled": True})
    finding = found(["a", *"bcdefghij"], ["a", *"qrstuvwxy"], settings)
    assert finding.verdict is Verdict.WARN
    assert finding.figures["settings"]["sampled"] == {"value": True, "from": "argument"}
