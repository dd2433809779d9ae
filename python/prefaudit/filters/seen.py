"""Which keys came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seen:
    """The keys that were seen so far."""

    def __init__(self) -> None:
        self._keys: set[int] = set()

    def repeated(self, keys: NDArray[np.uint64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which rows, of those in `among`, have a key that an earlier one had, in this or an earlier batch."""
        repeated = among.copy()
        _, first = np.unique(keys[among], return_index=True)
        rows = np.flatnonzero(among)[first]
        new = np.fromiter((key not in self._keys for key in keys[rows].tolist()), np.bool_, len(rows))
        repeated[rows[new]] = False
        self._keys.update(keys[rows[new]].tolist())
        return repeated
