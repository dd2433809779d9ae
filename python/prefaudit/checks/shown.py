"""Which response was shown first, told in a way that does not depend on which one won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from prefaudit.checks.columns import as_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.checks.columns import PairKeys
    from prefaudit.pairs import PairBatch


def shown_first(batch: PairBatch, keys: PairKeys) -> NDArray[np.uint64]:
    """1 where the first of the two responses in hash order was shown first, 2 where the other was, 0 if not known."""
    column = batch.column("first_shown")
    if column is None:
        return np.zeros(len(batch), dtype=np.uint64)
    known = as_mask(column.is_valid())
    chosen = as_mask(pc.fill_null(pc.equal(column, "chosen"), False))
    return np.where(known, 1 + (chosen != keys.first_won), 0).astype(np.uint64)
