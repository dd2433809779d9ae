"""How far several people agree beyond chance: Krippendorff's alpha for nominal categories, Cohen's kappa.

The formulas are those of the package `krippendorff` and of scikit-learn's `cohen_kappa_score`, to which the
tests hold them; here they take vote counts, many resamples at a time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prefaudit.stats.intervals import t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 2000
_SEED = 20260101


def alpha(counts: NDArray[np.int64]) -> float:
    """Krippendorff's alpha, nominal (2011, Computing Krippendorff's Alpha-Reliability).

    Args:
        counts: shape (items, categories), the votes of each item; items with one vote are not looked at.

    Returns:
        1 where everybody agrees, about 0 where votes agree as often as by chance. NaN where it is not
        defined: no item has two votes, or all votes are in one category.

    Example:
        >>> alpha(np.array([[2, 0], [0, 2], [1, 1], [2, 0]]))
        0.5333333333333333
    """
    vectors, times = np.unique(counts, axis=0, return_counts=True)
    return float(_alphas(vectors, times[np.newaxis])[0])


def alpha_interval(counts: NDArray[np.int64]) -> tuple[float, float]:
    """The 95% interval of `alpha`: percentiles of a bootstrap over items (Efron & Tibshirani 1993).

    The percentiles are a little further out than 2.5% and 97.5% (Hesterberg 2015, Am. Stat. 69:371), for resamples of
    few items scatter too little. Items with the same votes are alike, so a resample is one multinomial draw over the
    distinct vote counts. The seed is fixed, and the order of the items does not matter. Resamples in which alpha is
    not defined are left out; (-1, 1) where all are.
    """
    vectors, times = np.unique(counts[counts.sum(axis=1) > 1], axis=0, return_counts=True)
    items = int(times.sum())
    if items == 0:
        return -1.0, 1.0
    rng = np.random.default_rng(_SEED)
    alphas = _alphas(vectors, rng.multinomial(items, times / items, RESAMPLES))
    known = alphas[~np.isnan(alphas)]
    if len(known) == 0:
        return -1.0, 1.0
    tail = _tail(items)
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _tail(items: int) -> float:
    """What lies outside on either side: that of the normal distribution beyond sqrt(n / (n - 1)) t(n - 1)."""
    from scipy.special import ndtr

    return float(ndtr(-math.sqrt(items / (items - 1)) * t_quantile(items - 1))) if items > 1 else 0.0


def _alphas(vectors: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Alpha of each sample: `times`, shape (samples, vectors), says how often each vote count comes."""
    votes = vectors.sum(axis=1)
    several = votes > 1
    vectors, votes, times = vectors[several], votes[several], times[:, several]
    agreeing = (vectors * (vectors - 1)).sum(axis=1) / np.maximum(votes - 1, 1)
    total = times @ votes
    by_category = times @ vectors
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = 1 - times @ agreeing / total
        expected = 1 - (by_category * (by_category - 1)).sum(axis=1) / (total * (total - 1))
        values: NDArray[np.float64] = np.where(expected > 0, 1 - observed / expected, np.nan)
    return values


def pairwise_agreement(counts: NDArray[np.int64]) -> tuple[int, int]:
    """How many pairs of votes on one item agree, and how many pairs there are.

    Example:
        >>> pairwise_agreement(np.array([[2, 1], [1, 1], [1, 0]]))
        (1, 4)
    """
    votes = counts.sum(axis=1)
    return int((counts * (counts - 1)).sum()) // 2, int((votes * (votes - 1)).sum()) // 2


def kappa(table: NDArray[np.int64]) -> float:
    """Cohen's kappa (1960, Educ. Psychol. Meas. 20:37); NaN where both always say the same one thing.

    Args:
        table: how often one said the row's category and the other the column's.

    Example:
        >>> round(kappa(np.array([[20, 5], [10, 15]])), 3)
        0.4
    """
    n = table.sum()
    chance = float((table.sum(axis=0) * table.sum(axis=1)).sum()) / float(n * n) if n else 1.0
    return (float(np.trace(table)) / float(n) - chance) / (1 - chance) if chance < 1 else float("nan")
