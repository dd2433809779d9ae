"""How often the response that was shown first wins, judge by judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from prefaudit.checks.position_bias import PositionBias
from prefaudit.config import Settings
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

ALARM = {Verdict.WARN, Verdict.FAIL}
#: A vote: judge, item, whether the item's response `a` was shown first, and the place that won (F, S or T).
Vote = tuple[str | None, int, bool, str]


def batch(votes: list[Vote], **columns: Any) -> PairBatch:
    first_wins = [place != "S" for _, _, _, place in votes]
    a_wins = [a_first == first for (_, _, a_first, _), first in zip(votes, first_wins, strict=True)]
    return PairBatch.from_lists(
        [f"prompt {item}" for _, item, _, _ in votes],
        [f"{'a' if a else 'b'} of {item}" for (_, item, _, _), a in zip(votes, a_wins, strict=True)],
        [f"{'b' if a else 'a'} of {item}" for (_, item, _, _), a in zip(votes, a_wins, strict=True)],
        **{
            "annotator": [judge for judge, *_ in votes],
            "first_shown": ["chosen" if first else "rejected" for first in first_wins],
            "tie": [place == "T" for *_, place in votes],
            **columns,
        },
    )


def found(votes: list[Vote], settings: Settings | None = None, **columns: Any) -> Finding:
    check = PositionBias(settings)
    check.update(batch(votes, **columns))
    return check.result()


def both_orders(judge: str, outcomes: str, first_item: int = 0) -> list[Vote]:
    """Two votes an item: FF, SS, TF and so on, or C where the same response wins both times."""
    votes: list[Vote] = []
    for item, outcome in enumerate(outcomes.split(), first_item):
        one, other = ("F", "S") if outcome == "C" else (outcome[0], outcome[1])
        votes += [(judge, item, True, one), (judge, item, False, other)]
    return votes


def test_pairs_in_both_orders_are_counted_by_what_came_of_them() -> None:
    finding = found(both_orders("gpt", "FF FF FF SS C C C C TF ST TT"))
    assert finding.figures["both_orders"] == [
        {
            "judge": "gpt",
            "pairs": 11,
            "first_both": 3,
            "second_both": 1,
            "consistent": 4,
            "one_tie": 2,
            "both_ties": 1,
            "inconsistent": 6,
        }
    ]
    assert finding.n == 8
    assert finding.estimate == 0.5 + (3 - 1) / (2 * 8)


def test_single_votes_give_the_share_of_the_first() -> None:
    votes: list[Vote] = [("ann", item, item % 2 == 0, "FFFST"[item % 5]) for item in range(100)]
    finding = found(votes)
    assert (finding.estimate, finding.n) == (0.75, 80)
    assert finding.verdict is Verdict.FAIL
    assert finding.figures["ties"] == 20
    assert finding.advice


def test_two_judges_who_lean_to_opposite_sides_do_not_cancel() -> None:
    one = both_orders("one", "FF C C " * 200)
    other = both_orders("other", "SS C C " * 200)
    finding = found(one + other)
    rows = {row["judge"]: row for row in finding.figures["judges"]}
    assert rows["all judges"]["p_first"] == 0.5
    assert rows["one"]["p_first"] == pytest.approx(2 / 3)
    assert rows["other"]["p_first"] == pytest.approx(1 / 3)
    assert finding.verdict is Verdict.FAIL


def test_orders_seen_by_different_judges_are_no_orders_of_one_judge() -> None:
    votes: list[Vote] = [("ann", item, True, "F") for item in range(30)]
    votes += [("bob", item, False, "S") for item in range(30)]
    rows = {row["judge"]: row for row in found(votes).figures["judges"]}
    assert rows["ann"]["p_first"] == 1.0
    assert rows["ann"]["from"] == "single votes"


def test_repeated_votes_in_one_order_count_once() -> None:
    votes = both_orders("gpt", "FF FF C")
    again = [vote for vote in votes if vote[2]]
    assert found(votes + again).figures["both_orders"][0]["first_both"] == 2


def test_a_judge_with_few_votes_only_counts_among_all() -> None:
    votes: list[Vote] = [("ann", item, True, "FS"[item % 2]) for item in range(60)]
    votes += [("bob", 100 + item, True, "F") for item in range(19)]
    assert [row["judge"] for row in found(votes).figures["judges"]] == ["all judges", "ann"]
    settings = Settings.of_arguments({"position_bias_min_votes": 19})
    assert found(votes, settings).figures["judges_tested"] == 2


def test_a_name_that_different_texts_share_is_not_one_pair() -> None:
    votes = both_orders("gpt", "FF FF")
    votes[1] = ("gpt", 9, False, "F")
    assert found(votes, pair_id=["x"] * 4).figures["both_orders"][0]["pairs"] == 1


def test_what_is_left_out_is_told_apart() -> None:
    check = PositionBias()
    check.update(
        PairBatch.from_lists(
            ["p"] * 5,
            ["a", "same", "a", "a", "b"],
            ["b", "same", "b", "b", "a"],
            first_shown=["chosen", "chosen", None, "rejected", "elsewhere"],
            diverged=[False, False, False, True, False],
        )
    )
    figures = check.result().figures
    assert figures["votes_with_a_place"] == 1
    assert figures["left_out_identical"] == 1
    assert figures["left_out_diverged"] == 1
    assert figures["rows_without_a_place"] == 2


def test_without_places_it_is_not_measurable() -> None:
    check = PositionBias()
    check.update(PairBatch.from_lists(["p"], ["a"], ["b"]))
    finding = check.result()
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert "first_shown" in finding.reason
    assert found([("ann", 1, True, "T")]).verdict is Verdict.NOT_MEASURABLE


def test_few_votes_are_underpowered_and_say_how_many_it_takes() -> None:
    finding = found([("ann", item, True, "FS"[item % 2]) for item in range(20)])
    assert finding.verdict is Verdict.UNDERPOWERED
    assert finding.figures["n_to_settle"] >= 1051


def planted(rng: np.random.Generator, judges: int, items: int, lean: float) -> list[Vote]:
    """Both orders, judged with accuracy .7; the first judge takes the first place for a share `lean` of the votes."""
    votes: list[Vote] = []
    for judge in range(judges):
        right = rng.random((items, 2)) < 0.7
        leans = (rng.random((items, 2)) < lean) & (judge == 0)
        for item in range(items):
            # `a` is better: with a first the right vote is F, with b first it is S.
            one = "F" if leans[item, 0] or right[item, 0] else "S"
            other = "F" if leans[item, 1] or not right[item, 1] else "S"
            votes += [(f"judge {judge}", item, True, one), (f"judge {judge}", item, False, other)]
    return votes


def alarms(judges: int, items: int, lean: float, sets: int) -> int:
    rngs = (np.random.default_rng(seed) for seed in range(sets))
    return sum(found(planted(rng, judges, items, lean)).verdict in ALARM for rng in rngs)


def test_a_judge_who_leans_is_found_among_four() -> None:
    assert alarms(4, 400, 0.25, 50) >= 49


def test_judges_who_are_merely_unsure_raise_no_alarm() -> None:
    assert alarms(4, 400, 0.0, 100) <= 2
