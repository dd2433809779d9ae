"""Circles of preferences, against enumeration in plain Python."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefaudit.stats import preferences
from prefaudit.stats.preferences import Edges, triads, votes_to_drop


@st.composite
def graphs(draw: st.DrawFn, most: int = 6) -> Edges:
    n = draw(st.integers(2, most))
    net = {pair: draw(st.integers(-3, 3)) for pair in combinations(range(n), 2)}
    kept = [(a, b, votes) if votes > 0 else (b, a, -votes) for (a, b), votes in net.items() if votes]
    winner, loser, votes = (
        (np.array(column, dtype=np.int64) for column in zip(*kept, strict=True))
        if kept
        else [np.empty(0, dtype=np.int64)] * 3
    )
    return Edges(winner, loser, votes, n)


def beats(edges: Edges) -> dict[tuple[int, int], int]:
    return {(int(a), int(b)): int(votes) for a, b, votes in zip(*edges[:3], strict=True)}


@given(graphs())
def test_triads_are_those_that_enumeration_finds(edges: Edges) -> None:
    won = beats(edges)
    complete = cyclic = 0
    for three in combinations(range(edges.nodes), 3):
        wins = sorted(sum((a, b) in won for b in three) for a in three)
        complete += sum(wins) == 3
        cyclic += wins == [1, 1, 1]
    found = triads(edges)
    assert (found.complete.sum(), found.cyclic.sum()) == (complete, cyclic)


@given(graphs())
def test_the_votes_to_drop_are_those_of_the_best_order(edges: Edges) -> None:
    won = beats(edges)
    least = min(
        sum(votes for (a, b), votes in won.items() if order.index(a) > order.index(b))
        for order in permutations(range(edges.nodes))
    )
    assert votes_to_drop(edges) == (least, True)


@given(graphs())
def test_the_greedy_order_never_needs_fewer_and_at_most_half(edges: Edges) -> None:
    needed = preferences._greedy(edges)
    assert votes_to_drop(edges).votes <= needed <= edges.votes.sum() / 2


def test_beyond_fifteen_nodes_it_is_a_bound() -> None:
    n = preferences.EXACT_NODES + 1
    ring = Edges(np.arange(n), np.roll(np.arange(n), -1), np.full(n, 3), n)
    assert votes_to_drop(ring) == (3, False)


def test_separate_circles_add_up() -> None:
    winner, loser = np.array([0, 1, 2, 3, 4, 5]), np.array([1, 2, 0, 4, 5, 3])
    assert votes_to_drop(Edges(winner, loser, np.array([1, 2, 3, 7, 6, 5]), 6)) == (6, True)


@pytest.mark.parametrize("n", [8, 30])
def test_random_tournaments_are_cyclic_in_one_of_four(n: int) -> None:
    # Kendall & Babington Smith: of n players, C(n, 3) / 4 circular triads are expected by chance.
    rng = np.random.default_rng(0)
    low, high = np.triu_indices(n, 1)
    cyclic = 0
    for _ in range(200):
        forth = rng.random(len(low)) < 0.5
        edges = Edges(np.where(forth, low, high), np.where(forth, high, low), np.ones(len(low), dtype=np.int64), n)
        cyclic += int(triads(edges).cyclic.sum())
    assert cyclic / (200 * n * (n - 1) * (n - 2) / 6) == pytest.approx(0.25, abs=0.01)
