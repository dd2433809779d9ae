"""Votes on the same two responses to the same prompt, whichever of the two each chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prefaudit.checks.columns import as_mask, combined, comparable, pair_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


class Ballot(NamedTuple):
    """For each row: how many votes on its pair agree with it, itself among them, and how many do not.

    Rows without a direction (ties, equal responses, transcripts that part early) have none of either.
    """

    agreeing: NDArray[np.int64]
    opposed: NDArray[np.int64]


class Votes:
    """Counts votes by pair: all are added first, then settled, then looked up."""

    def __init__(self) -> None:
        self._seen: list[tuple[NDArray[np.uint64], NDArray[np.bool_]]] = []
        self._pairs = np.empty(0, np.uint64)
        self._first = np.empty(0, np.int64)
        self._second = np.empty(0, np.int64)

    def add(self, batch: PairBatch) -> None:
        """Add the votes of a batch."""
        pairs, first_won, rows = _keys(batch)
        self._seen.append((pairs[rows], first_won[rows]))

    def settle(self) -> None:
        """Count."""
        empty = (np.empty(0, np.uint64), np.empty(0, np.bool_))
        pairs, first_won = (np.concatenate(parts) for parts in zip(empty, *self._seen, strict=True))
        self._seen = []
        self._pairs, group = np.unique(pairs, return_inverse=True)
        self._first = np.bincount(group[first_won], minlength=len(self._pairs))
        self._second = np.bincount(group[~first_won], minlength=len(self._pairs))

    def of(self, batch: PairBatch) -> Ballot:
        """The votes on the pair of each row."""
        pairs, first_won, rows = _keys(batch)
        if not len(self._pairs):
            return Ballot(np.zeros(len(batch), np.int64), np.zeros(len(batch), np.int64))
        at = np.minimum(np.searchsorted(self._pairs, pairs), len(self._pairs) - 1)
        known = rows & (self._pairs[at] == pairs)
        first, second = np.where(known, self._first[at], 0), np.where(known, self._second[at], 0)
        return Ballot(np.where(first_won, first, second), np.where(first_won, second, first))


def vote_pairs(batch: PairBatch) -> NDArray[np.uint64]:
    """A hash of each row's prompt and two responses, in either order."""
    keys = pair_keys(batch)
    return combined(keys.prompt, np.minimum(keys.chosen, keys.rejected), np.maximum(keys.chosen, keys.rejected))


def directed(batch: PairBatch) -> NDArray[np.bool_]:
    """Which rows say which of two responses to the same prompt is the better one."""
    keys = pair_keys(batch)
    found: NDArray[np.bool_] = comparable(batch) & ~as_mask(batch.ties) & (keys.chosen != keys.rejected)
    return found


def _keys(batch: PairBatch) -> tuple[NDArray[np.uint64], NDArray[np.bool_], NDArray[np.bool_]]:
    return vote_pairs(batch), pair_keys(batch).first_won, directed(batch)
