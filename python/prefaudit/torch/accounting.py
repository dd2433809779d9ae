"""What became of the pairs of a data set, in whatever process they were tokenized."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import get_worker_info

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of each process one row, since what two of them add to one number at the same time would be lost.
_ROWS = 256
_COUNTS = ("tokenized", "truncated", "collapsed", "warned")


class TokenAccounting:
    """What became of the pairs. Workers of a DataLoader add to it what they tokenize, and every process reads it.

    Attributes:
        rows: what became of the rows of the source, as in `PreferenceData.accounting`.
        left_out: pairs that are not in the data set, by reason.
    """

    def __init__(self, rows: dict[str, Any], left_out: Counter[str] | None = None) -> None:
        self.rows = rows
        self.left_out: Counter[str] = Counter() if left_out is None else left_out
        self._counts = torch.zeros((_ROWS, len(_COUNTS)), dtype=torch.int64).share_memory_()

    @property
    def tokenized(self) -> int:
        """Pairs that were tokenized, again or for the first time; with a cache, when it was made."""
        return self._total("tokenized")

    @property
    def truncated(self) -> int:
        """Those of them of which a text was cut."""
        return self._total("truncated")

    @property
    def collapsed(self) -> int:
        """Those of them whose two texts differ, but have the same ids once they are cut."""
        return self._total("collapsed")

    def add(self, **counts: int) -> None:
        """Count more pairs."""
        worker = get_worker_info()
        row = self._counts[0 if worker is None else 1 + worker.id % (_ROWS - 1)]
        for name, count in counts.items():
            row[_COUNTS.index(name)] += count

    def begin(self, counts: Mapping[str, int]) -> None:
        """Count from these on; whoever was warned is not again."""
        self._counts[:, : _COUNTS.index("warned")] = 0
        self.add(**counts)

    def counts(self) -> dict[str, int]:
        """The counts of tokenized, truncated and collapsed pairs."""
        return {"tokenized": self.tokenized, "truncated": self.truncated, "collapsed": self.collapsed}

    def warn_now(self) -> bool:
        """Whether there are collapsed pairs, and no process has warned of them yet."""
        if not self.collapsed or self._total("warned"):
            return False
        self.add(warned=1)
        return True

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._counts.share_memory_()

    def __repr__(self) -> str:
        counted = "".join(f", {name}={count}" for name, count in self.counts().items())
        return f"TokenAccounting(rows={self.rows}, left_out={dict(self.left_out)}{counted})"

    def _total(self, name: str) -> int:
        return int(self._counts[:, _COUNTS.index(name)].sum())
