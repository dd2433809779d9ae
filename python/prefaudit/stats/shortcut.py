"""Which of two is preferred, told from features that change sign when the two are swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prefaudit.stats.between import degrees, variance
from prefaudit.stats.intervals import t_quantile, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FOLDS = 5
#: Strength of the ridge, in units of the rows: enough to keep weights finite where a feature decides alone.
_RIDGE = 1e-3
_STEPS = 25
_BLOCK = 1 << 12


def fit(differences: NDArray[np.float64], start: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Weights of a ridge logistic regression without intercept, by Newton's method.

    Args:
        differences: preferred minus other, of the shape (features, pairs), scaled to a mean square of 1.
        start: weights to begin with; the result is the same, sooner.

    Minimised is the mean of log(1 + exp(-w d)) plus a half of .001 times the squared length of w: a pair stands for
    its mirror image, too, for a feature of the swapped pair is the negative.
    """
    features, n = differences.shape
    weights = np.zeros(features) if start is None else start
    for _ in range(_STEPS):
        gradient, curvature = _RIDGE * weights, _RIDGE * np.eye(features)
        for block in _blocks(differences):
            p = _sigmoid(-(weights @ block))  # of getting the pair wrong
            gradient -= block @ p / n
            curvature += (block * (p * (1 - p))) @ block.T / n
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-7:  # noqa: PLR2004 - the next step would be its square
            break
    return weights


def _blocks(differences: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """As many pairs at a time as stay in the cache."""
    for first in range(0, differences.shape[1], _BLOCK):
        yield differences[:, first : first + _BLOCK]


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(np.clip(-values, -500, 500)))
    return found


def scaled(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """The differences, of the shape (features, pairs), with a mean square of 1; 0 where a feature never differs.

    The scale does not depend on which of two is preferred, so it gives nothing away.
    """
    scale = np.sqrt((differences**2).mean(axis=1, keepdims=True))
    values: NDArray[np.float64] = np.divide(differences, scale, out=np.zeros_like(differences), where=scale > 0)
    return values


def held_out_scores(
    values: NDArray[np.float64], prompts: NDArray[np.uint64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each pair the score by weights that were fitted without its prompt (and a fifth of all others).

    Args:
        values: as `scaled` gives them.
        prompts: a hash of each pair's prompt.
        start: the weights of all pairs, which those of four fifths are near.
    """
    folds = (prompts >> np.uint64(8)) % np.uint64(FOLDS)
    scores = np.zeros(len(prompts))
    for fold in range(FOLDS):
        out = folds == fold
        if out.any() and not out.all():
            scores[out] = fit(values[:, ~out], start) @ values[:, out]
    return scores


class Share(NamedTuple):
    """A share, its 95% interval clustered by prompt, and its effective number of pairs."""

    share: float
    interval: tuple[float, float]
    n_eff: float


class Area(NamedTuple):
    """The area under the curve, its standard error and its 95% interval, both clustered by prompt."""

    area: float
    error: float
    interval: tuple[float, float]


def accuracy(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where a pair is ordered rightly, 0 where wrongly, a half where not at all."""
    ordered: NDArray[np.float64] = (np.sign(scores) + 1) / 2
    return ordered


def auc(scores: NDArray[np.float64], prompts: NDArray[np.uint64]) -> Area:
    """P(s + s' > 0) of two pairs' scores: that a preferred response's score is over that of another's rejected one.

    Its error is twice that of the mean of `auc_parts` (Hoeffding 1948, Ann. Math. Stat. 19:293).
    """
    parts = auc_parts(scores)
    error, freedom = _clustered_error(parts, prompts)
    area, reach = float(parts.mean()), _reach(2 * error, freedom)
    return Area(area, 2 * error, (max(0.0, area - reach), min(1.0, area + reach)))


def auc_parts(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each pair the share of pairs with which its score adds up to more than 0; their mean is the AUC."""
    order = np.argsort(scores)
    ordered = scores[order]
    not_above = np.searchsorted(ordered, -ordered, side="right")
    below = np.searchsorted(ordered, -ordered, side="left")
    parts = np.empty(len(scores))
    parts[order] = 1 - (not_above + below) / (2 * len(scores))
    return parts


def clustered_share(values: NDArray[np.float64], prompts: NDArray[np.uint64]) -> Share:
    """The mean of values from 0 to 1, Wilson's interval with an effective n (Korn & Graubard 1998)."""
    n, share = len(values), float(values.mean())
    error, freedom = _clustered_error(values, prompts)
    # Where all pairs are alike nothing is known about dependence: no more is claimed than there are clusters.
    n_eff = float(min(n, len(np.unique(prompts)))) if error == 0 else min(float(n), share * (1 - share) / error**2)
    return Share(share, wilson(share, max(n_eff, 1.0), t_quantile(freedom)), n_eff)


def paired_interval(
    one: NDArray[np.float64], other: NDArray[np.float64], prompts: NDArray[np.uint64]
) -> tuple[float, tuple[float, float]]:
    """The mean difference of two values of each pair, and its 95% interval clustered by prompt."""
    error, freedom = _clustered_error(one - other, prompts)
    difference = float((one - other).mean())
    reach = _reach(error, freedom)
    return difference, (max(-1.0, difference - reach), min(1.0, difference + reach))


def _reach(error: float, freedom: float) -> float:
    """Half the width of a 95% interval; all there is where a single cluster says nothing of others."""
    return t_quantile(freedom) * error if freedom > 0 else 1.0


def _clustered_error(values: NDArray[np.float64], prompts: NDArray[np.uint64]) -> tuple[float, float]:
    """The standard error of a mean over prompts in 256 buckets, and its degrees of freedom."""
    buckets = (prompts & np.uint64(0xFF)).astype(np.int64)
    sizes = np.bincount(buckets, minlength=256)
    residuals = np.bincount(buckets, weights=values - values.mean(), minlength=256).astype(np.float64)
    return float(np.sqrt(variance(residuals, sizes))), degrees(sizes)
