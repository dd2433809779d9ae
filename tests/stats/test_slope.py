"""The slope within groups against dense matrices, statsmodels, and its own promises."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import t

from prefaudit.stats.slope import permuted_slope, within_slope
from stats.dense import dense_cr2


def data(seed: int, groups: int = 7, slope: float = 0.3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(3, 30, groups))
    x = rng.random(len(group)) * (1 + group)
    y = slope * x + rng.normal(size=len(group)) + rng.normal(size=groups)[group]
    return x, y, group


@pytest.mark.parametrize("seed", range(5))
def test_cr2_is_that_of_the_definition(seed: int) -> None:
    x, y, group = data(seed)
    found = within_slope(x, y, group)
    assert found is not None
    design = np.column_stack([x, group[:, None] == np.unique(group)])
    slope, error, degrees = dense_cr2(design, y, group)
    assert (found.slope, found.error, found.degrees) == pytest.approx((slope, error, degrees), rel=1e-7)
    assert found.p == pytest.approx(2 * t.sf(abs(slope) / error, degrees), rel=1e-6)
    assert found.interval == pytest.approx(t.interval(0.95, degrees, slope, error), rel=1e-6)


def test_the_slope_is_that_of_statsmodels() -> None:
    x, y, group = data(9)
    design = np.column_stack([x, (group[:, None] == np.unique(group)).astype(float)])
    found = within_slope(x, y, group)
    assert found is not None
    assert found.slope == pytest.approx(sm.OLS(y, design).fit().params[0])


def test_equal_groups_have_almost_one_degree_of_freedom_less() -> None:
    x = np.tile(np.arange(10.0), 8)
    found = within_slope(x, np.sin(np.arange(80.0)), np.repeat(np.arange(8), 10))
    assert found is not None
    assert found.degrees == pytest.approx(7)


def test_the_interval_covers_with_few_dependent_groups() -> None:
    rng, covered, sets = np.random.default_rng(11), 0, 1000
    group = np.repeat(np.arange(6), [10, 10, 20, 20, 30, 60])
    x = np.concatenate([np.linspace(0, 1, size) for size in np.bincount(group)])
    for _ in range(sets):
        own = 0.2 + 0.3 * rng.normal(size=6)  # every group has a slope of its own
        found = within_slope(x, own[group] * x + 0.1 * rng.normal(size=len(x)), group)
        assert found is not None
        covered += found.interval[0] <= 0.2 <= found.interval[1]
    assert covered / sets >= 0.92


def test_permutation_agrees_with_least_squares_on_independent_rows() -> None:
    rng = np.random.default_rng(12)
    x, group = np.tile(np.linspace(0, 1, 50), 4), np.repeat(np.arange(4), 50)
    y = rng.normal(size=200) + 0.5 * x
    found = permuted_slope(x, y, group, group)
    fit = sm.OLS(y, np.column_stack([x, group[:, None] == np.arange(4)]).astype(float)).fit()
    assert found is not None
    assert found.slope == pytest.approx(fit.params[0])
    assert found.p == pytest.approx(fit.pvalues[0], abs=0.03)
    assert found.error == pytest.approx(fit.bse[0], rel=0.1)


def test_permutation_holds_its_level() -> None:
    rng, sets = np.random.default_rng(13), 200
    x, block = np.tile(np.linspace(0, 1, 15), 6), np.repeat(np.arange(6), 15)
    group = block // 2
    found = [permuted_slope(x, rng.normal(size=90), group, block) for _ in range(sets)]
    assert sum(one is not None and one.p <= 0.05 for one in found) <= 0.05 * sets + 3 * (0.0475 * sets) ** 0.5


def test_nothing_to_regress_on() -> None:
    same = np.zeros(6)
    assert within_slope(same, np.arange(6.0), np.array([0, 0, 0, 1, 1, 1])) is None
    assert permuted_slope(same, np.arange(6.0), np.zeros(6, int), np.zeros(6, int)) is None
    assert within_slope(np.arange(3.0), np.arange(3.0), np.zeros(3, int)) is None
