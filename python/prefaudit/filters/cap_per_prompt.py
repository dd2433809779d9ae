"""More pairs of one prompt than wanted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.checks.columns import pair_keys
from prefaudit.filters.base import Dropped, Filter, positive

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class CapPerPrompt(Filter):
    """Keeps the first so many pairs of each prompt, so that no prompt outweighs the others.

    Prompts are told apart by `prompt_id` where the source has one; pairs without a prompt share none.

    Args:
        limit: pairs of one prompt that stay.
    """

    id: ClassVar[str] = "cap-per-prompt"

    limit: int = 1
    _seen: Counter[int] = field(default_factory=Counter, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positive("cap-per-prompt:limit", self.limit)

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs beyond the limit; the figure is how many of the prompt there were up to this one."""
        ranks = np.empty(len(batch), dtype=np.int64)
        for at, prompt in enumerate(pair_keys(batch).prompt.tolist()):
            self._seen[prompt] += 1
            ranks[at] = self._seen[prompt]
        return [Dropped.of(f"more than {self.limit:,} pairs of one prompt", ranks > self.limit, ranks)]
