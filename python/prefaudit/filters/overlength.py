"""Pairs that are too long."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prefaudit import kernels
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter, one_of, positive
from prefaudit.tokens import Encoder, PairEncoder, open_tokenizer, pair_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


@dataclass
class Overlength(Filter):
    """Drops pairs in which the prompt and the longer response together exceed a length.

    Args:
        limit: the greatest length that stays.
        unit: "words", "characters", or "tokens": of the longer of the two texts as `prefaudit.torch` tokenizes them,
            special tokens included.
        flag: keep the pairs, and only list them (`Filtered.flagged`).
        tokenizer: what makes the tokens: a name or a folder; in Python the tokenizer itself, too.
    """

    id: ClassVar[str] = "overlength"

    limit: int = 1024
    unit: str = "words"
    flag: bool = False
    tokenizer: Any = None

    def __post_init__(self) -> None:
        positive("overlength:limit", self.limit)
        one_of("overlength:unit", self.unit, ("words", "characters", "tokens"))
        if (self.unit == "tokens") != bool(self.tokenizer):
            msg = "overlength in tokens takes a tokenizer, as in overlength:512,unit=tokens,tokenizer=gpt2"
            raise ConfigError(msg)

    @property
    def only_flags(self) -> bool:
        """As asked for."""
        return self.flag

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs over the limit; the figure is the length."""
        lengths = self._lengths(batch)
        return [Dropped.of(f"over {self.limit:,} {self.unit}", lengths > self.limit, lengths)]

    def _lengths(self, batch: PairBatch) -> NDArray[np.int64]:
        if self.unit == "tokens":
            return self._tokens(batch)
        words = self.unit == "words"
        count = kernels.word_counts if words else kernels.char_counts
        sides = (batch.chosen_words, batch.rejected_words) if words else (batch.chosen_chars, batch.rejected_chars)
        longer: NDArray[np.int64] = np.maximum(sides[0].to_numpy(), sides[1].to_numpy())
        total: NDArray[np.int64] = longer + count(batch.prompt, threads=batch.threads).to_numpy()
        return total

    def _tokens(self, batch: PairBatch) -> NDArray[np.int64]:
        found = self._encoder.encode(*pair_texts(batch))
        special = self._encoder.max_length - self._encoder.room
        longer: NDArray[np.int64] = np.maximum(found.chosen.lengths, found.rejected.lengths)
        return longer + special

    @cached_property
    def _encoder(self) -> PairEncoder:
        return PairEncoder(Encoder(open_tokenizer(self.tokenizer)), self.limit)
