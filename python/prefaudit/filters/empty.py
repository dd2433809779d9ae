"""Pairs with a response, or a prompt, without a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from prefaudit import kernels
from prefaudit.filters.base import Dropped, Filter

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Empty(Filter):
    """Drops pairs in which a response holds nothing but whitespace.

    Args:
        prompt: drop those without a prompt, too.
    """

    id: ClassVar[str] = "empty"

    prompt: bool = False

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs with an empty response, then pairs with an empty prompt."""
        response = (batch.chosen_words.to_numpy() == 0) | (batch.rejected_words.to_numpy() == 0)
        found = [Dropped.of("a response is empty", response)]
        if self.prompt:
            prompt = kernels.word_counts(batch.prompt, threads=batch.threads).to_numpy() == 0
            found.append(Dropped.of("the prompt is empty", prompt & ~response))
        return found
