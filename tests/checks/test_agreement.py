"""Whether annotators agree, and what is shown beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from prefaudit.checks.agreement import Agreement
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

ALARM = {Verdict.WARN, Verdict.FAIL}
#: A vote: annotator, item, and what won: A, B or T.
Vote = tuple[str | None, int, str]


def found(votes: list[Vote], a: str = "a", b: str = "b", **columns: Any) -> Finding:
    check = Agreement()
    check.update(
        PairBatch.from_lists(
            ["prompt"] * len(votes),
            [f"{b if won == 'B' else a} {item}" for _, item, won in votes],
            [f"{a if won == 'B' else b} {item}" for _, item, won in votes],
            tie=[won == "T" for *_, won in votes],
            annotator=[person for person, *_ in votes],
            **columns,
        )
    )
    return check.result()


def ballots(*items: str, people: str = "xyzw") -> list[Vote]:
    """Each item's votes as one word: the first letter is the vote of x, and so on; - is none."""
    return [
        (person, item, won)
        for item, word in enumerate(items)
        for person, won in zip(people, word, strict=False)
        if won != "-"
    ]


def test_what_is_counted() -> None:
    figures = found(ballots("AA", "AB", "TT", "ABB", "A", "-BB")).figures
    assert figures["votes"] == 12
    assert figures["pairs_with_votes"] == 5
    assert figures["unanimous"] == 3
    assert figures["vote_pairs"] == 7
    assert figures["share_agreeing"] == 4 / 7


def test_full_agreement_on_enough_pairs_passes() -> None:
    finding = found(ballots(*["AA", "BB"] * 20))
    assert (finding.verdict, finding.estimate, finding.n) == (Verdict.PASS, 1.0, 40)


def test_full_agreement_on_few_pairs_is_underpowered() -> None:
    finding = found(ballots(*["AA", "BB"] * 5))
    assert finding.verdict is Verdict.UNDERPOWERED
    assert finding.figures["n_to_settle"] >= 30


def test_votes_at_random_fail() -> None:
    rng = np.random.default_rng(5)
    finding = found(ballots(*("".join(rng.choice(["A", "B"], 2)) for _ in range(400))))
    assert finding.verdict is Verdict.FAIL
    assert finding.estimate == pytest.approx(0, abs=0.1)
    assert finding.advice


def test_the_first_vote_of_an_annotator_counts_and_the_others_are_compared_with_it() -> None:
    votes: list[Vote] = [("x", 1, "A"), ("x", 1, "B"), ("x", 1, "A"), ("y", 1, "A")]
    figures = found(votes, timestamp=[10, 20, 30, 5]).figures
    assert (figures["vote_pairs"], figures["share_agreeing"]) == (1, 1.0)
    assert (figures["repeated_votes"], figures["share_repeated_alike"]) == (2, 0.5)
    later = found(votes, timestamp=[40, 20, 30, 5]).figures
    assert (later["vote_pairs"], later["share_agreeing"]) == (1, 0.0)


def test_without_times_the_order_of_the_rows_counts() -> None:
    votes: list[Vote] = [("x", 1, "A"), ("y", 1, "A"), ("x", 1, "B")]
    assert found(votes).figures["share_agreeing"] == 1.0


def test_the_first_two_votes_alone() -> None:
    votes = ballots(*["AAB", "BBA", "TTA"] * 10)
    finding = found(votes)
    assert finding.figures["alpha_of_first_two_votes"] == 1.0
    assert finding.estimate is not None
    assert finding.estimate < 0.2
    late = [{"x": 5, "y": 6, "z": 1}[person] for person, *_ in votes if person]
    assert found(votes, timestamp=late).figures["alpha_of_first_two_votes"] < 0.2


