"""Pairs whose two responses are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from prefaudit.filters.base import Dropped, Filter, one_of
from prefaudit.kernels import Sameness

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch

_LEVELS = {"bytes": Sameness.BYTES, "whitespace": Sameness.WHITESPACE, "form": Sameness.CASE_PUNCTUATION}


@dataclass
class Identical(Filter):
    """Drops pairs whose responses are the same: nothing can be learned from them.

    Args:
        up_to: what may differ: "bytes" nothing; "whitespace" that; "form" case and punctuation, too.
    """

    id: ClassVar[str] = "identical"
    check: ClassVar[str | None] = "identical"

    up_to: str = "bytes"

    def __post_init__(self) -> None:
        one_of("identical:up_to", self.up_to, tuple(_LEVELS))

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs up to the level of sameness; the figure is the level."""
        levels = batch.sameness.to_numpy()
        rows = (levels != Sameness.DIFFERENT) & (levels <= _LEVELS[self.up_to])
        return [Dropped.of("the two responses are the same", rows, levels)]
