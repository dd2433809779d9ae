"""Votes that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from prefaudit.filters.base import Dropped, Filter, one_of
from prefaudit.filters.circles import Circles
from prefaudit.filters.votes import Votes

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Contradictions(Filter):
    """Drops votes on pairs that were judged both ways, and then those on a circle: A beats B, B beats C, C beats A.

    Args:
        keep: "none" drops all votes on a pair that was judged both ways; "majority" keeps those that agree with most,
            and none where there is no majority.
        circles: "drop" drops all votes between responses that are on a circle; "keep" leaves them.
    """

    id: ClassVar[str] = "contradictions"
    check: ClassVar[str | None] = "contradictions"
    observes: ClassVar[bool] = True

    keep: str = "none"
    circles: str = "drop"
    _votes: Votes = field(default_factory=Votes, init=False, repr=False, compare=False)
    _circles: Circles = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one_of("contradictions:keep", self.keep, ("none", "majority"))
        one_of("contradictions:circles", self.circles, ("drop", "keep"))
        self._circles = Circles(unanimous=self.keep == "none")

    def observe(self, batch: PairBatch) -> None:
        """Count the votes."""
        self._votes.add(batch)
        if self.circles == "drop":
            self._circles.add(batch)

    def settle(self) -> None:
        """All votes are counted."""
        self._votes.settle()
        self._circles.settle()

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Votes on pairs with votes the other way, and how many; votes on a circle, and of how many responses."""
        votes = self._votes.of(batch)
        against = votes.opposed > 0 if self.keep == "none" else (votes.opposed >= votes.agreeing) & (votes.opposed > 0)
        circle = self._circles.of(batch)
        return [
            Dropped.of("other votes on this pair contradict it", against, votes.opposed),
            Dropped.of("its responses beat each other in a circle", (circle > 0) & ~against, circle),
        ]
