"""Two answers to the same question: do the changes go one way, and by how much?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prefaudit.stats.between import degrees, variance

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def mcnemar(one: int, other: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947, Psychometrika 12:153).

    Args:
        one: pairs that changed in one direction.
        other: pairs that changed in the other. With no changes at all p is 1.

    Example:
        >>> mcnemar(0, 5)
        0.0625
    """
    from scipy.special import bdtr

    n = one + other
    return min(1.0, 2 * float(bdtr(min(one, other), n, 0.5))) if n else 1.0


def tango(one: float, other: float, n: float, quantile: float) -> tuple[float, float]:
    """The score interval of a paired difference of shares, (one - other) / n (Tango 1998, Stat. Med. 17:891).

    It inverts McNemar's test without a correction: it holds 0 just when |one - other| / sqrt(one + other) is
    below the quantile, and it does not collapse where no pair changed.

    Args:
        one: pairs that changed in one direction (need not be whole).
        other: pairs that changed in the other.
        n: all pairs, at least one + other.
        quantile: of the normal or t distribution; infinite gives (-1, 1), the most that can be said.

    Example:
        >>> low, high = tango(12, 2, 50, 1.959964)
        >>> round(low, 4), round(high, 4)
        (0.0611, 0.3447)
    """
    if math.isinf(quantile):
        return -1.0, 1.0
    share = (one - other) / n
    low = _root(one, other, n, quantile, inside=share, outside=-1.0)
    high = _root(one, other, n, -quantile, inside=share, outside=1.0)
    return low, high


def _root(one: float, other: float, n: float, target: float, *, inside: float, outside: float) -> float:
    """The difference between `inside` and `outside` at which the score is `target`, by halving to 2**-50."""
    for _ in range(50):
        middle = (inside + outside) / 2
        if abs(_score(one, other, n, middle)) < abs(target):
            inside = middle
        else:
            outside = middle
    return inside


def _score(one: float, other: float, n: float, difference: float) -> float:
    """Tango's statistic: the distance of the data from a given difference, in standard errors."""
    b = (2 * n - one + other) * difference - one - other
    c = -other * difference * (1 - difference)
    nuisance = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * nuisance + difference * (1 - difference))
    distance = one - other - n * difference
    if variance <= 0:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of shares with what clustered pairs say about it; `variance` is that of the difference."""

    difference: float
    interval: tuple[float, float]
    p: float
    variance: float


def clustered_difference(
    changes: NDArray[np.int64], buckets: NDArray[np.uint8], quantile: Callable[[float], float]
) -> Difference:
    """The share of pairs that changed one way less that of the other, where pairs of a bucket are dependent.

    Tango's interval, and McNemar's p-value, on as many pairs as are effective: never more than there are.

    Args:
        changes: 1, -1 or 0 for each pair.
        buckets: the cluster of each pair.
        quantile: of the t distribution by its degrees of freedom, those of `stats.between`.
    """
    n, one, other = len(changes), int((changes > 0).sum()), int((changes < 0).sum())
    difference = (one - other) / n
    effect = _design_effect(changes, buckets, difference)
    freedom = degrees(np.bincount(buckets))
    interval = tango(one / effect, other / effect, n / effect, quantile(freedom))
    p = max(mcnemar(one, other), _clustered_p(one, other, effect, freedom))
    variance = effect * ((one + other) / n - difference**2) / n
    return Difference(difference, interval, p, variance)


def _design_effect(changes: NDArray[np.int64], buckets: NDArray[np.uint8], difference: float) -> float:
    """How many pairs do the work of one independent pair, at least 1."""
    n = len(changes)
    sizes = np.bincount(buckets, minlength=256)
    filled = int((sizes > 0).sum())
    residuals = np.bincount(buckets, weights=changes, minlength=256) - difference * sizes
    independent = float(np.sum((changes - difference) ** 2))
    if filled < 2:  # noqa: PLR2004
        return 1.0
    if independent == 0:  # every pair alike: no more is known than there are clusters
        return n / filled
    return max(1.0, n**2 * variance(residuals, sizes) / independent)


def _clustered_p(one: int, other: int, effect: float, freedom: float) -> float:
    from scipy.special import stdtr

    if freedom <= 0 or one == other:
        return 1.0
    return float(2 * stdtr(freedom, -abs(one - other) / math.sqrt((one + other) * effect)))
