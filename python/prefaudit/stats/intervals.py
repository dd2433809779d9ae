"""Confidence intervals and tests for a share."""

from __future__ import annotations

import math


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a binomial share (Clopper & Pearson 1934, Biometrika 26:404).

    Args:
        successes: how many of the `n` trials succeeded.
        n: trials; with none nothing is known and the interval is (0, 1).
        level: confidence level.

    Example:
        >>> low, high = clopper_pearson(0, 100)
        >>> low, round(high, 4)
        (0.0, 0.0362)
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return low, high


def wilson(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson's score interval (1927, JASA 22:209) for a share seen on `n` independent rows.

    Args:
        share: the observed share.
        n: rows, or effective rows (need not be whole).
        quantile: of the normal or t distribution; infinite gives (0, 1), the most that can be said.

    Example:
        >>> low, high = wilson(0.5, 100, 1.959964)
        >>> round(low, 4), round(high, 4)
        (0.4038, 0.5962)
    """
    if math.isinf(quantile):
        return 0.0, 1.0
    z2 = quantile * quantile
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = quantile / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # In exact arithmetic the share lies inside; rounding may leave it just outside at 0 and 1.
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def t_quantile(degrees: float, level: float = 0.95) -> float:
    """The two-sided quantile of Student's t; infinite where there are no degrees of freedom.

    Example:
        >>> round(t_quantile(255), 3)
        1.969
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2)) if degrees > 0 else math.inf


def score_test(share: float, n: float, degrees: float, null: float = 0.5) -> float:
    """The two-sided p-value of a share against `null`: the test that `wilson` inverts.

    Example:
        >>> round(score_test(0.6, 100, degrees=255), 4)
        0.0466
    """
    from scipy.special import stdtr

    if degrees <= 0:
        return 1.0
    z = abs(share - null) / math.sqrt(null * (1 - null) / n)
    return float(2 * stdtr(degrees, -z))
