"""Graphs of preferences: who beat whom, whether three go in a circle, and what it takes to straighten them out.

A graph holds nodes 0 .. n - 1 and edges winner -> loser, at most one between two nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Up to this many nodes that are all on circles together the fewest votes to drop are found exactly.
EXACT_NODES = 15


class Edges(NamedTuple):
    """Who beat whom, and by how many votes net."""

    winner: NDArray[np.int64]
    loser: NDArray[np.int64]
    votes: NDArray[np.int64]
    nodes: int


class Triads(NamedTuple):
    """Threes of nodes that were all compared with each other, counted at one node of each."""

    complete: NDArray[np.int64]
    cyclic: NDArray[np.int64]


def triads(edges: Edges) -> Triads:
    """Count the complete threes, and those that go in a circle (Kendall & Babington Smith 1940, Biometrika 31:324).

    Edges are turned from the node of lower degree to that of higher, which keeps the work within the number of
    edges to the power 1.5 (Chiba & Nishizeki 1985, SIAM J. Comput. 14:210).

    Returns:
        For each node, the threes whose node of least degree it is.

    Example:
        >>> circle = Edges(np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([1, 1, 1]), nodes=3)
        >>> found = triads(circle)
        >>> int(found.complete.sum()), int(found.cyclic.sum())
        (1, 1)
    """
    winner, loser, _, n = edges
    if not len(winner):
        return Triads(np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    from scipy.sparse import csr_array

    degree = np.bincount(np.concatenate([winner, loser]), minlength=n)
    forward = (degree[winner] < degree[loser]) | ((degree[winner] == degree[loser]) & (winner < loser))
    low, high = np.where(forward, winner, loser), np.where(forward, loser, winner)

    def matrix(where: NDArray[np.bool_]) -> csr_array:
        return csr_array((np.ones(int(where.sum()), dtype=np.int64), (low[where], high[where])), shape=(n, n))

    ways, forth, back = (matrix(where) for where in (np.ones_like(forward), forward, ~forward))
    complete = (ways @ ways) * ways
    cyclic = (forth @ forth) * back + (back @ back) * forth
    return Triads(*(np.asarray(counts.sum(axis=1), dtype=np.int64).reshape(n) for counts in (complete, cyclic)))


class Dropped(NamedTuple):
    """How many net votes have to go until nobody goes in a circle; `exact` or no more than that."""

    votes: int
    exact: bool


def votes_to_drop(edges: Edges) -> Dropped:
    """The net votes of the lightest set of edges without which there are no circles.

    Exact where up to `EXACT_NODES` nodes are on circles together, by the order of least cost over all subsets
    (Lawler 1964); beyond that at most as many as the greedy order needs (Eades, Lin & Smyth 1993, IPL 47:319).

    Example:
        >>> circle = Edges(np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([5, 2, 4]), nodes=3)
        >>> votes_to_drop(circle)
        Dropped(votes=2, exact=True)
    """
    winner, loser, votes, n = edges
    if not len(winner):
        return Dropped(0, exact=True)
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((votes, (winner, loser)), shape=(n, n))
    _, component = connected_components(graph, connection="strong")
    inside = np.flatnonzero(component[winner] == component[loser])
    total, exact = 0, True
    inside = inside[np.argsort(component[winner[inside]], kind="stable")]
    starts = np.flatnonzero(np.diff(component[winner[inside]], prepend=-1))
    for part in np.split(inside, starts[1:]) if len(inside) else ():
        nodes, ends = np.unique(np.concatenate([winner[part], loser[part]]), return_inverse=True)
        small = Edges(ends[: len(part)], ends[len(part) :], votes[part], len(nodes))
        exact &= small.nodes <= EXACT_NODES
        total += _least(small) if small.nodes <= EXACT_NODES else _greedy(small)
    return Dropped(total, exact)


def _least(edges: Edges) -> int:
    """The least weight of edges that point backwards, over all orders of the nodes."""
    n = edges.nodes
    beats = np.zeros((n, n), dtype=np.int64)
    beats[edges.winner, edges.loser] = edges.votes
    # cost[v, s]: what v costs when it comes right after the nodes of the set s (bits) that it beats.
    cost = np.zeros((n, 1 << n), dtype=np.int64)
    sets, sizes = np.arange(1 << n), np.zeros(1 << n, dtype=np.int64)
    for u in range(n):
        cost[:, 1 << u : 2 << u] = cost[:, : 1 << u] + beats[:, u, None]
        sizes[1 << u : 2 << u] = sizes[: 1 << u] + 1
    best = np.full(1 << n, np.iinfo(np.int64).max)
    best[0] = 0
    for size in range(1, n + 1):
        level = sets[sizes == size]
        for v in range(n):
            having = level[(level >> v) & 1 == 1]
            without = having ^ (1 << v)
            best[having] = np.minimum(best[having], best[without] + cost[v, without])
    return int(best[-1])


def _greedy(edges: Edges) -> int:
    """The weight of edges that point backwards in the order of Eades, Lin & Smyth."""
    from scipy.sparse import csr_array

    winner, loser, votes, n = edges
    won, lost = (csr_array((votes, ends), shape=(n, n)) for ends in ((winner, loser), (loser, winner)))
    out, into = (np.asarray(side.sum(axis=1)).reshape(n) for side in (won, lost))
    place, front, back = np.zeros(n, dtype=np.int64), 0, n
    alive = np.ones(n, dtype=np.bool_)
    for _ in range(n):
        sinks = alive & (out == 0)
        if sinks.any():
            node, back = int(np.argmax(sinks)), back - 1
            place[node] = back
        else:
            lead = np.where(into == 0, np.iinfo(np.int64).max, out - into)
            node = int(np.argmax(np.where(alive, lead, np.iinfo(np.int64).min)))
            place[node], front = front, front + 1
        alive[node] = False
        for side, weight in ((won, into), (lost, out)):
            part = slice(side.indptr[node], side.indptr[node + 1])
            weight[side.indices[part]] -= side.data[part]
    return int(votes[place[winner] > place[loser]].sum())
