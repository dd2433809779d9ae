"""Token ids of texts of different lengths in one array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Rows of ids, one behind the other.

    Attributes:
        ids: int32, of all rows.
        starts: int64, one more than there are rows: row `i` is `ids[starts[i]:starts[i + 1]]`.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def of_lists(cls, rows: Sequence[Any]) -> Ragged:
        """Lists or arrays of ids as one array."""
        starts = _starts(np.fromiter(map(len, rows), np.int64, len(rows)))
        parts = [np.asarray(row, dtype=np.int32) for row in rows]
        return cls(np.concatenate([np.empty(0, np.int32), *parts]), starts)

    @classmethod
    def of_parts(cls, parts: Sequence[Ragged]) -> Ragged:
        """The rows of some others, one behind the other."""
        lengths = [np.empty(0, np.int64), *(part.lengths for part in parts)]
        ids = [np.empty(0, np.int32), *(part.ids[part.starts[0] : part.starts[-1]] for part in parts)]
        return cls(np.concatenate(ids), _starts(np.concatenate(lengths)))

    @classmethod
    def of_arrow(cls, rows: pa.LargeListArray) -> Ragged:
        """The ids of an Arrow array, where they lie."""
        return cls(rows.values.to_numpy(), rows.offsets.to_numpy())

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        return (self.ids[start:end] for start, end in zip(self.starts[:-1], self.starts[1:], strict=True))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How long each row is."""
        return np.diff(self.starts)

    def to_arrow(self) -> pa.LargeListArray:
        """The rows as an Arrow array, where they lie."""
        import pyarrow as pa

        return pa.LargeListArray.from_arrays(pa.array(self.starts), pa.array(self.ids), type=pa.large_list(pa.int32()))

    def to_lists(self) -> list[list[int]]:
        """The rows as lists."""
        return [row.tolist() for row in self]

    def take(self, at: NDArray[np.int64]) -> Ragged:
        """Some of the rows."""
        return self._part(self.starts[at], self.starts[at + 1] - self.starts[at])

    def followed_by(self, other: Ragged) -> Ragged:
        """The rows, then those of another."""
        return Ragged.of_parts([self, other])

    def cut(self, room: int, side: Side) -> Ragged:
        """The rows with what is beyond `room` ids taken away from one end."""
        lengths = np.minimum(self.lengths, room)
        if int(lengths.sum()) == len(self.ids):
            return self
        return self._part(self.starts[:-1] if side == "right" else self.starts[1:] - lengths, lengths)

    def between(self, before: Sequence[int], after: Sequence[int]) -> Ragged:
        """Each row with some ids before and behind it."""
        if not before and not after:
            return self
        more = len(before) + len(after)
        starts = self.starts - self.starts[0] + more * np.arange(len(self.starts))
        ids = np.empty(int(starts[-1]), dtype=np.int32)
        ids[starts[:-1, None] + np.arange(len(before))] = before
        ids[starts[1:, None] - np.arange(len(after), 0, -1)] = after
        ids[_places(starts[:-1] + len(before), self.lengths)] = self.ids[self.starts[0] : self.starts[-1]]
        return Ragged(ids, starts)

    def same(self, other: Ragged) -> NDArray[np.bool_]:
        """Which rows hold the same ids as those of another."""
        same: NDArray[np.bool_] = self.lengths == other.lengths
        at = np.flatnonzero(same)
        same[at] = self.take(at).shared(other.take(at)) == self.lengths[at]
        return same

    def shared(self, other: Ragged) -> NDArray[np.int64]:
        """With how many ids each row and that of another begin alike."""
        lengths = np.minimum(self.lengths, other.lengths)
        one, two = (part._part(part.starts[:-1], lengths) for part in (self, other))  # noqa: SLF001 - its own
        differing = np.append(np.flatnonzero(one.ids != two.ids), len(one.ids))
        first = differing[np.searchsorted(differing, one.starts[:-1])]
        return np.minimum(first - one.starts[:-1], lengths)

    def _part(self, first: NDArray[np.int64], lengths: NDArray[Any]) -> Ragged:
        """From each row so many ids from a place on."""
        return Ragged(self.ids[_places(first, lengths)], _starts(lengths))


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _places(first: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of rows that begin at `first`, one row behind the other."""
    starts = _starts(lengths)
    places: NDArray[np.int64] = np.arange(starts[-1]) + np.repeat(first - starts[:-1], lengths)
    return places
