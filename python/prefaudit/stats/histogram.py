"""How often each value came: exact means and quantiles of integers, binned shares of ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class IntHistogram(State):
    """Each value of a non-negative integer, with how often it came.

    It grows with the number of *distinct* values (some hundreds for word counts), never with the rows.

    Example:
        >>> lengths = IntHistogram()
        >>> lengths.add(np.array([3, 1, 4, 1]))
        >>> lengths.total, lengths.mean(), lengths.median()
        (4, 2.25, 2.0)
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def add(self, values: NDArray[np.int64]) -> None:
        """Count each of the values."""
        distinct, counts = np.unique(values, return_counts=True)
        self._add(zip(distinct.tolist(), counts.tolist(), strict=True))

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self._counts.values())

    def __getitem__(self, value: int) -> int:
        return self._counts.get(value, 0)

    def mean(self) -> float:
        """The arithmetic mean, rounded once; 0.0 when nothing was counted."""
        return sum(value * count for value, count in self._counts.items()) / max(self.total, 1)

    def median(self) -> float:
        """The middle value, or halfway between the two middle ones; 0.0 when nothing was counted."""
        total = self.total
        return (self._at((total - 1) // 2) + self._at(total // 2)) / 2 if total else 0.0

    def _at(self, rank: int) -> int:
        """The value at a 0-based rank among the sorted ones."""
        for value, count in sorted(self._counts.items()):
            rank -= count
            if rank < 0:
                return value
        raise IndexError(rank)

    def _add(self, pairs: Iterable[tuple[int, int]]) -> None:
        for value, count in pairs:
            self._counts[value] = self[value] + count

    def merge(self, other: Self) -> None:
        """Add the counts of `other`."""
        self._add(other._counts.items())

    def to_state(self) -> list[list[int]]:
        """Pairs of value and count, sorted."""
        return [list(pair) for pair in sorted(self._counts.items())]

    def load_state(self, state: list[tuple[int, int]]) -> None:
        """Become what `to_state` gave."""
        self._counts = dict(state)


class RatioHistogram(State):
    """Ratios from 0 to 1 in twenty bins that are closed on the right, with their exact mean.

    Bin edges are the floats i / 20, so `share_above(0.9)` counts just what `ratio > 0.9` is true for.
    The sum is kept in units of 2**-40: integers add up the same in any order.

    Example:
        >>> ratios = RatioHistogram()
        >>> ratios.add(np.array([0.25, 0.75, 0.9375, 1.0]))
        >>> ratios.count_above(0.9), ratios.count_above(0.7), ratios.mean()
        (2, 3, 0.734375)
    """

    BINS = 20
    _UNIT = 2**40

    def __init__(self) -> None:
        self._counts = np.zeros(self.BINS, dtype=np.int64)
        self._sum = 0

    def add(self, ratios: NDArray[np.float64]) -> None:
        """Count each of the ratios."""
        bins = np.searchsorted(self._edges(), ratios, side="left")
        self._counts += np.bincount(bins, minlength=self.BINS)
        self._sum += int(np.rint(ratios * self._UNIT).astype(np.int64).sum())

    @classmethod
    def _edges(cls) -> NDArray[np.float64]:
        """The inner edges: the bin of a ratio is the number of edges below it."""
        return np.arange(1, cls.BINS) / cls.BINS

    @property
    def total(self) -> int:
        """How many ratios were counted."""
        return int(self._counts.sum())

    @property
    def counts(self) -> list[int]:
        """The counts of the bins [0, .05], (.05, .1] ... (.95, 1]."""
        return [int(count) for count in self._counts]

    def count_above(self, edge: float) -> int:
        """How many ratios are over `edge`, which must be an edge of the bins."""
        return int(self._counts[round(edge * self.BINS) :].sum())

    def mean(self) -> float:
        """The arithmetic mean to within 2**-41; 0.0 when nothing was counted."""
        return self._sum / (self._UNIT * max(self.total, 1))

    def merge(self, other: Self) -> None:
        """Add the counts and the sum of `other`."""
        self._counts += other._counts
        self._sum += other._sum

    def to_state(self) -> dict[str, list[int] | int]:
        """The counts of the bins and the sum in units of 2**-40."""
        return {"counts": self.counts, "sum": self._sum}

    def load_state(self, state: dict[str, Any]) -> None:
        """Become what `to_state` gave."""
        self._counts = np.array(state["counts"], dtype=np.int64)
        self._sum = state["sum"]
