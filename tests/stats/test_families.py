"""Families of shares, against statsmodels and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from prefaudit.report.model import Verdict
from prefaudit.stats.clusters import ShareEstimate
from prefaudit.stats.families import Band, judge_family
from prefaudit.stats.intervals import score_test, wilson

Z = 1.959963984540054
BAND = Band(0.5, 0.05, 0.10)


def independent(share: float, n: int) -> ShareEstimate:
    return ShareEstimate(share, wilson(share, n, Z), score_test(share, n, 10**9), n, float(n), ("prompt",))


def test_one_slice_is_judged_by_its_own_test() -> None:
    one = judge_family([independent(0.58, 2000)], BAND)[0]
    p = stats.norm.sf(0.03 / np.sqrt(0.55 * 0.45 / 2000))
    assert one.q == pytest.approx(p)
    assert one.interval == pytest.approx(wilson(0.58, 2000, Z))
    assert one.verdict is Verdict.WARN
    assert one.least == pytest.approx(one.interval[0] - 0.5)


def test_either_side_of_the_band_counts() -> None:
    up, down = judge_family([independent(0.7, 900), independent(0.3, 900)], BAND)
    assert up.verdict is down.verdict is Verdict.FAIL
    assert up.q == pytest.approx(down.q)


def test_intervals_widen_with_the_slices_that_do_not_stand_out() -> None:
    family = [independent(0.7, 500), *[independent(0.5, 500)] * 9]
    first = judge_family(family, BAND)[0]
    assert first.verdict is Verdict.FAIL
    assert first.interval == pytest.approx(wilson(0.7, 500, float(stats.norm.isf(0.025 / 10))))


def test_small_slices_are_underpowered_and_large_ones_pass() -> None:
    small, large = judge_family([independent(0.5, 50), independent(0.5, 50_000)], BAND)
    assert (small.verdict, large.verdict) == (Verdict.UNDERPOWERED, Verdict.PASS)


def test_a_share_of_no_rows_says_nothing() -> None:
    nothing = judge_family([ShareEstimate(0.0, (0.0, 1.0), 1.0, 0, 0.0, ())], BAND)[0]
    assert (nothing.verdict, nothing.q, nothing.interval) == (Verdict.UNDERPOWERED, 1.0, (0.0, 1.0))


def test_false_alarms_among_many_slices_are_rare() -> None:
    # Every slice at the very edge of the band, which is the worst of the cases that are fine.
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(400):
        shares = rng.binomial(400, 0.55, size=20) / 400
        family = judge_family([independent(float(share), 400) for share in shares], BAND)
        alarms += any(one.verdict in {Verdict.WARN, Verdict.FAIL} for one in family)
    assert alarms / 400 <= 0.05  # .025 but for the normal approximation's tail
