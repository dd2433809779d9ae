"""The band rule and the census rule, case by case."""

from __future__ import annotations

import math

import pytest

from prefaudit.report.model import Verdict
from prefaudit.stats.clusters import ShareEstimate
from prefaudit.stats.intervals import score_test, wilson
from prefaudit.stats.rules import band, census, rows_to_settle, rows_to_tell

Z = 1.959963984540054


def independent(share: float, n: int) -> ShareEstimate:
    p = score_test(share, n, degrees=10**9)
    return ShareEstimate(share, wilson(share, n, Z), p, n, float(n), ("prompt",))


@pytest.mark.parametrize(
    ("share", "n", "verdict"),
    [
        (0.65, 5000, Verdict.FAIL),  # the whole interval is over .10 away
        (0.35, 5000, Verdict.FAIL),
        (0.58, 5000, Verdict.WARN),  # the whole interval is over .05 away
        (0.438, 2262, Verdict.WARN),  # it reaches into the band, but differs from .5 and is outside itself
        (0.545, 10_000, Verdict.WARN),  # it is inside, narrow, and straddles the edge
        (0.545, 2000, Verdict.UNDERPOWERED),  # it differs from .5 but may be inside or outside
        (0.5, 2000, Verdict.PASS),
        (0.52, 20_000, Verdict.PASS),  # it differs from .5, by less than matters
        (0.5, 200, Verdict.UNDERPOWERED),
        (0.6, 20, Verdict.UNDERPOWERED),  # far away, by chance perhaps
    ],
)
def test_band(share: float, n: int, verdict: Verdict) -> None:
    assert band(independent(share, n), warn=0.05, fail=0.10) is verdict


def test_the_rows_that_settle_a_share_of_one_half() -> None:
    assert rows_to_settle(independent(0.5, 200), 0.05) == 1051
    dependent = ShareEstimate(0.5, (0.3, 0.7), 1.0, n=200, n_eff=50.0, clustered_by=("prompt",))
    assert rows_to_settle(dependent, 0.05) == math.ceil(1050.74 * 4)


def test_the_rows_that_settle_a_share_at_the_edge_do() -> None:
    near = independent(0.545, 2000)
    needed = rows_to_settle(near, 0.05)
    assert needed > near.n
    assert band(independent(0.545, needed), warn=0.05, fail=0.10) is Verdict.WARN


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, Verdict.PASS), (10, Verdict.PASS), (11, Verdict.WARN), (50, Verdict.WARN), (51, Verdict.FAIL)],
)
def test_census_takes_the_share_as_a_fact(count: int, verdict: Verdict) -> None:
    assert census(count, 1000, (0.0, 1.0), warn=0.01, fail=0.05, sampled=False) is verdict


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((0.06, 0.10), Verdict.FAIL),
        ((0.02, 0.10), Verdict.WARN),
        ((0.001, 0.009), Verdict.PASS),
        ((0.001, 0.03), Verdict.UNDERPOWERED),
    ],
)
def test_of_a_sample_the_interval_decides(interval: tuple[float, float], verdict: Verdict) -> None:
    assert census(5, 100, interval, warn=0.01, fail=0.05, sampled=True) is verdict


def test_the_rows_to_tell_from_a_limit_have_that_power() -> None:
    # With so many rows the share lies z(.975) + z(.90) standard errors of the limit away from it.
    needed = rows_to_tell(independent(0.05, 100), limit=0.02)
    assert needed is not None
    assert 0.03 / math.sqrt(0.02 * 0.98 / needed) == pytest.approx(1.959964 + 1.281552, abs=0.02)
    assert rows_to_tell(independent(0.02, 100), limit=0.02) is None
