"""Intervals and tests for a share, held to SciPy and statsmodels."""

from __future__ import annotations

import math

import pytest

from prefaudit.stats.intervals import clopper_pearson, score_test, t_quantile, wilson

scipy_stats = pytest.importorskip("scipy.stats")

CASES = [(0, 1), (1, 1), (0, 20), (3, 20), (20, 20), (500, 1000), (7, 160_800)]


@pytest.mark.parametrize(("successes", "n"), CASES)
def test_clopper_pearson_is_scipys_exact_interval(successes: int, n: int) -> None:
    expected = scipy_stats.binomtest(successes, n).proportion_ci(method="exact")
    assert clopper_pearson(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_clopper_pearson_of_nothing_knows_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), CASES)
def test_wilson_is_scipys(successes: int, n: int) -> None:
    expected = scipy_stats.binomtest(successes, n).proportion_ci(method="wilson")
    normal = float(scipy_stats.norm.ppf(0.975))
    assert wilson(successes / n, n, normal) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_without_degrees_of_freedom_knows_nothing() -> None:
    assert wilson(0.3, 10, t_quantile(0)) == (0.0, 1.0)


@pytest.mark.parametrize("degrees", [1, 12, 255])
def test_t_quantile_is_scipys(degrees: int) -> None:
    assert t_quantile(degrees) == pytest.approx(scipy_stats.t.ppf(0.975, degrees))


@pytest.mark.parametrize("share", [0.05, 0.41, 0.5, 0.58, 1.0])
def test_the_test_and_the_interval_agree(share: float) -> None:
    low, high = wilson(share, 200, t_quantile(99))
    assert (score_test(share, 200, degrees=99) <= 0.05) == (not low <= 0.5 <= high)


def test_score_test_is_the_normal_one_with_many_degrees() -> None:
    statsmodels = pytest.importorskip("statsmodels.stats.proportion")
    _, expected = statsmodels.proportions_ztest(58, 100, value=0.5, prop_var=0.5)
    assert score_test(0.58, 100, degrees=10**9) == pytest.approx(expected, rel=1e-6)


def test_score_test_without_degrees_of_freedom_shows_nothing() -> None:
    assert score_test(1.0, 5, degrees=0) == 1.0
    assert math.isinf(t_quantile(0))
