"""A straight line within groups: its slope, with errors that hold for dependent rows and few groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prefaudit.stats.intervals import t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERMUTATIONS = 1999
_SEED = 20260102


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope, its 95% interval, its two-sided p-value, and its degrees of freedom (infinite for the normal)."""

    slope: float
    interval: tuple[float, float]
    p: float
    degrees: float
    error: float


def within_slope(x: NDArray[np.float64], y: NDArray[np.float64], group: NDArray[np.int64]) -> Slope | None:
    """The slope of y on x with an intercept for each group, and CR2 errors clustered by group.

    Bell and McCaffrey's errors (2002, Survey Methodology 28:169) with Satterthwaite's degrees of freedom, as in
    Pustejovsky & Tipton 2018, JBES 36:672. With one regressor and intercepts that lie within the clusters, the
    adjustment of a cluster is a number: 1 / sqrt(1 - its share of the sum of squares of x).

    Args:
        x: the regressor.
        y: the outcome.
        group: numbers from 0 of the groups, each of which has rows.

    Returns:
        None where x does not vary within at least two groups.
    """
    x, y = _centred(x, group), _centred(y, group)
    squares = np.bincount(group, weights=x * x).astype(np.float64)
    total = float(squares.sum())
    if (squares > 1e-12 * max(total, 1e-300)).sum() < 2:  # noqa: PLR2004
        return None
    slope = float(x @ y) / total
    adjustment = 1 / np.sqrt(1 - squares / total)
    residuals = np.bincount(group, weights=x * (y - slope * x))
    error = float(np.sqrt(np.sum((adjustment * residuals) ** 2))) / total
    degrees = _satterthwaite(squares, adjustment, total)
    return _with_t(slope, error, degrees)


def _satterthwaite(squares: NDArray[np.float64], adjustment: NDArray[np.float64], total: float) -> float:
    """tr(G)^2 / tr(G^2), where the variance estimator is y'Gy-like with G = diag(a^2 s) - (a s)(a s)' / S."""
    own = adjustment**2 * squares
    shared = (adjustment * squares) ** 2 / total
    trace = float(np.sum(own - shared))
    squared = float(np.sum(own**2) - 2 * np.sum(own * shared) + np.sum(shared) ** 2)
    return trace**2 / squared


def _with_t(slope: float, error: float, degrees: float) -> Slope:
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(degrees, 0.975)) * error
    certain = 1.0 if slope == 0 else 0.0
    p = float(2 * stdtr(degrees, -abs(slope) / error)) if error > 0 else certain
    return Slope(slope, (slope - reach, slope + reach), p, degrees, error)


def permuted_slope(
    x: NDArray[np.float64], y: NDArray[np.float64], group: NDArray[np.int64], block: NDArray[np.int64]
) -> Slope | None:
    """The slope of `within_slope`, held against what it is when x is shuffled within blocks of rows.

    The p-value counts the data as one of the permutations (Phipson & Smyth 2010, SAGMB 9:39). The interval is as
    wide as the permuted slopes scatter, about the slope. Both are about these groups, not about others.

    Args:
        x: the regressor.
        y: the outcome.
        group: numbers of the groups with an intercept of their own.
        block: numbers of the blocks, sorted, each within one group.
    """
    x, y = _centred(x, group), _centred(y, group)
    total = float(x @ x)
    if total <= 0:
        return None
    rng = np.random.default_rng(_SEED)
    permuted = np.zeros(PERMUTATIONS)
    starts = np.flatnonzero(np.diff(block, prepend=block[:1] - 1))
    for rows in np.split(np.arange(len(block)), starts[1:]):
        permuted += rng.permuted(np.tile(x[rows], (PERMUTATIONS, 1)), axis=1) @ y[rows]
    slope = float(x @ y) / total
    as_far = int((np.abs(permuted) >= abs(slope * total) * (1 - 1e-9)).sum())
    error = float(np.sqrt(np.mean((permuted - permuted.mean()) ** 2))) / total
    reach = t_quantile(10**6) * error
    return Slope(slope, (slope - reach, slope + reach), (as_far + 1) / (PERMUTATIONS + 1), math.inf, error)


def _centred(values: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """The values less the mean of their group."""
    means = np.bincount(group, weights=values) / np.maximum(np.bincount(group), 1)
    centred: NDArray[np.float64] = values - means[group]
    return centred
