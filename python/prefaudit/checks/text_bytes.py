"""Where short sequences of bytes stand in a column of text: a scan over the column's one buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1 << 18  # bytes that stay in a core's cache between two passes over them


class TextBytes:
    """The UTF-8 bytes of a column of text without nulls.

    Args:
        texts: the column, of Arrow's type string (others are cast to it).

    Example:
        >>> found = TextBytes(pa.array(["a<b", "", "<"]))
        >>> found.rows(found.find(b"<"))
        array([0, 2])
    """

    def __init__(self, texts: pa.Array) -> None:
        column = texts.cast(pa.string())
        _, offsets, data = column.buffers()
        # Arrow leaves the buffers of an empty column away.
        ends = np.zeros(1, np.int32) if offsets is None else np.frombuffer(offsets, np.int32)
        self._edges = ends[column.offset : column.offset + len(column) + 1]
        self._data = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)

    def find(self, start: bytes) -> NDArray[np.int64]:
        """The positions, in rising order, of a byte or of two; two may lie in two texts (`reads` tells)."""
        low, high = int(self._edges[0]), int(self._edges[-1])
        chunks = [self._find(start, at, min(at + _CHUNK, high)) + at for at in range(low, high, _CHUNK)]
        return np.concatenate([np.empty(0, np.int64), *chunks])

    def _find(self, start: bytes, low: int, high: int) -> NDArray[np.int64]:
        hits = self._data[low:high] == start[0]
        if len(start) > 1:
            after = self._data[low + 1 : high + 1] == start[1]
            hits = hits[: len(after)]
            hits &= after
        return np.flatnonzero(hits)

    def rows(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row that each position lies in."""
        rows: NDArray[np.int64] = np.searchsorted(self._edges, positions, side="right") - 1
        return rows

    def reads(self, positions: NDArray[np.int64], word: bytes) -> NDArray[np.int64]:
        """Those of the positions at which `word` stands, all of it in one text."""
        left = positions[positions + len(word) <= len(self._data)]
        for offset in reversed(range(len(word))):
            left = left[self._data[left + offset] == word[offset]]
        return left[self._in_one_text(left, len(word))]

    def followed(self, positions: NDArray[np.int64], any_of: bytes) -> NDArray[np.int64]:
        """Those of the positions whose next byte is one of some, in the same text."""
        left = positions[positions + 1 < len(self._data)]
        wanted = np.zeros(256, dtype=np.bool_)
        wanted[list(any_of)] = True
        left = left[wanted[self._data[left + 1]]]
        return left[self._in_one_text(left, 2)]

    def _in_one_text(self, positions: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = positions + size <= self._edges[self.rows(positions) + 1]
        return inside
