"""Pairs whose two responses are nearly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter, one_of

if TYPE_CHECKING:
    import pyarrow as pa

    from prefaudit.pairs import PairBatch


@dataclass
class NearDuplicate(Filter):
    """Drops pairs whose similarity, difflib's ratio, is above a threshold.

    Args:
        threshold: from 0 to 1; a pair with exactly this ratio stays.
        texts: "responses", without the whitespace around them; or "full", the whole transcripts.
        autojunk: difflib's heuristic, which makes long texts look less alike than they are.
    """

    id: ClassVar[str] = "near-duplicate"
    check: ClassVar[str | None] = "near-duplicate"

    threshold: float = 0.9
    texts: str = "responses"
    autojunk: bool = False

    def __post_init__(self) -> None:
        one_of("near-duplicate:texts", self.texts, ("responses", "full"))
        if not 0 <= self.threshold <= 1:
            msg = f"near-duplicate:threshold is {self.threshold:g}, but a ratio is from 0 to 1"
            raise ConfigError(msg)

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs above the threshold; the figure is the ratio."""
        one, two = self._sides(batch)
        found = kernels.ratios(
            one, two, autojunk=self.autojunk, score_cutoff=self.threshold, threads=batch.threads
        ).to_numpy()
        return [Dropped.of(f"ratio above {self.threshold:g}", found > self.threshold, found)]

    def _sides(self, batch: PairBatch) -> tuple[pa.Array, pa.Array]:
        if self.texts == "full":
            return batch.chosen_full, batch.rejected_full
        return pc.utf8_trim_whitespace(batch.chosen), pc.utf8_trim_whitespace(batch.rejected)
