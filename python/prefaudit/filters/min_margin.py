"""Pairs whose responses were rated too much alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


@dataclass
class MinMargin(Filter):
    """Drops pairs whose margin is below a limit, or not known. Exactly one limit is given.

    Args:
        difference: least difference of the two scores (chosen minus rejected).
        ratio: least ratio of the scores, chosen to rejected; a score that is not positive has none.
        strength: least strength of the preference, as the source states it.
    """

    id: ClassVar[str] = "min-margin"

    difference: float | None = None
    ratio: float | None = None
    strength: float | None = None

    def __post_init__(self) -> None:
        if len(self._limits()) != 1:
            msg = "min-margin takes one of difference, ratio and strength, as in min-margin:difference=1"
            raise ConfigError(msg)

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]  # it depends on the settings
        """The strength, or the two scores."""
        return ("strength",) if self.strength is not None else ("score_chosen", "score_rejected")

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs without a margin, and those below the limit; the figure is the margin."""
        ((name, limit),) = self._limits().items()
        margins = self._margins(batch, name)
        known = np.isfinite(margins)
        below = np.less(margins, limit, where=known, out=np.zeros(len(margins), dtype=np.bool_))
        return [
            Dropped.of(f"{name} is not known", ~known),
            Dropped.of(f"{name} below {limit:g}", below, margins),
        ]

    def _limits(self) -> dict[str, float]:
        limits = {"difference": self.difference, "ratio": self.ratio, "strength": self.strength}
        return {name: limit for name, limit in limits.items() if limit is not None}

    def _margins(self, batch: PairBatch, name: str) -> NDArray[np.float64]:
        if name == "strength":
            return numbers(batch, "strength")
        chosen = numbers(batch, "score_chosen")
        rejected = numbers(batch, "score_rejected")
        if name == "difference":
            differences: NDArray[np.float64] = chosen - rejected
            return differences
        positive = (chosen > 0) & (rejected > 0)
        ratios: NDArray[np.float64] = np.divide(chosen, rejected, where=positive, out=np.full(len(chosen), np.nan))
        return ratios
