"""McNemar's test, Tango's interval, and Benjamini-Hochberg against SciPy and a likelihood maximised by search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binomtest, false_discovery_control

from prefaudit.stats.intervals import t_quantile
from prefaudit.stats.multiplicity import adjusted
from prefaudit.stats.paired import clustered_difference, mcnemar, tango

Z = 1.959964


@given(one=st.integers(0, 300), other=st.integers(0, 300))
def test_mcnemar_is_the_binomial_test_of_the_changes(one: int, other: int) -> None:
    expected = binomtest(one, one + other).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(expected, rel=1e-9)


def score_by_search(one: int, other: int, n: int, difference: float) -> float:
    """Tango's definition: the variance at the most likely shares among those with this difference."""

    def unlikely(second: float) -> float:
        shares = (second + difference, second, 1 - 2 * second - difference)
        counts = (one, other, n - one - other)
        return -sum(count * math.log(max(share, 1e-300)) for count, share in zip(counts, shares, strict=True) if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    second = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    variance = n * (2 * second + difference - difference**2)
    return float((one - other - n * difference) / math.sqrt(variance))


@pytest.mark.parametrize(("one", "other", "n"), [(12, 2, 50), (5, 9, 20), (113, 2, 613), (3, 3, 400), (7, 0, 30)])
def test_tango_inverts_the_score_test(one: int, other: int, n: int) -> None:
    low, high = tango(one, other, n, Z)
    share = (one - other) / n
    assert low == pytest.approx(brentq(lambda at: score_by_search(one, other, n, at) - Z, -0.99, share), abs=1e-5)
    assert high == pytest.approx(brentq(lambda at: score_by_search(one, other, n, at) + Z, share, 0.99), abs=1e-5)


@given(one=st.integers(0, 50), other=st.integers(0, 50), same=st.integers(0, 50))
def test_tango_holds_the_estimate_and_mirrors(one: int, other: int, same: int) -> None:
    n = one + other + same
    if n == 0:
        return
    low, high = tango(one, other, n, Z)
    assert -1 <= low <= (one - other) / n <= high <= 1
    assert tango(other, one, n, Z) == pytest.approx((-high, -low), abs=1e-9)


def test_without_degrees_of_freedom_nothing_is_known() -> None:
    found = clustered_difference(np.array([1, 1, 0]), np.zeros(3, np.uint8), t_quantile)
    assert (found.interval, found.p) == ((-1.0, 1.0), 1.0)


def test_pairs_that_always_come_fivefold_know_a_fifth() -> None:
    rng = np.random.default_rng(1)
    changes = rng.choice([1, 0, 0, -1], 200)
    buckets = np.arange(200, dtype=np.uint8)
    alone = clustered_difference(changes, buckets, t_quantile)
    fivefold = clustered_difference(np.repeat(changes, 5), np.repeat(buckets, 5), t_quantile)
    assert fivefold.difference == alone.difference
    assert fivefold.interval == pytest.approx(alone.interval, abs=0.002)
    assert fivefold.variance == pytest.approx(alone.variance, rel=0.02)


def test_the_interval_of_a_paired_difference_covers() -> None:
    rng, covered, sets = np.random.default_rng(2), 0, 2000
    for _ in range(sets):
        changes = rng.choice([1, -1, 0], 120, p=[0.25, 0.1, 0.65])
        low, high = clustered_difference(changes, np.arange(120, dtype=np.uint8), t_quantile).interval
        covered += low <= 0.15 <= high
    assert 0.94 <= covered / sets <= 0.975


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_scipy(p: list[float]) -> None:
    assert adjusted(p) == pytest.approx(false_discovery_control(p), rel=1e-12)
