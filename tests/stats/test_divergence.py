"""The divergence held to SciPy's, its test to uniform p-values, its interval to simulation, lacks to enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import binom

from prefaudit.stats.divergence import excess, jensen_shannon, lacking

counts = st.lists(st.integers(0, 50), min_size=2, max_size=6).filter(any)


@given(st.integers(2, 6).flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 50), min_size=k, max_size=k)] * 2)))
def test_it_is_the_square_of_scipys_distance(two: tuple[list[int], list[int]]) -> None:
    if not (any(two[0]) and any(two[1])):
        return
    one, other = map(np.array, two)
    expected = jensenshannon(one / one.sum(), other / other.sum(), base=2) ** 2
    assert float(jensen_shannon(one, other)) == pytest.approx(expected, abs=1e-7)


def test_p_values_of_two_parts_of_one_whole_are_uniform() -> None:
    rng = np.random.default_rng(7)
    shares = rng.dirichlet(np.ones(12))
    p = np.array([excess(rng.multinomial(400, shares), rng.multinomial(150, shares)).p for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert abs((p <= level).mean() - level) < 3.5 * np.sqrt(level * (1 - level) / 400)


@pytest.mark.parametrize("apart", [0.15, 0.3, 0.6])
def test_the_interval_covers(apart: float) -> None:
    rng = np.random.default_rng(3)
    one = rng.dirichlet(np.full(20, 3.0))
    other = (1 - apart) * one + apart * np.roll(one, 7)
    truth = float(jensen_shannon(one, other))
    sets = 500
    held = 0
    for _ in range(sets):
        low, high = excess(rng.multinomial(1500, one), rng.multinomial(800, other)).interval
        held += low <= truth <= high
    assert 0.93 <= held / sets <= 1.0


def test_ends_and_estimate_are_in_order() -> None:
    found = excess(np.array([100, 0]), np.array([0, 100]))
    assert found.interval[0] <= found.value <= found.interval[1] <= 1.0
    assert found.p == 0.001
    same = excess(np.array([5, 5]), np.array([50, 50]))
    assert (same.value, same.interval[0]) == (0.0, 0.0)


def test_a_lack_is_an_exact_test_of_two_rates() -> None:
    data, target = np.array([1, 40, 4959]), np.array([30, 60, 910])
    found = {lack.at: lack for lack in lacking(data, target, 0.01, 0.2)}
    part = 5000 * 0.2 / (5000 * 0.2 + 1000)
    for at in (0, 1, 2):
        p = binom.cdf(data[at], data[at] + target[at], part)
        assert found[at].missing == (p <= 0.05 / 3)
    assert (found[0].missing, found[1].missing, found[2].missing) == (True, False, False)
    assert found[0].at_most < 30 / 1000 / 5


def test_a_kind_that_the_target_hardly_has_is_not_looked_for() -> None:
    assert [lack.at for lack in lacking(np.array([0, 999]), np.array([9, 991]), 0.01, 0.2)] == [1]


def test_lacks_of_two_parts_of_one_whole_are_rare() -> None:
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.ones(50))
    found = [
        any(lack.missing for lack in lacking(rng.multinomial(2000, shares), rng.multinomial(500, shares), 0.01, 0.2))
        for _ in range(400)
    ]
    assert sum(found) <= 1
