"""Votes on one pair that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from prefaudit.filters.base import Dropped, Filter, one_of
from prefaudit.filters.votes import Votes

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Contradictions(Filter):
    """Drops votes on pairs that were judged both ways.

    Args:
        keep: "none" drops all votes on such a pair; "majority" keeps those that agree with most, and none where there
            is no majority.
    """

    id: ClassVar[str] = "contradictions"
    check: ClassVar[str | None] = "contradictions"
    observes: ClassVar[bool] = True

    keep: str = "none"
    _votes: Votes = field(default_factory=Votes, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one_of("contradictions:keep", self.keep, ("none", "majority"))

    def observe(self, batch: PairBatch) -> None:
        """Count the votes."""
        self._votes.add(batch)

    def settle(self) -> None:
        """All votes are counted."""
        self._votes.settle()

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Votes on pairs with votes the other way; the figure is how many."""
        votes = self._votes.of(batch)
        against = votes.opposed > 0 if self.keep == "none" else (votes.opposed >= votes.agreeing) & (votes.opposed > 0)
        return [Dropped.of("other votes on this pair contradict it", against, votes.opposed)]
