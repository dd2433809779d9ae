"""Votes that too few others share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter
from prefaudit.filters.votes import Votes

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class MinAgreement(Filter):
    """Drops votes with which too small a share of all votes on their pair agrees. A single vote agrees with itself.

    Args:
        share: the least share that stays, above 0 up to 1.
    """

    id: ClassVar[str] = "min-agreement"
    check: ClassVar[str | None] = "agreement"
    observes: ClassVar[bool] = True

    share: float = 0.75
    _votes: Votes = field(default_factory=Votes, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            msg = f"min-agreement:share is {self.share:g}, but a share is above 0 and at most 1"
            raise ConfigError(msg)

    def observe(self, batch: PairBatch) -> None:
        """Count the votes."""
        self._votes.add(batch)

    def settle(self) -> None:
        """All votes are counted."""
        self._votes.settle()

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Votes below the share; the figure is the share."""
        votes = self._votes.of(batch)
        total = votes.agreeing + votes.opposed
        shares = np.divide(votes.agreeing, total, where=total > 0, out=np.ones(len(batch)))
        return [Dropped.of(f"agreement below {self.share:g}", shares < self.share, shares)]
