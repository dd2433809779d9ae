"""Many shares of one kind judged together: which of the slices stand out, when some would by chance alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prefaudit.report.model import Verdict
from prefaudit.stats.intervals import t_quantile, wilson
from prefaudit.stats.multiplicity import adjusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefaudit.stats.clusters import ShareEstimate

#: The share of false alarms among the slices that stand out, at most: half of .05, for each test has one side.
RATE = 0.025


@dataclass(frozen=True, slots=True)
class Band:
    """The band around `centre` in which a share is fine: `warn` and `fail` are how far it may be away."""

    centre: float
    warn: float
    fail: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What the family says about one of its shares.

    Attributes:
        verdict: WARN or FAIL when it stands out among the others.
        q: the rate of false alarms at which it would stand out from `warn`.
        interval: simultaneous with those of all that stand out.
        least: how far from the centre the whole interval lies; 0 where it holds the centre.
    """

    verdict: Verdict
    q: float
    interval: tuple[float, float]
    least: float


def judge_family(estimates: Sequence[ShareEstimate], band: Band) -> list[Judged]:
    """Judge each share as one of a family.

    WARN when Benjamini & Hochberg (1995, JRSS B 57:289) keep the rate of false alarms within 2.5% with it among
    those that stand out, by one-sided p-values for "no more than `warn` away from the centre"; FAIL likewise
    for `fail`. Where R of m stand out, each interval has the level 1 - .05 R / m (Benjamini & Yekutieli 2005, JASA
    100:71). PASS when that interval lies within `warn`, else UNDERPOWERED.
    """
    q_warn = adjusted([_beyond(one, band.centre, band.warn) for one in estimates])
    q_fail = adjusted([_beyond(one, band.centre, band.fail) for one in estimates])
    out = max(int((q_warn <= RATE).sum()), 1)
    level = 1 - 2 * RATE * out / max(len(estimates), 1)
    return [
        _judged(one, band, float(warn), float(fail), level)
        for one, warn, fail in zip(estimates, q_warn, q_fail, strict=True)
    ]


def _beyond(one: ShareEstimate, centre: float, width: float) -> float:
    """The p-value of "no more than `width` away from the centre", by the score test that `wilson` inverts."""
    from scipy.special import stdtr

    edge = centre + math.copysign(width, one.share - centre)
    if one.n_eff == 0 or one.degrees <= 0 or not 0 < edge < 1:
        return 1.0
    over = abs(one.share - centre) - width
    return float(stdtr(one.degrees, -over / math.sqrt(edge * (1 - edge) / one.n_eff)))


def _judged(one: ShareEstimate, band: Band, q_warn: float, q_fail: float, level: float) -> Judged:
    interval = wilson(one.share, one.n_eff, t_quantile(one.degrees, level)) if one.n_eff else (0.0, 1.0)
    low, high = (end - band.centre for end in interval)
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    if q_fail <= RATE:
        verdict = Verdict.FAIL
    elif q_warn <= RATE:
        verdict = Verdict.WARN
    else:
        verdict = Verdict.PASS if max(abs(low), abs(high)) <= band.warn else Verdict.UNDERPOWERED
    return Judged(verdict, q_warn, interval, least)
