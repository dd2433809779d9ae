"""A few of many texts: those with the smallest hashes, which are the same in whatever order the texts come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TextSample(State):
    """The distinct texts of the smallest keys: a fair sample, since keys are hashes. The key 0 is none.

    Args:
        size: how many to keep.

    Example:
        >>> sample = TextSample(2)
        >>> sample.add(np.array([7, 3, 7, 5], dtype=np.uint64), pa.array(["c", "a", "c", "b"]))
        >>> sample.texts.to_pylist(), sample.full
        (['a', 'b'], True)
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.keys: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
        self.texts = pa.array([], type=pa.string())

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def full(self) -> bool:
        """Whether there may have been more texts."""
        return len(self) == self.size

    def wanted(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Where the texts stand that would be kept, of those with these keys."""
        offered = np.flatnonzero((keys > 0) & (keys < self.keys[-1]) if self.full else keys > 0)
        distinct, first = np.unique(keys[offered], return_index=True)
        fresh = ~np.isin(distinct, self.keys, assume_unique=True)
        places: NDArray[np.int64] = offered[first[fresh]][: self.size]
        return places

    def add(self, keys: NDArray[np.uint64], texts: pa.Array) -> None:
        """Offer texts by their keys."""
        at = self.wanted(keys)
        if not len(at):
            return
        keys = np.concatenate([self.keys, keys[at]])
        order = np.argsort(keys)[: self.size]
        self.texts = pa.concat_arrays([self.texts, texts.take(pa.array(at)).cast(pa.string())]).take(pa.array(order))
        self.keys = keys[order]

    def merge(self, other: Self) -> None:
        """Keep the smallest of both."""
        self.add(other.keys, other.texts)

    def to_state(self) -> dict[str, Any]:
        """The size, and the texts by key."""
        return {"size": self.size, "keys": self.keys.tolist(), "texts": self.texts.to_pylist()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Become what `to_state` gave."""
        self.size = state["size"]
        self.keys = np.array(state["keys"], dtype=np.uint64)
        self.texts = pa.array(state["texts"], type=pa.string())
