"""Shares on dependent rows: the variance against its definition, the interval's coverage by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from prefaudit.stats.clusters import BUCKETS, ClusteredShares, ClusterKeys
from stats.dense import dense_cr2

NORMAL = np.random.default_rng


def shares_of(success: np.ndarray, keys: ClusterKeys) -> ClusteredShares:
    shares = ClusteredShares(slices=1)
    shares.add(success, np.zeros(len(success), dtype=np.int64), keys)
    return shares


def dense_variance(success: np.ndarray, group: np.ndarray) -> float:
    """The variance of a mean with cluster-robust errors, by their definition."""
    return dense_cr2(np.ones((len(success), 1)), success.astype(float), group)[1] ** 2


def test_the_variance_is_the_cluster_robust_one() -> None:
    rng = NORMAL(1)
    prompts = rng.integers(0, 60, 900).astype(np.uint8)
    success = rng.random(900) < rng.random(BUCKETS)[prompts]
    estimate = shares_of(success, ClusterKeys(prompts)).estimate()
    p = success.mean()
    assert estimate.share == p
    assert estimate.n_eff == pytest.approx(p * (1 - p) / dense_variance(success, prompts))
    assert estimate.deff > 2
    assert estimate.clustered_by == ("prompt",)


def test_two_ways_of_clustering_add_up_and_overlap_once() -> None:
    rng = NORMAL(2)
    prompts, people = rng.integers(0, 80, 1500).astype(np.uint8), rng.integers(0, 25, 1500).astype(np.uint8)
    both = (prompts.astype(np.int64) * 31 + people) % BUCKETS
    chance = (rng.random(BUCKETS)[prompts] + rng.random(BUCKETS)[people]) / 2
    success = rng.random(1500) < chance
    estimate = shares_of(success, ClusterKeys(prompts, people, both.astype(np.uint8))).estimate()
    single = [dense_variance(success, one) for one in (prompts, people)]
    expected = max(sum(single) - dense_variance(success, both), *single)
    p = success.mean()
    assert estimate.n_eff == pytest.approx(p * (1 - p) / expected)
    assert estimate.clustered_by == ("prompt", "annotator")


def test_few_annotators_are_not_a_way_of_clustering() -> None:
    prompts, people = np.arange(90, dtype=np.uint8), (np.arange(90) % 9).astype(np.uint8)
    assert shares_of(np.arange(90) % 2 > 0, ClusterKeys(prompts, people, prompts)).estimate().clustered_by == (
        "prompt",
    )


def test_one_cluster_says_nothing() -> None:
    estimate = shares_of(np.array([True, True, False]), ClusterKeys(np.zeros(3, dtype=np.uint8))).estimate()
    assert estimate.interval == (0.0, 1.0)
    assert estimate.p == 1.0


def test_rows_that_all_agree_count_as_their_clusters() -> None:
    prompts = np.repeat(np.arange(13, dtype=np.uint8), 100)
    estimate = shares_of(np.ones(1300, dtype=bool), ClusterKeys(prompts)).estimate()
    assert estimate.n_eff == 13


def test_nothing_counted() -> None:
    assert ClusteredShares(slices=2).estimate().n == ClusteredShares(slices=2).estimate(1).n == 0


def coverage(sets: int, prompts: int, votes: int, spread: float) -> float:
    """How often the interval holds the true share .5 when prompts differ in theirs by `spread`."""
    rng, hits = NORMAL(3), 0
    for _ in range(sets):
        labels = np.repeat(rng.integers(0, BUCKETS, prompts), votes).astype(np.uint8)
        chance = np.repeat(0.5 + spread * rng.choice([-1, 1], prompts), votes)
        low, high = shares_of(rng.random(len(labels)) < chance, ClusterKeys(labels)).estimate().interval
        hits += low <= 0.5 <= high
    return hits / sets


def test_the_interval_covers_where_a_plain_one_would_not() -> None:
    assert coverage(sets=800, prompts=300, votes=10, spread=0.3) == pytest.approx(0.95, abs=0.022)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 0.15, 0.4])
def test_the_interval_covers_between_94_and_96_percent(spread: float) -> None:
    assert 0.94 <= coverage(sets=10_000, prompts=400, votes=5, spread=spread) <= 0.96


def test_clusters_that_are_summed_already_count_as_their_rows() -> None:
    rng = np.random.default_rng(1)
    prompts, success = rng.integers(0, 40, 500).astype(np.uint8), rng.random(500) < 0.3
    rows, sums = ClusteredShares(slices=1), ClusteredShares(slices=1)
    rows.add(success, np.zeros(500, dtype=np.int64), ClusterKeys(prompts))
    successes, trials = (np.bincount(part, minlength=40) for part in (prompts[success], prompts))
    sums.add_counts(successes, trials, np.arange(40, dtype=np.uint8))
    assert sums.estimate() == rows.estimate()
