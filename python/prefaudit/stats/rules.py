"""The two rules by which a figure becomes a verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from prefaudit.stats.clusters import ShareEstimate

_Z_TWO_SIDED = 1.959964  # 97.5% of the normal distribution: the ends of a 95% interval
_Z_POWER = 1.281552  # 90%: the power with which the rows asked for settle the matter
_STRADDLE = 4  # an interval this many times narrower than the band may straddle its edge
ALPHA = 0.05


def band(estimate: ShareEstimate, warn: float, fail: float, *, centre: float = 0.5) -> Verdict:
    """The band rule: does a share leave the band `centre` +- `warn` by more than chance?

    FAIL when the whole interval lies over `fail` away from the centre. WARN when it lies over `warn`
    away; or when the share differs from the centre (p <= .05) and is itself over `warn` away; or when it
    differs and the interval, at most half a band wide, straddles the edge. PASS when the whole interval
    is within `warn`: two one-sided tests (Schuirmann 1987, J. Pharmacokin. Biopharm. 15:657). Else there
    are too few rows. Warning whenever the share is over `warn` away would alarm on noise: 66% of clean
    sets of 20 rows, 16% of 200.
    """
    low, high = (end - centre for end in estimate.interval)
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    most = max(abs(low), abs(high))
    differs = estimate.p <= ALPHA
    straddles = most > warn and (high - low) / 2 <= warn / _STRADDLE
    if least > fail:
        return Verdict.FAIL
    if least > warn or (differs and (abs(estimate.share - centre) > warn or straddles)):
        return Verdict.WARN
    return Verdict.PASS if most <= warn else Verdict.UNDERPOWERED


def rows_to_settle(estimate: ShareEstimate, warn: float) -> int:
    """How many rows the band rule needs, dependent as these rows are.

    First as many as show with 90% power that a share of .5 is within the band; where there are as many
    already, the share lies near the edge, and it takes an interval narrow enough to straddle it.

    Example:
        >>> from prefaudit.stats.clusters import ShareEstimate
        >>> rows_to_settle(ShareEstimate(0.5, (0.3, 0.7), 1.0, n=20, n_eff=20, clustered_by=()), warn=0.05)
        1051
    """
    equivalence = (_Z_TWO_SIDED + _Z_POWER) ** 2 * 0.25 / warn**2
    straddling = (_Z_TWO_SIDED * _STRADDLE) ** 2 * 0.25 / warn**2
    needed = equivalence if estimate.n_eff < equivalence else straddling
    return math.ceil(needed * estimate.deff)


def what_it_takes(estimate: ShareEstimate, needed: int, counted: str) -> str:
    """What would tell, in words: so many rows like these; or, where their clusters are few, more of those.

    Example:
        >>> from prefaudit.stats.clusters import ShareEstimate
        >>> few = ShareEstimate(0.5, (0.1, 0.9), 1.0, n=400, n_eff=20, clustered_by=("prompt",), degrees=3)
        >>> what_it_takes(few, 8000, "votes")
        'more prompts: about 400 votes that share none'
    """
    if not estimate.few_clusters:
        return f"about {needed:,} such {counted}"
    clusters = " and ".join(f"{name}s" for name in estimate.clustered_by)
    return f"more {clusters}: about {math.ceil(needed / estimate.deff):,} {counted} that share none"


def too_few(estimate: ShareEstimate, needed: int, counted: str) -> str:
    """The same in a few words.

    Example:
        >>> from prefaudit.stats.clusters import ShareEstimate
        >>> too_few(ShareEstimate(0.5, (0.3, 0.7), 1.0, n=20, n_eff=20, clustered_by=("prompt",)), 1051, "votes")
        'too few votes to tell: it takes about 1,051'
    """
    if estimate.few_clusters:
        return f"too few {' and '.join(f'{name}s' for name in estimate.clustered_by)} to tell"
    return f"too few {counted} to tell: it takes about {needed:,}"


def census(count: int, n: int, interval: tuple[float, float], warn: float, fail: float, *, sampled: bool) -> Verdict:
    """The census rule: when every row was read a share is a fact, and the verdict follows from it alone.

    The interval decides only where the rows are a sample of those that matter.

    Example:
        >>> census(2, 100, (0.0024, 0.0704), warn=0.01, fail=0.05, sampled=False)
        <Verdict.WARN: 'WARN'>
        >>> census(2, 100, (0.0024, 0.0704), warn=0.01, fail=0.05, sampled=True)
        <Verdict.UNDERPOWERED: 'UNDERPOWERED'>
    """
    least, most = interval if sampled else (count / n, count / n)
    if least > fail:
        return Verdict.FAIL
    if least > warn:
        return Verdict.WARN
    return Verdict.PASS if most <= warn else Verdict.UNDERPOWERED


def rows_to_tell(estimate: ShareEstimate, limit: float) -> int | None:
    """How many rows show with 90% power on which side of a limit a share lies, dependent as these rows are.

    None where the share is the limit itself: no number of rows would do.

    Example:
        >>> from prefaudit.stats.clusters import ShareEstimate
        >>> rows_to_tell(ShareEstimate(0.0, (0.0, 0.3), 1.0, n=10, n_eff=10, clustered_by=()), limit=0.02)
        515
    """
    if estimate.share == limit:
        return None
    needed = (_Z_TWO_SIDED + _Z_POWER) ** 2 * limit * (1 - limit) / (estimate.share - limit) ** 2
    return math.ceil(needed * estimate.deff)
