"""The variance of a clustered mean against its definition, statsmodels, and its own promise."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from prefaudit.stats.between import degrees, variance
from prefaudit.stats.clusters import BUCKETS, ClusteredShares, ClusterKeys
from stats.dense import dense_cr2


def parts(y: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.bincount(group, weights=y - y.mean()), np.bincount(group)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_that_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(9), rng.integers(1, 60, 9))
    y = rng.normal(size=len(group)) + rng.normal(size=9)[group]
    residuals, sizes = parts(y, group)
    _, error, freedom = dense_cr2(np.ones((len(y), 1)), y, group)
    assert variance(residuals, sizes) == pytest.approx(error**2)
    assert degrees(sizes) == pytest.approx(freedom)


def test_clusters_of_one_size_have_the_usual_errors() -> None:
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(20), 7)
    y = rng.normal(size=140) + rng.normal(size=20)[group]
    fitted = sm.OLS(y, np.ones(140)).fit(cov_type="cluster", cov_kwds={"groups": group, "use_correction": False})
    residuals, sizes = parts(y, group)
    assert variance(residuals, sizes) == pytest.approx(float(fitted.cov_params()[0, 0]) * 20 / 19)
    assert degrees(sizes) == pytest.approx(19)


def test_clusters_without_rows_do_not_count_and_one_says_nothing() -> None:
    assert degrees(np.array([5, 0, 5, 0])) == pytest.approx(1)
    assert variance(np.array([1.0, 0.0, -1.0]), np.array([5, 0, 5])) == variance(
        np.array([1.0, -1.0]), np.array([5, 5])
    )
    assert (degrees(np.array([9])), variance(np.array([0.0]), np.array([9]))) == (0.0, 0.0)


@pytest.mark.parametrize(("prompts", "most"), [(400, 60), (400, 10**6), (100, 60)])
def test_intervals_cover_where_a_few_prompts_hold_most_rows(prompts: int, most: int) -> None:
    """Sizes are Pareto; with t(B - 1) and B / (B - 1) these intervals cover 94%, 87% and 92%."""
    rng, hits, sets = np.random.default_rng(6), 0, 1200
    for _ in range(sets):
        sizes = np.minimum(rng.pareto(1.2, prompts).astype(int) + 1, most)
        chance = np.repeat(rng.beta(2.5, 2.5, prompts), sizes)
        buckets = np.repeat(rng.integers(0, BUCKETS, prompts), sizes).astype(np.uint8)
        shares = ClusteredShares(slices=1)
        shares.add(rng.random(len(chance)) < chance, np.zeros(len(chance), dtype=np.int64), ClusterKeys(buckets))
        low, high = shares.estimate().interval
        hits += low <= 0.5 <= high
    assert hits / sets == pytest.approx(0.95, abs=0.019)  # three standard errors
