"""Exact means, quantiles and shares from counts."""

from __future__ import annotations

import json
from statistics import mean, median

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from prefaudit.stats.histogram import IntHistogram, RatioHistogram

lengths = st.lists(st.integers(0, 2000), min_size=1, max_size=60)
ratios = st.lists(
    st.one_of(st.floats(0, 1), st.integers(0, 20).map(lambda i: i / 20), st.sampled_from([0.7, 0.9])),
    min_size=1,
    max_size=60,
)


@given(lengths)
def test_mean_and_median_are_those_of_the_statistics_module(values: list[int]) -> None:
    histogram = IntHistogram()
    histogram.add(np.array(values, dtype=np.int64))
    assert histogram.mean() == mean(values)
    assert histogram.median() == median(values)
    assert histogram.total == len(values)
    assert histogram[values[0]] == values.count(values[0])


def test_nothing_counted() -> None:
    assert IntHistogram().mean() == IntHistogram().median() == RatioHistogram().mean() == 0.0


@given(ratios)
def test_counts_above_an_edge_are_those_of_a_comparison(values: list[float]) -> None:
    histogram = RatioHistogram()
    histogram.add(np.array(values))
    for edge in (0.0, 0.05, 0.35, 0.7, 0.9, 0.95):
        expected = sum(value > edge for value in values) + (sum(value == 0 for value in values) if edge == 0 else 0)
        assert histogram.count_above(edge) == expected
    assert abs(histogram.mean() - mean(values)) < 2**-40
    assert sum(histogram.counts) == len(values)


@given(ratios, st.randoms())
def test_the_sum_does_not_depend_on_the_order(values: list[float], random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    whole, parts = RatioHistogram(), RatioHistogram()
    whole.add(np.array(values))
    for value in shuffled:
        parts.add(np.array([value]))
    assert json.dumps(whole.to_state()) == json.dumps(parts.to_state())
