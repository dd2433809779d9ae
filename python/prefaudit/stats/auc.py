"""How well scores of pairs tell winners from losers: the AUC over pairs put in either order.

A pair of score s, turned around, has score -s. Over all pairs in both orders the area under the ROC curve is
P(s_i > -s_j) = P(s_i + s_j > 0) for two pairs i, j: a U-statistic of degree 2, whose standard error comes from
its projections h_i = P(s_i + s_j > 0 | i), as 2 sd(h) / sqrt(n) (Hoeffding 1948, Ann. Math. Stat. 19:293). Rows
of one prompt or annotator go together as in `clusters`: the projections are summed by bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prefaudit.stats.clusters import BUCKETS, MIN_ANNOTATORS
from prefaudit.stats.intervals import t_quantile, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.stats.clusters import ClusterKeys

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of projections with its 95% interval.

    Attributes:
        value: the mean.
        error: its standard error.
        quantile: of t, with one less degrees of freedom than there are clusters.
        n: rows.
    """

    value: float
    error: float
    quantile: float
    n: int

    @property
    def as_share(self) -> tuple[float, float]:
        """Wilson's interval, with as many rows as would give a share this standard error."""
        if self.n == 0:
            return 0.0, 1.0
        rows = self.value * (1 - self.value) / self.error**2 if self.error else float(self.n)
        return wilson(self.value, rows or float(self.n), self.quantile)

    @property
    def as_difference(self) -> tuple[float, float]:
        """The value, give or take the quantile times the error."""
        if not np.isfinite(self.quantile):
            return -1.0, 1.0
        return self.value - self.quantile * self.error, self.value + self.quantile * self.error


def projections(scores: Floats) -> Floats:
    """For each pair, the share of the others whose score added to its own is over 0; exactly 0 counts half.

    Example:
        >>> projections(np.array([1.0, 1.0, -2.0])).tolist()
        [0.5, 0.5, 0.0]
    """
    n = len(scores)
    if n < 2:  # noqa: PLR2004 - there are no others
        return np.full(n, 0.5)
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    right = n - np.searchsorted(ordered, -ordered, side="right")
    even = n - right - np.searchsorted(ordered, -ordered, side="left")
    with_itself = (ordered > 0) + 0.5 * (ordered == 0)
    shares = np.empty(n)
    shares[order] = (right + 0.5 * even - with_itself) / (n - 1)
    return shares


def clustered_mean(values: Floats, keys: ClusterKeys, degree: int = 2) -> Mean:
    """The mean of projections, with the standard error of a U-statistic of this degree.

    The variance between clusters counts where it is larger than that between rows.
    """
    n = len(values)
    if n == 0:
        return Mean(0.5, 0.0, t_quantile(0), 0)
    mean = float(values.mean())
    residuals = values - mean
    single = [_variance(residuals, way) for way in _ways(keys)]
    between = [variance for variance, _ in single]
    if keys.both is not None and len(single) > 1:
        between.append(sum(between) - _variance(residuals, keys.both)[0])
    alone = float(residuals @ residuals) / n / max(n - 1, 1)
    clusters = min(buckets for _, buckets in single)
    return Mean(mean, degree * float(np.sqrt(max(alone, *between))), t_quantile(clusters - 1), n)


def _ways(keys: ClusterKeys) -> list[NDArray[np.uint8]]:
    """Prompts, and annotators where there are enough of them."""
    annotator = keys.annotator
    enough = annotator is not None and len(np.unique(annotator)) >= MIN_ANNOTATORS
    return [keys.prompt, annotator] if annotator is not None and enough else [keys.prompt]


def _variance(residuals: Floats, buckets: NDArray[np.uint8]) -> tuple[float, int]:
    """The variance of the mean from the sums of its buckets, and how many are filled."""
    filled = int((np.bincount(buckets, minlength=BUCKETS) > 0).sum())
    sums = np.bincount(buckets, weights=residuals, minlength=BUCKETS)
    return filled / max(filled - 1, 1) * float(sums @ sums) / len(residuals) ** 2, filled
