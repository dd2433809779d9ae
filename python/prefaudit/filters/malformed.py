"""Pairs with a defect of the structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.checks.structure import defects
from prefaudit.filters.base import Dropped, Filter

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Malformed(Filter):
    """Drops pairs with a defect that `structure` counts: an empty response, damaged text, roles out of order."""

    id: ClassVar[str] = "malformed"
    check: ClassVar[str | None] = "structure"

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs by their first defect."""
        left = np.ones(len(batch), dtype=np.bool_)
        found = []
        for name, rows in defects(batch).items():
            found.append(Dropped.of(name, rows & left))
            left &= ~rows
        return found
