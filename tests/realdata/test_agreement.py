"""Agreement on published votes, against the votes counted here in the source's own terms."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import krippendorff
import pytest

from prefaudit.audit import audit
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from prefaudit.report.model import Finding

Vote = dict[str, Any]


def agreement(path: Path) -> Finding:
    return audit(path, checks=["agreement"])["agreement"]


def by_pair(votes: Iterable[Vote]) -> list[list[Vote]]:
    groups = defaultdict(list)
    for vote in votes:
        groups[vote["pair_id"]].append(vote)
    return list(groups.values())


def winner(vote: Vote) -> str | None:
    return None if vote["tie"] else vote["chosen"]


def compared(groups: list[list[Vote]]) -> tuple[int, int]:
    """Pairs of votes by different people on one pair: how many agree, and how many there are."""
    pairs = [
        (one, other)
        for group in groups
        for one, other in combinations(group, 2)
        if one["annotator"] != other["annotator"]
    ]
    return sum(winner(one) == winner(other) for one, other in pairs), len(pairs)


def test_tulu(data_dir: Path, read_pairs: Callable[..., Any]) -> None:
    path = data_dir / "tulu_human_eval" / "eval_annotations_tulu_1.xlsx"
    votes, _ = read_pairs(path)
    groups = by_pair(votes)
    assert sum(len(group) > 1 for group in groups) == 127
    assert compared(groups) == (97, 169)  # .574, the published figure
    # Where both models said the same there is nothing to agree on; the check leaves those pairs out.
    unlike = [group for group in groups if group[0]["chosen"] != group[0]["rejected"]]
    figures = agreement(path).figures
    # An evaluator's second vote on a pair is no second opinion.
    firsts = [list({vote["annotator"]: vote for vote in reversed(by_time(group))}.values()) for group in unlike]
    assert (figures["share_agreeing"] * figures["vote_pairs"], figures["vote_pairs"]) == compared(firsts)
    assert figures["repeated_votes"] == sum(map(len, unlike)) - sum(map(len, firsts))
    assert figures["orders"]["items_in_both_orders"] == 83


def by_time(group: list[Vote]) -> list[Vote]:
    return sorted(group, key=lambda vote: vote["timestamp"])


def test_tulu_is_too_small_to_tell(data_dir: Path) -> None:
    finding = agreement(data_dir / "tulu_human_eval" / "eval_annotations_tulu_1.xlsx")
    assert finding.verdict is Verdict.UNDERPOWERED
    assert finding.figures["n_to_settle"] > finding.n


def test_mt_bench(data_dir: Path, read_pairs: Callable[..., Any]) -> None:
    path = data_dir / "mt_bench_human" / "human_reconstructed.jsonl.gz"
    votes, _ = read_pairs(path)
    groups = [group for group in by_pair(votes) if len(group) > 1]
    assert len(groups) == 407
    finding = agreement(path)
    assert finding.n == sum(group[0]["chosen"] != group[0]["rejected"] for group in groups)
    assert finding.figures["share_agreeing"] == pytest.approx(0.654, abs=0.0005)
    assert finding.estimate == pytest.approx(0.50, abs=0.01)
    assert finding.verdict is Verdict.PASS


def test_alpha_of_mt_bench_is_that_of_the_package_in_an_even_orientation(
    data_dir: Path, read_pairs: Callable[..., Any]
) -> None:
    path = data_dir / "mt_bench_human" / "human_reconstructed.jsonl.gz"
    votes, _ = read_pairs(path)
    counts = []
    for group in by_pair(votes):
        pair = group[0]["chosen"], group[0]["rejected"]
        if pair[0] != pair[1] and len(group) > 1:
            # Any order that has nothing to do with quality will do; here it is that of the texts reversed.
            low, high = sorted(pair, key=lambda text: text[::-1])
            counts.append([sum(winner(vote) == side for vote in group) for side in (low, None, high)])
    expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert agreement(path).estimate == pytest.approx(expected, abs=0.01)


def test_pandalm(data_dir: Path) -> None:
    finding = agreement(data_dir / "pandalm" / "testset-v1.json")
    # 879 of all 999 rows are unanimous; in 6 rows a response is no text.
    assert finding.n == 993
    assert 873 <= finding.figures["unanimous"] <= 879
    # In the source's orientation .852, .879 and .862.
    kappas = sorted(row["kappa"] for row in finding.figures["kappas"])
    assert kappas == pytest.approx([0.852, 0.862, 0.879], abs=0.01)
    assert finding.verdict is Verdict.PASS


def test_the_models_of_prd_disagree_with_themselves(data_dir: Path) -> None:
    finding = agreement(data_dir / "prd_vicuna80" / "llm_ratings_both_orders.jsonl.gz")
    rows = {row["annotator"]: (row["repeats"], row["repeats_alike"]) for row in finding.figures["annotators"]}
    assert rows == {"gpt4": (800, 800 - 249), "claude": (800, 800 - 361)}
    assert finding.verdict is Verdict.WARN
