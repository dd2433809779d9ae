"""Rows that a statistic needs whole: votes, graphs, features. Fixed-width columns in an order of their own.

Of many rows those that came first wait in a temporary file (spill.py).
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prefaudit.stats.spill import PARTS, Segment, new_file, part_numbers
from prefaudit.stats.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]

#: Rows that are one part.
_SMALL = 1 << 16
#: Rows that are held in memory before they go to the file.
_HELD = 1 << 16


class RowTable(State):
    """A bag of rows with numeric columns of fixed types, read back in an order that only depends on the rows.

    Args:
        most: keep no more than so many rows, those of the lowest values in the first column: a sample of the rows
            where that column is a hash of them.
        **dtypes: the numpy type of each column by name; the first columns lead the order.

    Example:
        >>> votes = RowTable(pair="u8", first=bool)
        >>> votes.add(pair=[7, 3], first=[True, False])
        >>> votes.columns()["pair"].tolist(), len(votes)
        ([3, 7], 2)
    """

    def __init__(self, most: int | None = None, **dtypes: Any) -> None:
        self._most = most
        self._dtypes = {name: np.dtype(dtype).newbyteorder("<") for name, dtype in dtypes.items()}
        self._chunks: list[Columns] = []
        self._segments: list[Segment] = []
        self._file: IO[bytes] | None = None
        self._spills = most is None
        #: What the first column of a row must not exceed to be among the rows to keep; None while there is room.
        self._last: Any = None
        self._sorted = True

    def __len__(self) -> int:
        return sum(map(len, self._segments)) + self._held()

    def add(self, **columns: Any) -> None:
        """Add rows: one array of equal length for each column."""
        added = {name: np.array(columns[name], dtype) for name, dtype in self._dtypes.items()}
        if self._last is not None:
            wanted = next(iter(added.values())) <= self._last
            added = {name: values[wanted] for name, values in added.items()}
        self._chunks.append({name: _compact(values) for name, values in added.items()})
        self._sorted = False
        if self._spills and self._held() >= _HELD:
            self._spill()
        elif self._most is not None and len(self) > self._most * 5 // 4:
            self._sort()

    def columns(self) -> Columns:
        """All rows, sorted by the first column, then the second, and so on."""
        self._sort()
        return dict(self._chunks[0])

    def parts(self) -> Iterator[Columns]:
        """All rows in that order, a part at a time: rows that are equal in the first column are in one part.

        Takes a fraction of the memory of `columns`. The first column has to be a hash.
        """
        if len(self) < _SMALL:
            yield self.columns()
            return
        held = self._joined_chunks()
        numbers = part_numbers(held[next(iter(self._dtypes))])
        for part in range(PARTS):
            rows = np.flatnonzero(numbers == part)
            yield _ordered(
                {
                    name: _concatenated([*(one.read(name, part) for one in self._segments), values[rows]])
                    for name, values in held.items()
                }
            )

    def merge(self, other: Self) -> None:
        """Add the rows of `other`."""
        self._chunks.extend(dict(chunk) for chunk in other._chunks)
        self._segments.extend(other._segments)
        self._sorted = False

    def to_state(self) -> dict[str, str]:
        """Each column as base64 of its compressed little-endian values."""
        return {name: _packed(values) for name, values in self.columns().items()}

    def load_state(self, state: dict[str, str]) -> None:
        """Become what `to_state` gave."""
        self._chunks = [{name: _unpacked(state[name], dtype) for name, dtype in self._dtypes.items()}]
        self._segments = []
        self._sorted, self._last = True, None

    def _held(self) -> int:
        first = next(iter(self._dtypes))
        return sum(len(chunk[first]) for chunk in self._chunks)

    def _spill(self) -> None:
        """Put the rows in memory into the file; where it has no room, they stay, and so do those that follow."""
        held = self._joined_chunks()
        try:
            self._file = self._file or new_file()
            self._segments.append(Segment.written(self._file, held))
        except OSError:
            self._spills = False
        else:
            self._chunks = []

    def _sort(self) -> None:
        if self._sorted and len(self._chunks) == 1:
            return
        columns = self._joined_chunks()
        for name in self._dtypes if self._segments else ():
            columns[name] = _concatenated([*(one.read(name) for one in self._segments), columns[name]])
        self._chunks, self._segments = [], []
        self._chunks = [_ordered(columns, self._most)]
        self._sorted = True
        if self._most is not None and len(self) == self._most:
            self._last = next(iter(self._chunks[0].values()))[-1]

    def _joined_chunks(self) -> Columns:
        """The rows in memory, as one chunk."""
        if len(self._chunks) != 1:
            self._chunks = [{name: self._joined(name) for name in self._dtypes}]
        return dict(self._chunks[0])

    def _joined(self, name: str) -> NDArray[Any]:
        """One column of all chunks, which let go of theirs."""
        return _concatenated([np.empty(0, self._dtypes[name]), *(chunk.pop(name) for chunk in self._chunks)])


def _concatenated(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """Columns in one; one value throughout stays one value."""
    values = {part[0] for part in parts if len(part) and _is_constant(part)}
    if len(values) == 1 and all(_is_constant(part) or not len(part) for part in parts):
        return np.broadcast_to(values.pop(), sum(map(len, parts)))
    return np.concatenate(parts)


def _compact(column: NDArray[Any]) -> NDArray[Any]:
    """A column that holds one value throughout as that value."""
    return np.broadcast_to(column[0], len(column)) if len(column) and (column == column[0]).all() else column


def _is_constant(column: NDArray[Any]) -> bool:
    return column.strides == (0,)


def _ordered(columns: Columns, most: int | None = None) -> Columns:
    """The first rows of columns, which it lets go of, in order."""
    if len(columns) == 1:
        return {name: np.sort(columns.pop(name))[:most] for name in list(columns)}
    order = _order(columns)[:most]
    # One column at a time, so that hardly more than the rows is held twice.
    return {name: _taken(columns.pop(name), order) for name in list(columns)}


def _taken(column: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    return column[: len(order)] if _is_constant(column) else column[order]


def _order(columns: Columns) -> NDArray[np.int64]:
    """The order of rows by the first column, then the second, and so on."""
    first = next(iter(columns.values()))
    if first.dtype.kind == "f" or _is_constant(first):  # what is not a number equals nothing
        return np.lexsort([*reversed(columns.values())])
    order = np.argsort(first)
    ordered = first[order]
    equal = np.concatenate([[False], ordered[1:] == ordered[:-1], [False]])
    tied = np.flatnonzero(equal[1:] | equal[:-1])
    # Rows that are equal in the first column lie together; they alone are ordered by the others.
    rows = order[tied]
    order[tied] = rows[np.lexsort([column[rows] for column in reversed(columns.values())])]
    return order


def _packed(values: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode("ascii")


def _unpacked(text: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype)
