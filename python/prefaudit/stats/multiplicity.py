"""Many questions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def adjusted(p_values: Sequence[float]) -> NDArray[np.float64]:
    """P-values such that of those up to q at most a share q are false alarms.

    Benjamini & Hochberg 1995, JRSS B 57:289.

    Example:
        >>> adjusted([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(len(p), 0, -1)
    values = np.empty(len(p))
    values[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(p) / ranks))
    return values
