"""Pairs that make the longer response win, or lose, more often than not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from prefaudit.checks.columns import as_mask, combined, comparable, pair_keys
from prefaudit.filters.base import Dropped, Filter, one_of

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch

#: Bins of the difference of lengths: each is this much wider than the one before.
_GROWTH = 1.25


class _Place(NamedTuple):
    """Where rows stand: the bin of their difference, who wins, and a number that is as good as random."""

    bins: NDArray[np.int64]
    longer_won: NDArray[np.bool_]
    draw: NDArray[np.uint64]
    unequal: NDArray[np.bool_]


@dataclass
class BalanceLength(Filter):
    """Drops pairs until the longer response wins half of them, at every difference of lengths.

    Pairs are put into bins by how much longer the longer response is. In each bin the pairs in which it won and
    those in which it lost are to be equally many, so some of the more frequent kind are dropped at random. Ties,
    responses of equal length, and rows without two responses to one prompt stay.

    Args:
        unit: "words" or "characters".
        seed: another one drops others; the same one always drops the same, whatever the order of the rows.
    """

    id: ClassVar[str] = "balance-length"
    check: ClassVar[str | None] = "length-bias"
    observes: ClassVar[bool] = True

    unit: str = "words"
    seed: int = 0
    _draws: dict[tuple[int, bool], list[NDArray[np.uint64]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _highest: dict[tuple[int, bool], int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one_of("balance-length:unit", self.unit, ("words", "characters"))

    def observe(self, batch: PairBatch) -> None:
        """Put the pairs into bins."""
        place = self._place(batch)
        for at in np.unique(place.bins[place.unequal]):
            for won in (False, True):
                rows = place.unequal & (place.bins == at) & (place.longer_won == won)
                self._draws.setdefault((int(at), won), []).append(place.draw[rows])

    def settle(self) -> None:
        """Find for each bin and kind the draw up to which pairs stay."""
        for at in {at for at, _ in self._draws}:
            sides = [np.sort(np.concatenate([np.empty(0, np.uint64), *self._draws[at, won]])) for won in (False, True)]
            stay = min(map(len, sides))
            for won, draws in zip((False, True), sides, strict=True):
                self._highest[at, won] = int(draws[stay - 1]) if stay else -1
        self._draws = {}

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs beyond the balance of their bin; the figure is how much longer the longer response is."""
        place = self._place(batch)
        beyond = np.zeros(len(batch), dtype=np.bool_)
        for (at, won), highest in self._highest.items():
            rows = place.unequal & (place.bins == at) & (place.longer_won == won)
            beyond |= rows if highest < 0 else rows & (place.draw > np.uint64(highest))
        chosen, rejected = self._lengths(batch)
        return [Dropped.of("one too many of its difference in length", beyond, np.abs(chosen - rejected))]

    def _place(self, batch: PairBatch) -> _Place:
        chosen, rejected = self._lengths(batch)
        difference = np.abs(chosen - rejected)
        bins = np.floor(np.log(np.maximum(difference, 1)) / np.log(_GROWTH)).astype(np.int64)
        keys = pair_keys(batch)
        rows = batch.row.to_numpy().astype(np.uint64)
        seeds = np.full(len(batch), self.seed, dtype=np.uint64)
        draw = combined(seeds, keys.prompt, keys.chosen, keys.rejected, rows)
        unequal = (difference > 0) & comparable(batch) & ~as_mask(batch.ties)
        return _Place(bins, chosen > rejected, draw, unequal)

    def _lengths(self, batch: PairBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        words = (batch.chosen_words, batch.rejected_words)
        chosen, rejected = words if self.unit == "words" else (batch.chosen_chars, batch.rejected_chars)
        return chosen.to_numpy(), rejected.to_numpy()
