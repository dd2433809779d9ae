"""Alpha and kappa against the packages that define them, and against a published example."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prefaudit.stats.alpha import alpha, alpha_interval, kappa, pairwise_agreement

vote_counts = hnp.arrays(np.int64, st.tuples(st.integers(1, 20), st.just(3)), elements=st.integers(0, 3))

#: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, alpha .743.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_the_published_example() -> None:
    counts = [[column.count(value) for value in range(1, 6)] for column in zip(*PUBLISHED, strict=True)]
    assert alpha(np.array(counts)) == pytest.approx(0.743, abs=0.0005)


@given(vote_counts)
def test_alpha_is_that_of_the_package(counts: np.ndarray) -> None:
    several = counts[counts.sum(axis=1) > 1]
    assume(len(several) > 0 and (several.sum(axis=0) > 0).sum() > 1)
    expected = krippendorff.alpha(value_counts=several, level_of_measurement="nominal")
    assert alpha(counts) == pytest.approx(expected, abs=1e-12)


@given(vote_counts)
def test_the_interval_does_not_depend_on_the_order(counts: np.ndarray) -> None:
    low, high = alpha_interval(counts)
    assert -1 <= low <= high <= 1
    assert alpha_interval(counts[::-1]) == (low, high)


def test_alpha_of_one_category_is_not_defined() -> None:
    assert math.isnan(alpha(np.array([[3, 0], [2, 0]])))
    assert math.isnan(alpha(np.array([[1, 0]])))


def test_the_interval_covers() -> None:
    rng = np.random.default_rng(3)

    def sample(items: int) -> np.ndarray:
        """Two votes an item that are both the truth in 7 of 10, else at random: alpha is .7 of two even categories."""
        truth, same = rng.integers(0, 2, items), rng.random(items) < 0.7
        votes = np.where(same, truth, rng.integers(0, 2, (2, items)))
        return np.stack([(votes == 0).sum(axis=0), (votes == 1).sum(axis=0)], axis=1)

    assert alpha(sample(200_000)) == pytest.approx(0.7, abs=0.005)
    sets = 400
    covered = sum(low <= 0.7 <= high for low, high in (alpha_interval(sample(200)) for _ in range(sets)))
    assert covered >= 0.95 * sets - 2 * (0.95 * 0.05 * sets) ** 0.5


def test_pairs_of_votes() -> None:
    assert pairwise_agreement(np.array([[3, 0, 0], [1, 1, 1], [2, 1, 0], [1, 0, 0]])) == (4, 9)


def test_kappa_of_a_published_table() -> None:
    # Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, table 18.1: kappa .68.
    assert kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])) == pytest.approx(0.68, abs=0.005)
    assert math.isnan(kappa(np.array([[5, 0], [0, 0]])))
    assert math.isnan(kappa(np.zeros((3, 3), dtype=np.int64)))
