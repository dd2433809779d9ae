"""Ridge logistic regression of who wins on differences between the two, without an intercept.

A row is what the winner has minus what the loser has. The model is odd: swapping the two turns the sign of the
score, so that nothing can be learned from which of them is called the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEPS = 50
_HALVINGS = 30
_TOLERANCE = 1e-9


def fit(differences: Floats, penalty: float = 1.0) -> Floats:
    """The weights w with the least sum of log(1 + exp(-x w)) + penalty / 2 * |w|^2, by Newton's method.

    Args:
        differences: one row a pair, one column a feature; should be of like scales.
        penalty: at least a little above 0, which makes the solution unique.

    Example:
        >>> fit(np.array([[1.0], [1.0], [-1.0]]), penalty=1e-9).round(3)
        array([0.693])
    """
    weights = np.zeros(differences.shape[1])
    loss = _loss(differences, weights, penalty)
    for _ in range(_STEPS):
        misses = 1 / (1 + np.exp(np.clip(differences @ weights, -500, 500)))
        slope = penalty * weights - misses @ differences
        curvature = (differences * (misses * (1 - misses))[:, None]).T @ differences
        step = np.linalg.solve(curvature + penalty * np.eye(len(weights)), slope)
        if float(slope @ step) <= _TOLERANCE:
            break
        weights, loss = _descended(differences, weights, step, loss, penalty)
    return weights


def cross_fit(differences: Floats, folds: NDArray[np.int64]) -> Floats:
    """The score of each row by weights that were fitted on the rows of all other folds; over 0 if it is foretold right.

    Features are divided by their root mean square in the rows fitted on; one that is 0 there throughout has no weight.
    """
    scores = np.zeros(len(differences))
    for fold in np.unique(folds):
        held_out = folds == fold
        scores[held_out] = differences[held_out] @ scaled_fit(differences[~held_out])
    return scores


def scaled_fit(differences: Floats) -> Floats:
    """`fit` on features of root mean square 1, as weights of the features as they are."""
    scale = root_mean_square(differences)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    return fit(differences * inverse) * inverse


def root_mean_square(differences: Floats) -> Floats:
    """Of each column; 0 without rows."""
    squares: Floats = np.einsum("ij,ij->j", differences, differences) / max(len(differences), 1)
    return np.sqrt(squares)


def _loss(differences: Floats, weights: Floats, penalty: float) -> float:
    return float(np.logaddexp(0, -(differences @ weights)).sum() + penalty / 2 * (weights @ weights))


def _descended(
    differences: Floats, weights: Floats, step: Floats, loss: float, penalty: float
) -> tuple[Floats, float]:
    """A step, halved until the loss is no greater than before."""
    for _ in range(_HALVINGS):
        moved = weights - step
        reached = _loss(differences, moved, penalty)
        if reached <= loss:
            return moved, reached
        step = step / 2
    return weights, loss
