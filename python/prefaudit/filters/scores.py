"""Pairs whose scores contradict their label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.checks.columns import as_mask
from prefaudit.filters.base import Dropped, Filter, numbers

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Scores(Filter):
    """Drops pairs in which the rejected response has the higher score."""

    id: ClassVar[str] = "scores"
    check: ClassVar[str | None] = "scores"
    needs: ClassVar[tuple[str, ...]] = ("score_chosen", "score_rejected")

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs with a preference and a negative margin; the figure is the margin."""
        chosen, rejected = numbers(batch, "score_chosen"), numbers(batch, "score_rejected")
        with np.errstate(over="ignore", invalid="ignore"):
            margins = chosen - rejected
        against = np.less(chosen, rejected) & ~as_mask(batch.ties)
        return [Dropped.of("the rejected response has the higher score", against, margins)]