def test_votes_of_nobody_count_only_on_a_named_pair() -> None:
    votes: list[Vote] = [(None, 1, "A"), (None, 1, "A"), (None, 1, "B")]
    repeated = found(votes)
    assert repeated.verdict is Verdict.NOT_MEASURABLE
    assert repeated.figures["rows_that_are_no_vote"] == 3
    assert found(votes, pair_id=["p"] * 3).figures["vote_pairs"] == 3


def test_one_vote_a_pair_is_not_measurable() -> None:
    finding = found(ballots("A", "-B", "T"))
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert "two annotators" in finding.reason
    assert found(ballots("TT", "TT")).verdict is Verdict.NOT_MEASURABLE


def test_agreement_across_the_two_orders() -> None:
    votes = ballots("AAA", "ABB")
    shown = ["chosen", "chosen", "rejected", "chosen", "chosen", "chosen"]
    # Item 0: A first, A first, B first. Item 1: A first, then B first twice.
    assert found(votes, first_shown=shown).figures["orders"] == {
        "items_in_both_orders": 2,
        "vote_pairs_same_order": 2,
        "share_agreeing_same_order": 1.0,
        "vote_pairs_opposite_orders": 4,
        "share_agreeing_opposite_orders": 0.5,
    }
    assert "orders" not in found(votes).figures


def test_each_annotator_against_the_others_and_by_length() -> None:
    rows = found(ballots("AAA", "ABB", "BBT"), a="long answer").figures["annotators"]
    by_name = {row["annotator"]: row for row in rows}
    assert by_name["x"]["share_agreeing"] == (2 + 0 + 1) / 6
    assert by_name["x"]["share_longer"] == 2 / 3
    assert by_name["z"]["share_longer"] == 1 / 2
    assert by_name["x"]["shared_pairs"] == 3


def test_the_interval_of_a_preference_for_length_is_clustered_by_prompt() -> None:
    """On one of four prompts an annotator takes the long answers, on the others the short: that is four, not 80."""
    votes = ballots(*["AA" if item % 4 == 0 else "BB" for item in range(80)])
    widths = []
    for prompts in (range(160), [row // 2 % 4 for row in range(160)]):
        figures = found(votes, a="a long answer", prompt_id=[str(one) for one in prompts]).figures
        low, high = figures["annotators"][0]["interval"]
        assert low < figures["annotators"][0]["share_longer"] == 1 / 4 < high
        widths.append(high - low)
    assert widths[1] > 2 * widths[0]


def test_kappa_of_two_annotators() -> None:
    (row,) = found(ballots(*["AA", "BB", "AB", "BA", "AA", "BB"] * 10)).figures["kappas"]
    assert (row["shared_pairs"], row["share_agreeing"]) == (60, pytest.approx(2 / 3))
    # The two orientations are mixed by the hashes, so both annotators' shares are near a half.
    assert row["kappa"] == pytest.approx(1 / 3, abs=0.05)


def test_identical_responses_have_no_side() -> None:
    figures = found(ballots("AA"), a="same", b="same").figures
    assert (figures["votes"], figures["left_out_identical"]) == (0, 2)


def noisy(rng: np.random.Generator, pairs: int, reliable: float) -> list[Vote]:
    """Three votes a pair, each the truth with chance `reliable`, else at random: alpha is `reliable` squared."""
    truth = rng.integers(0, 2, (pairs, 1))
    votes = np.where(rng.random((pairs, 3)) < reliable, truth, rng.integers(0, 2, (pairs, 3)))
    return [(f"person {at}", pair, "AB"[vote]) for pair, row in enumerate(votes) for at, vote in enumerate(row)]


def alarms(pairs: int, reliable: float, sets: int) -> int:
    rngs = (np.random.default_rng(seed) for seed in range(sets))
    return sum(found(noisy(rng, pairs, reliable)).verdict in ALARM for rng in rngs)


def test_annotators_who_mostly_guess_are_found() -> None:
    assert alarms(300, 0.5, 50) >= 49


def test_annotators_who_are_good_enough_raise_no_alarm() -> None:
    assert alarms(300, 0.7, 50) <= 1
