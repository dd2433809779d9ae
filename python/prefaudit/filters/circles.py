"""Responses that beat each other in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prefaudit.checks.columns import combined, pair_keys
from prefaudit.filters.votes import directed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


class Circles:
    """Finds who is on a circle: all votes are added first, then settled, then looked up.

    Args:
        unanimous: whether only pairs with no vote the other way count; else the net majority of a pair does.
    """

    def __init__(self, *, unanimous: bool) -> None:
        self._unanimous = unanimous
        self._seen: list[NDArray[np.uint64]] = []
        self._nodes = np.empty(0, np.uint64)
        self._circle = np.empty(0, np.int64)

    def add(self, batch: PairBatch) -> None:
        """Add the votes of a batch."""
        self._seen.append(_ends(batch)[:, directed(batch)])

    def settle(self) -> None:
        """Find the circles: responses each of which beats each other one, if only by way of others."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        ends = np.concatenate([np.empty((2, 0), np.uint64), *self._seen], axis=1)
        self._seen = []
        self._nodes, places = np.unique(ends, return_inverse=True)
        winner, loser = places.reshape(ends.shape)
        met, votes = np.unique(np.stack([winner, loser]), axis=1, return_counts=True)
        n = len(self._nodes)
        if n:
            wins = csr_array((votes, (met[0], met[1])), shape=(n, n))
            against = wins.multiply(wins.T.astype(bool)) if self._unanimous else wins.T
            stays = (wins - against).maximum(0)
            stays.eliminate_zeros()
            self._circle = connected_components(stays, connection="strong")[1]

    def of(self, batch: PairBatch) -> NDArray[np.int64]:
        """For each row how many responses are on the circle that both of its own are on; 0 where they are on none."""
        if not len(self._nodes):
            return np.zeros(len(batch), np.int64)
        ends = _ends(batch)
        places = np.minimum(np.searchsorted(self._nodes, ends), len(self._nodes) - 1)
        winner, loser = self._circle[places]
        same = directed(batch) & (winner == loser) & (self._nodes[places] == ends).all(axis=0)
        return np.where(same, np.bincount(self._circle)[winner], 0)


def _ends(batch: PairBatch) -> NDArray[np.uint64]:
    """The response to the prompt that won in each row, and the one that lost."""
    keys = pair_keys(batch)
    return np.stack([combined(keys.prompt, side) for side in (keys.chosen, keys.rejected)])
