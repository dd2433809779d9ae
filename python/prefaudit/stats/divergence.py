"""How unlike two distributions over the same few kinds are, and which kinds one of them lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prefaudit.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWS = 999
_SEED = 1_991
_Z = 1.959964


def jensen_shannon(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The Jensen-Shannon divergence of counts, in bits, along the last axis (Lin 1991, IEEE Trans. Inf. Theory 37:145).

    Example:
        >>> same, opposite = np.array([[3, 1], [3, 1]]), np.array([[2, 0], [0, 5]])
        >>> jensen_shannon(*same).item(), jensen_shannon(*opposite).item()
        (0.0, 1.0)
    """
    p, q = (counts / counts.sum(axis=-1, keepdims=True) for counts in (one, other))
    middle = (p + q) / 2
    bits: NDArray[np.float64] = (_information(p, middle) + _information(q, middle)).sum(axis=-1) / 2
    return bits


def _information(p: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    return p * _log_ratio(p, middle)


def _log_ratio(p: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = p > 0
    found: NDArray[np.float64] = np.log2(np.where(seen, p, 1.0) / np.where(seen, middle, 1.0))
    return found


class Excess(NamedTuple):
    """A divergence, compared with that of two parts of one whole.

    Attributes:
        divergence: as it is, in bits.
        by_chance: what it is on average where both sides are drawn from what they are together.
        interval: 95%, of how far the one is over the other.
        p: how often chance alone gives as much.
    """

    divergence: float
    by_chance: float
    interval: tuple[float, float]
    p: float

    @property
    def value(self) -> float:
        """How far the divergence is over that of chance; not below 0."""
        return max(0.0, self.divergence - self.by_chance)


def excess(one: NDArray[np.int64], other: NDArray[np.int64]) -> Excess:
    """The divergence of two counts, against 999 redraws of both sizes from the pooled counts (a permutation test).

    The interval is the normal one around the difference: the variance of the divergence by the delta method, and on top
    of it that of the redraws, which is what is left where the two sides are alike.

    Example:
        >>> excess(np.array([50, 50]), np.array([52, 48])).p > 0.5, excess(np.array([90, 10]), np.array([40, 60])).p
        (True, 0.001)
    """
    found = float(jensen_shannon(one, other))
    drawn = np.random.default_rng(_SEED).multivariate_hypergeometric(one + other, int(one.sum()), _DRAWS)
    chance = jensen_shannon(drawn, one + other - drawn)
    p = (1 + int((chance >= found - 1e-12).sum())) / (1 + _DRAWS)
    error = float(np.sqrt(_variance(one, other) + _variance(other, one) + chance.var()))
    middle = found - float(chance.mean())
    low, high = middle - _Z * error, middle + _Z * error
    return Excess(found, float(chance.mean()), (min(1.0, max(0.0, low)), min(1.0, max(0.0, high))), p)


def _variance(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """What the chance in one side adds to the variance of the divergence."""
    p, q = one / one.sum(), other / other.sum()
    slope = _log_ratio(p, (p + q) / 2) / 2
    return float((p * slope**2).sum() - (p * slope).sum() ** 2) / int(one.sum())


class Lack(NamedTuple):
    """A kind that one side has, and how much of the other can be of it.

    Attributes:
        at: the kind.
        at_most: the upper end of the interval of its share in the side that may lack it.
        missing: whether that side lacks it.
    """

    at: int
    at_most: float
    missing: bool


def lacking(data: NDArray[np.int64], target: NDArray[np.int64], least: float, fraction: float) -> list[Lack]:
    """The kinds that make up `least` of the target, and whether the data have under `fraction` of that share.

    Both shares are uncertain: of the rows of a kind, with a share in the data of `fraction` times that in the target,
    a known part would be the data's. A kind is missing where so few of them are has a probability of at most .05,
    divided by the number of kinds looked at (Bonferroni): exact binomial, Przyborowski & Wilenski 1940, Biometrika
    31:313.

    Example:
        >>> [lack.missing for lack in lacking(np.array([0, 1000]), np.array([50, 950]), 0.01, 0.2)]
        [True, False]
    """
    from scipy.special import bdtr

    n, m = int(data.sum()), int(target.sum())
    kinds = np.flatnonzero(target >= least * m)
    level = 0.05 / max(len(kinds), 1)
    part = n * fraction / (n * fraction + m)
    found = []
    for at in kinds.tolist():
        p = float(bdtr(int(data[at]), int(data[at] + target[at]), part))
        _, high = clopper_pearson(int(data[at]), n, 1 - 2 * level)
        found.append(Lack(at, high, missing=p <= level))
    return found
