"""How often the longer response wins."""

from __future__ import annotations

from typing import Any

import pytest

from prefaudit.checks.length_bias import LengthBias, tutorial_balance
from prefaudit.config import Settings
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict


def words(*counts: int) -> list[str]:
    return ["word " * count for count in counts]


def found(chosen: list[str], rejected: list[str], prompts: list[str] | None = None, **columns: Any) -> Finding:
    check = LengthBias()
    prompts = prompts or [f"prompt {number}" for number in range(len(chosen))]
    check.update(PairBatch.from_lists(prompts, chosen, rejected, **columns))
    return check.result()


def test_pairs_of_equal_length_ties_and_diverged_rows_have_no_direction() -> None:
    finding = found(
        words(5, 4, 3, 2, 1), words(1, 4, 9, 9, 9), tie=[False] * 3 + [True, False], diverged=[False] * 4 + [True]
    )
    assert (finding.n, finding.estimate) == (2, 0.5)
    assert (finding.figures["ties"], finding.figures["left_out_diverged"]) == (1, 1)
    assert finding.figures["lengths"][0]["n"] == 3
    assert finding.figures["lengths"][1]["n"] == 5


def test_the_table_of_lengths() -> None:
    responses = found(words(5, 4, 3, 0), words(1, 4, 9, 2)).figures["lengths"][0]
    assert responses == {
        "texts": "responses, words",
        "n": 4,
        "mean_chosen": 3.0,
        "mean_rejected": 4.0,
        "median_chosen": 3.5,
        "median_rejected": 3.0,
        "share_longer": 0.25,
        "share_shorter": 0.5,
        "share_same": 0.25,
    }


def test_the_curve_tells_pairs_apart_by_how_many_times_as_long_the_longer_is() -> None:
    chosen, rejected = words(11, 10, 5, 12, 2, 0, 20), words(10, 12, 4, 9, 4, 1, 6)
    curve = found(chosen, rejected).figures["curve"]
    assert [(point["length_ratio"], point["n"], point["p_longer"]) for point in curve] == [
        ("to 1.1", 1, 1.0),
        ("1.1-1.25", 2, 0.5),
        ("1.25-1.5", 1, 1.0),
        ("1.5-2", 1, 0.0),
        ("over 3", 2, 0.5),
    ]


def test_scripts_without_spaces_are_counted_in_characters() -> None:
    finding = found(["\u4f60\u597d\u5417\u670b\u53cb", "\u662f"], ["\u662f\u7684", "\u4e0d\u662f \u7684"])
    assert finding.figures["unit"] == "characters"
    assert (finding.n, finding.estimate) == (2, 0.5)
    assert finding.examples[0].note == "characters: chosen 5, rejected 2"


def test_a_few_words_of_such_a_script_change_nothing() -> None:
    assert found(["hello there \u4f60\u597d"], ["a long word"]).figures["unit"] == "words"


def test_examples_differ_most_in_the_direction_that_wins() -> None:
    finding = found(words(1, 2, 3), words(9, 4, 1))
    assert [(example.row, example.value) for example in finding.examples] == [(0, 8.0), (1, 2.0)]
    assert finding.examples[0].note == "words: chosen 1, rejected 9"


def test_rows_of_one_prompt_are_not_independent() -> None:
    chosen, rejected = words(*[2] * 300, *[1] * 300), words(*[1] * 300, *[2] * 300)
    alone = found(chosen, rejected)
    together = found(chosen, rejected, [f"prompt {number // 50}" for number in range(600)])
    assert together.figures["effective_n"] < 30 < alone.figures["effective_n"]


def test_an_empty_prompt_is_not_a_shared_one() -> None:
    chosen, rejected = words(*[2] * 300, *[1] * 300), words(*[1] * 300, *[2] * 300)
    assert found(chosen, rejected, [""] * 600).figures["effective_n"] > 300


def test_annotators_count_as_clusters_when_there_are_ten() -> None:
    chosen, rejected = words(*[2] * 300, *[1] * 300), words(*[1] * 300, *[2] * 300)
    finding = found(chosen, rejected, annotator=[f"person {number // 20}" for number in range(600)])
    assert finding.clustered_by == ("prompt", "annotator")
    assert finding.figures["effective_n"] < 60
    few = found(chosen, rejected, annotator=[f"person {number // 100}" for number in range(600)])
    assert few.clustered_by == ("prompt",)
    assert "these annotators only" in few.reason


def test_too_few_pairs_are_told_how_many_it_takes() -> None:
    finding = found(words(*[2] * 30, *[1] * 30), words(*[1] * 30, *[2] * 30))
    assert finding.verdict is Verdict.UNDERPOWERED
    assert finding.figures["n_to_settle"] >= 1051
    assert f"{finding.figures['n_to_settle']:,}" in finding.reason


def test_settings_move_the_band() -> None:
    check = LengthBias(Settings.of_arguments({"length_bias_warn": 0.3, "length_bias_fail": 0.4}))
    check.update(PairBatch.from_lists([str(n) for n in range(300)], words(*[2] * 300), words(*[1] * 200, *[3] * 100)))
    assert check.result().verdict is Verdict.PASS


def test_nothing_but_ties_is_not_measurable() -> None:
    finding = found(words(1, 2), words(2, 1), tie=[True, True])
    assert (finding.verdict, finding.figures["ties"]) == (Verdict.NOT_MEASURABLE, 2)


@pytest.mark.parametrize(
    ("longer", "shorter", "says"),
    [
        (0, 0, "balanced"),
        (3, 2, "balanced"),
        (4, 2, "longer is preferred"),
        (2, 4, "shorter is preferred"),
        (2, 3, "balanced"),
    ],
)
def test_the_tutorials_rule(longer: int, shorter: int, says: str) -> None:
    assert tutorial_balance(longer, shorter) == says


def test_of_one_prompt_more_rows_would_tell_nothing() -> None:
    chosen, rejected = words(*[2] * 150, *[1] * 150), words(*[1] * 150, *[2] * 150)
    finding = found(chosen, rejected, ["one prompt"] * 300)
    assert (finding.verdict, finding.interval, finding.figures["effective_n"]) == (Verdict.UNDERPOWERED, (0, 1), 1)
    assert "more prompts: about 1,051 pairs that share none" in finding.reason
    assert "too few prompts" in finding.brief
    assert "about 1,051 such pairs" in found(chosen[100:200], rejected[100:200]).reason
