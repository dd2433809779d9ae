"""Pairs that are too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit import kernels
from prefaudit.filters.base import Dropped, Filter, one_of, positive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


@dataclass
class Overlength(Filter):
    """Drops pairs in which the prompt and the longer response together exceed a length.

    Args:
        limit: the greatest length that stays.
        unit: "words" or "characters".
        flag: keep the pairs, and only list them (`Filtered.flagged`).
    """

    id: ClassVar[str] = "overlength"

    limit: int = 1024
    unit: str = "words"
    flag: bool = False

    def __post_init__(self) -> None:
        positive("overlength:limit", self.limit)
        one_of("overlength:unit", self.unit, ("words", "characters"))

    @property
    def only_flags(self) -> bool:
        """As asked for."""
        return self.flag

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs over the limit; the figure is the length."""
        lengths = self._lengths(batch)
        return [Dropped.of(f"over {self.limit:,} {self.unit}", lengths > self.limit, lengths)]

    def _lengths(self, batch: PairBatch) -> NDArray[np.int64]:
        words = self.unit == "words"
        count = kernels.word_counts if words else kernels.char_counts
        sides = (batch.chosen_words, batch.rejected_words) if words else (batch.chosen_chars, batch.rejected_chars)
        longer: NDArray[np.int64] = np.maximum(sides[0].to_numpy(), sides[1].to_numpy())
        total: NDArray[np.int64] = longer + count(batch.prompt, threads=batch.threads).to_numpy()
        return total
